package main

import (
	"context"
	"reflect"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Config is the provider's configuration (docker:host and so on). What is not set here is docker's own affair: the
// environment (DOCKER_HOST, DOCKER_CONTEXT, …), the current context and the logins of the docker command line.
type Config struct {
	// Host is the engine's address, for example unix:///var/run/docker.sock.
	Host *string `pulumi:"host,optional"`
	// Context is the docker context to use; it goes before Host.
	Context *string `pulumi:"context,optional"`
	// CertPath is a folder with ca.pem, cert.pem and key.pem for an engine behind TLS.
	CertPath *string `pulumi:"certPath,optional"`
	// DisableDockerDaemonCheck is accepted without effect: the engine is asked only when an image is built or read.
	DisableDockerDaemonCheck *bool `pulumi:"disableDockerDaemonCheck,optional"`
}

// Check refuses settings that this plugin does not know, all at once.
func (Config) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[Config], error) {
	// The engine adds keys of its own, which are no configuration of docker's.
	inputs := req.NewInputs.Delete("version", "pluginDownloadURL", "__internal")
	config, failures, err := infer.DefaultCheck[Config](ctx, inputs)
	return infer.CheckResponse[Config]{Inputs: config, Failures: failures}, err
}

// Diff never asks for a replacement of the provider, since that would build every image again: another engine or another
// login makes no other image.
func (Config) Diff(_ context.Context, req infer.DiffRequest[Config, Config]) (infer.DiffResponse, error) {
	return infer.DiffResponse{HasChanges: !reflect.DeepEqual(req.State, req.Inputs)}, nil
}

// flags are the arguments that lead every docker command to the configured engine.
func (c Config) flags() []string {
	switch {
	case value(c.Context) != "":
		return []string{"--context", *c.Context}
	case value(c.Host) != "":
		return []string{"--host", *c.Host}
	}
	return nil
}

// environment is what a docker command needs besides the flags.
func (c Config) environment() []string {
	env := []string{
		"BUILDKIT_PROGRESS=plain", // one line after the other, for the log
		"DOCKER_CLI_HINTS=false",
	}
	if path := value(c.CertPath); path != "" {
		env = append(env, "DOCKER_CERT_PATH="+path, "DOCKER_TLS_VERIFY=1")
	}
	return env
}
