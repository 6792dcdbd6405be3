package main

import (
	"context"
	"reflect"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Config is the provider's configuration (docker:host). What is not set here is docker's own affair: the environment
// (DOCKER_HOST, DOCKER_CONTEXT, …), the current context and the logins of the docker command line.
type Config struct {
	// Host is the engine's address, for example unix:///var/run/docker.sock.
	Host *string `pulumi:"host,optional"`
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

// Diff never asks for a replacement of the provider, since that would build every image again: another engine makes no
// other image.
func (Config) Diff(_ context.Context, req infer.DiffRequest[Config, Config]) (infer.DiffResponse, error) {
	return infer.DiffResponse{HasChanges: !reflect.DeepEqual(req.State, req.Inputs)}, nil
}
