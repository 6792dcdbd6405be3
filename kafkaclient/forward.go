package kafkaclient

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/streaming/pkg/httpstream"
)

// Forwarder dials pods through the Kubernetes API server. It holds no connection
// of its own: each one that it opens lives and ends by itself, so a deleted pod
// ends exactly the connections that went to it.
type Forwarder struct {
	config *rest.Config
	kube   kubernetes.Interface
}

// PortForward makes a Forwarder for the cluster behind config. It does not connect
// yet. The identity in config needs the rights to get services and pods, list
// endpointslices, and to get and create pods/portforward.
func PortForward(config *rest.Config) (*Forwarder, error) {
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("port-forward: %w", err)
	}
	return &Forwarder{config: config, kube: kube}, nil
}

// DialContext opens a connection to a cluster-internal address, in the form that
// kgo.Dialer wants. A pod's name (kafka-0.kafka-svc.kafka-kraft.svc.cluster.local:9092)
// leads to that pod; a service's name leads to one of the ready pods behind it,
// picked by chance. The network must be tcp.
//
// The connection supports deadlines. When the pod goes away, reads and writes fail
// with the reason, and the caller dials again. A pod that cannot be reached is a
// [net.OpError] of a dial, as with other dialers: kgo then looks for another broker.
func (f *Forwarder) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if network != "tcp" {
		return nil, fmt.Errorf("port-forward to %s: network %q: only tcp can be forwarded", address, network)
	}
	to, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	conn, err := f.dial(ctx, to, address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: addr(address), Err: err}
	}
	return conn, nil
}

func (f *Forwarder) dial(ctx context.Context, to target, address string) (net.Conn, error) {
	if to.pod == "" {
		var err error
		if to, err = f.behind(ctx, to); err != nil {
			return nil, err
		}
	}
	conn, err := f.dialPod(ctx, to, address)
	if err != nil {
		return nil, fmt.Errorf("port-forward to pod %s/%s port %d: %w", to.namespace, to.pod, to.port, err)
	}
	return conn, nil
}

// Dialer is DialContext for the Kafka that has these bootstrap servers, as a client that
// Connect would make: admin is [Cluster.Admin]. The identity in the Forwarder's config
// needs the right to get that Secret, too.
func (f *Forwarder) Dialer(ctx context.Context, bootstrap, admin string) (Dial, error) {
	if admin == "" {
		return f.DialContext, nil
	}
	who, err := known(ctx, f.kube, bootstrap, admin)
	if err != nil {
		return nil, err
	}
	return who.over(f.DialContext), nil
}

// behind chooses a ready pod of a service, and translates the service's port into
// the pod's.
func (f *Forwarder) behind(ctx context.Context, to target) (target, error) {
	service, err := f.kube.CoreV1().Services(to.namespace).Get(ctx, to.service, metav1.GetOptions{})
	if err != nil {
		return target{}, fmt.Errorf("service %s/%s: %w", to.namespace, to.service, err)
	}
	endpoints, err := f.kube.DiscoveryV1().EndpointSlices(to.namespace).List(ctx, metav1.ListOptions{
		LabelSelector: discoveryv1.LabelServiceName + "=" + to.service,
	})
	if err != nil {
		return target{}, fmt.Errorf("endpoints of service %s/%s: %w", to.namespace, to.service, err)
	}
	return choose(to, service, endpoints.Items)
}

// choose is the pure part of behind.
func choose(to target, service *corev1.Service, endpoints []discoveryv1.EndpointSlice) (target, error) {
	var portName string
	found := false
	for _, port := range service.Spec.Ports {
		if port.Port == to.port {
			portName, found = port.Name, true
		}
	}
	if !found {
		return target{}, fmt.Errorf("service %s/%s has no port %d", to.namespace, to.service, to.port)
	}
	var ready []target
	for _, slice := range endpoints {
		for _, port := range slice.Ports {
			if port.Port == nil || deref(port.Name) != portName {
				continue
			}
			for _, endpoint := range slice.Endpoints {
				// Nil means ready: "consumers should interpret this unknown state as ready".
				isReady := endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready
				if isReady && endpoint.TargetRef != nil && endpoint.TargetRef.Kind == "Pod" {
					ready = append(ready, target{
						namespace: to.namespace, service: to.service, pod: endpoint.TargetRef.Name, port: *port.Port,
					})
				}
			}
		}
	}
	if len(ready) == 0 {
		return target{}, fmt.Errorf("service %s/%s has no ready pod behind port %d; see `kubectl get pods --namespace %s`",
			to.namespace, to.service, to.port, to.namespace)
	}
	return ready[rand.IntN(len(ready))], nil //nolint:gosec // spreading load needs no secret randomness
}

func deref(name *string) string {
	if name == nil {
		return ""
	}
	return *name
}

// dialPod upgrades one HTTP request to a stream connection and runs one TCP
// connection over it. Sharing an upgraded connection would save a round trip, but
// closing or losing it would then tear down its neighbours.
func (f *Forwarder) dialPod(ctx context.Context, to target, address string) (net.Conn, error) {
	dialer, err := f.dialer(to)
	if err != nil {
		return nil, err
	}
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() { // the upgrade knows no context
		conn, err := open(dialer, to.port, address)
		done <- result{conn, err}
	}()
	select {
	case r := <-done:
		return r.conn, r.err
	case <-ctx.Done():
		go func() {
			if r := <-done; r.conn != nil {
				_ = r.conn.Close()
			}
		}()
		return nil, context.Cause(ctx)
	}
}

// dialer speaks WebSocket, and SPDY to API servers and proxies that do not yet
// know port-forwarding over WebSocket (Kubernetes before 1.31), as kubectl does.
func (f *Forwarder) dialer(to target) (httpstream.Dialer, error) {
	url := f.kube.CoreV1().RESTClient().Post().
		Resource("pods").Namespace(to.namespace).Name(to.pod).SubResource("portforward").URL()
	transport, upgrader, err := spdy.RoundTripperFor(f.config)
	if err != nil {
		return nil, err
	}
	old := spdy.NewDialerForStreaming(upgrader, &http.Client{Transport: transport}, http.MethodPost, url)
	websocket, err := portforward.NewSPDYOverWebsocketDialerForStreaming(url, f.config)
	if err != nil {
		return nil, err
	}
	return portforward.NewFallbackDialerForStreaming(websocket, old, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	}), nil
}

// open starts the pair of streams that the port-forward protocol asks for: an error
// stream, which the kubelet writes to when the pod cannot be reached, then data.
func open(dialer httpstream.Dialer, port int32, address string) (net.Conn, error) {
	upgraded, protocol, err := dialer.Dial(portforward.PortForwardProtocolV1Name)
	if err != nil {
		return nil, err
	}
	streams, err := openStreams(upgraded, protocol, port)
	if err != nil {
		return nil, errors.Join(err, upgraded.Close())
	}
	return newConn(upgraded, streams, address), nil
}

func openStreams(upgraded httpstream.Connection, protocol string, port int32) (streams, error) {
	if protocol != portforward.PortForwardProtocolV1Name {
		return streams{}, fmt.Errorf("server speaks %q instead of %q", protocol, portforward.PortForwardProtocolV1Name)
	}
	headers := http.Header{}
	headers.Set(corev1.PortHeader, strconv.Itoa(int(port)))
	headers.Set(corev1.PortForwardRequestIDHeader, "0")
	headers.Set(corev1.StreamType, corev1.StreamTypeError)
	failure, err := upgraded.CreateStream(headers)
	if err != nil {
		return streams{}, fmt.Errorf("error stream: %w", err)
	}
	if err := failure.Close(); err != nil { // our half: we only read it
		return streams{}, fmt.Errorf("error stream: %w", err)
	}
	headers.Set(corev1.StreamType, corev1.StreamTypeData)
	data, err := upgraded.CreateStream(headers)
	if err != nil {
		return streams{}, fmt.Errorf("data stream: %w", err)
	}
	return streams{data: data, failure: failure}, nil
}

// Pods lists the pods that the service in a cluster-internal address selects, ready
// or not, sorted by name. For a pod's own address it lists the pods of its headless
// service.
func (f *Forwarder) Pods(ctx context.Context, address string) ([]corev1.Pod, error) {
	to, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	service, err := f.kube.CoreV1().Services(to.namespace).Get(ctx, to.service, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("service %s/%s: %w", to.namespace, to.service, err)
	}
	if len(service.Spec.Selector) == 0 {
		return nil, fmt.Errorf("service %s/%s selects no pods", to.namespace, to.service)
	}
	pods, err := f.kube.CoreV1().Pods(to.namespace).List(ctx, metav1.ListOptions{
		LabelSelector: labels.SelectorFromSet(service.Spec.Selector).String(),
	})
	if err != nil {
		return nil, fmt.Errorf("pods of service %s/%s: %w", to.namespace, to.service, err)
	}
	slices.SortFunc(pods.Items, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	return pods.Items, nil
}
