package cluster

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// api is a client of the API server, with an administrator's certificate. It does the
// few things that a cluster's start needs and nothing more.
type api struct{ http *http.Client }

// apiTimeout bounds one request.
const apiTimeout = 10 * time.Second

func (p plan) api() (*api, error) {
	ca, err := os.ReadFile(p.pki(clusterCA + ".crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	admin, err := tls.LoadX509KeyPair(p.pki("admin.crt"), p.pki("admin.key"))
	if err != nil {
		return nil, err
	}
	return &api{&http.Client{
		Timeout: apiTimeout,
		// No proxy: it is on this machine, whatever the environment says.
		Transport: &http.Transport{TLSClientConfig: &tls.Config{
			RootCAs: roots, Certificates: []tls.Certificate{admin}, MinVersion: tls.VersionTLS12,
		}},
	}}, nil
}

// do sends one request. What is to be deleted and not there is no error.
func (a *api) do(ctx context.Context, method, path, contentType string, body, result any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, "https://"+loopback(apiPort)+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Accept", "application/json")
	response, err := a.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // read to its end below
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	gone := method == http.MethodDelete && response.StatusCode == http.StatusNotFound
	if response.StatusCode/100 != 2 && !gone {
		return fmt.Errorf("API server: %d: %s", response.StatusCode, bytes.TrimSpace(answer))
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer, result)
}

func (a *api) get(ctx context.Context, path string, result any) error {
	return a.do(ctx, http.MethodGet, path, "application/json", nil, result)
}

// ready returns why the API server is not ready for requests; nil: it is.
func (a *api) ready(ctx context.Context) error { return a.get(ctx, "/readyz", nil) }

// apply makes the object be as given, whether it exists or not (server-side apply).
func (a *api) apply(ctx context.Context, o object) error {
	name, _ := o["metadata"].(object)["name"].(string)
	path := fmt.Sprintf("/apis/%s/%s/%s?fieldManager=%s&force=true", o["apiVersion"], plural[o["kind"].(string)], name, ContextName)
	if err := a.do(ctx, http.MethodPatch, path, "application/apply-patch+yaml", o, nil); err != nil {
		return fmt.Errorf("%s %s: %w", o["kind"], name, err)
	}
	return nil
}

// plural names the resource of a kind.
var plural = map[string]string{
	"StorageClass":       "storageclasses",
	"ClusterRole":        "clusterroles",
	"ClusterRoleBinding": "clusterrolebindings",
}

// nodeStatus is what we want to know of a Node object.
type nodeStatus struct {
	Metadata struct{ Name string }
	Status   struct {
		Conditions []struct {
			Type, Status, Message string
			LastHeartbeatTime     time.Time
		}
	}
}

// ready reports whether the node is ready, and has said so itself since the given time.
func (n nodeStatus) ready(since time.Time) (bool, string) {
	for _, condition := range n.Status.Conditions {
		if condition.Type != "Ready" {
			continue
		}
		if condition.LastHeartbeatTime.Before(since.Truncate(time.Second)) {
			return false, "has not reported since its start"
		}
		return condition.Status == "True", condition.Message
	}
	return false, "has not reported yet"
}
