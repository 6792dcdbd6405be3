package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// remains is what a destroyed stack leaves in its cluster: claims, the ConfigMap with
// what Kafka keeps for life, and the namespace that holds them.
type remains struct {
	kubectl   func(ctx context.Context, args ...string) (string, error)
	say       func(text string, values ...any)
	namespace string
	instance  string // of Kafka: its objects' label
	volume    string // the node's directory, if there is one volume for all
	ours      bool   // the namespace was made by the stack
}

// leaveTime is how long what follows the stack's objects by itself, such as
// the endpoints of services, may take to be gone.
var leaveTime = 30 * time.Second

// remains reads from the stack's configuration what to look for.
func (a *app) remains(ctx context.Context, p pulumi) remains {
	usual := config.Default()
	r := remains{
		say:       a.log.Say,
		namespace: cmp.Or(p.config(ctx, "namespace"), usual.KubeNamespace),
		instance:  cmp.Or(p.config(ctx, "clusterName"), usual.ClusterName),
		ours:      p.config(ctx, "createNamespace") != "false",
	}
	if p.config(ctx, "storage.mode") != string(config.PerPod) {
		r.volume = cmp.Or(p.config(ctx, "storage.hostPath"), usual.Storage.HostPath)
	}
	kubeContext := p.config(ctx, "context")
	r.kubectl = func(ctx context.Context, args ...string) (string, error) {
		command := a.command(ctx, p.tools, p.tools.Kube, append([]string{"kubectl", "--context", kubeContext}, args...)...)
		var why strings.Builder
		command.Stderr = &why
		out, err := command.Output()
		if err != nil {
			return "", fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(why.String()))
		}
		return string(out), nil
	}
	return r
}

func (r remains) label() string { return "app.kubernetes.io/instance=" + r.instance }

// where says where the records are.
func (r remains) where(ctx context.Context) string {
	if r.volume != "" {
		return r.volume + " on the volume's node"
	}
	out, err := r.kubectl(ctx, "get", "persistentvolumeclaims", "--namespace", r.namespace, "--selector", r.label(), "--output", "name")
	if err != nil || strings.TrimSpace(out) == "" {
		return "in namespace " + r.namespace
	}
	claims := strings.ReplaceAll(strings.Join(strings.Fields(out), ", "), "persistentvolumeclaim/", "")
	return fmt.Sprintf("claims %s in namespace %s", claims, r.namespace)
}

// remove deletes claims and what is remembered of them, and the namespace if it was the stack's and nobody
// else has anything in it.
func (r remains) remove(ctx context.Context) error {
	in := []string{"--namespace", r.namespace, "--ignore-not-found"}
	if _, err := r.kubectl(ctx, append([]string{"delete", "persistentvolumeclaims", "--selector", r.label()}, in...)...); err != nil {
		return err
	}
	if _, err := r.kubectl(ctx, append([]string{"delete", "configmap", r.instance + "-record", r.instance + "-life"}, in...)...); err != nil {
		return err
	}
	if there, err := r.kubectl(ctx, "get", "namespace", r.namespace, "--ignore-not-found", "--output", "name"); err != nil || there == "" || !r.ours {
		return err
	}
	others, err := r.others(ctx)
	for end := time.Now().Add(leaveTime); err == nil && len(others) > 0 && time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
		others, err = r.others(ctx)
	}
	if err != nil {
		return err
	}
	if len(others) > 0 {
		r.say("namespace %s stays, since it holds %s", r.namespace, strings.Join(others, ", "))
		return nil
	}
	_, err = r.kubectl(ctx, "delete", "namespace", r.namespace, "--ignore-not-found")
	return err
}

// others are the objects in the namespace, without those that every namespace has.
func (r remains) others(ctx context.Context) ([]string, error) {
	kinds, err := r.kubectl(ctx, "api-resources", "--namespaced", "--verbs", "list,delete", "--output", "name")
	if err != nil {
		return nil, err
	}
	names := slices.DeleteFunc(strings.Fields(kinds), func(kind string) bool { return kind == "events" || kind == "events.events.k8s.io" })
	out, err := r.kubectl(ctx, "get", strings.Join(names, ","), "--namespace", r.namespace, "--ignore-not-found", "--output", "name")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(strings.Fields(out), func(object string) bool {
		return object == "configmap/kube-root-ca.crt" || object == "serviceaccount/default"
	}), nil
}
