package main

import (
	"context"
	"fmt"
	"reflect"

	p "github.com/pulumi/pulumi-go-provider"
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
	// RegistryAuth are logins for registries that a build pulls from.
	RegistryAuth []RegistryAuth `pulumi:"registryAuth,optional"`

	// Of the official plugin, not offered here; see unsupported.
	CaMaterial   *string  `pulumi:"caMaterial,optional" provider:"secret"`
	CertMaterial *string  `pulumi:"certMaterial,optional" provider:"secret"`
	KeyMaterial  *string  `pulumi:"keyMaterial,optional" provider:"secret"`
	SSHOpts      []string `pulumi:"sshOpts,optional"`
}

// RegistryAuth is a login for one registry.
type RegistryAuth struct {
	// Address is the registry's, with or without a scheme.
	Address string `pulumi:"address"`
	// AuthDisabled says that this registry asks for no login. Default false.
	AuthDisabled *bool `pulumi:"authDisabled,optional"`
	// Username and Password are the login.
	Username *string `pulumi:"username,optional"`
	// Password is handed to docker in a private file only.
	Password *string `pulumi:"password,optional" provider:"secret"`

	// Of the official plugin, not offered here; see unsupported.
	ConfigFile        *string `pulumi:"configFile,optional"`
	ConfigFileContent *string `pulumi:"configFileContent,optional" provider:"secret"`
}

// Check refuses what this plugin does not offer, all at once.
func (Config) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[Config], error) {
	// The engine adds keys of its own, which are no configuration of docker's.
	inputs := req.NewInputs.Delete("version", "pluginDownloadURL", "__internal")
	config, failures, err := infer.DefaultCheck[Config](ctx, inputs)
	if err == nil && len(failures) == 0 {
		failures = unsupported(config)
	}
	return infer.CheckResponse[Config]{Inputs: config, Failures: failures}, err
}

// unsupported lists the settings of the official plugin that have no counterpart here, with what to do instead.
func unsupported(c Config) []p.CheckFailure {
	const (
		useFiles  = "use docker:certPath, a folder with ca.pem, cert.pem and key.pem"
		useSSH    = "put the options into ~/.ssh/config"
		useDocker = "set the environment variable DOCKER_CONFIG to the file's folder"
	)
	var found []p.CheckFailure
	refuse := func(set bool, property, instead string) {
		if set {
			found = append(found, problem("docker:"+property, "not offered by this docker plugin; %s", instead))
		}
	}
	refuse(value(c.CaMaterial) != "", "caMaterial", useFiles)
	refuse(value(c.CertMaterial) != "", "certMaterial", useFiles)
	refuse(value(c.KeyMaterial) != "", "keyMaterial", useFiles)
	refuse(len(c.SSHOpts) > 0, "sshOpts", useSSH)
	for i, auth := range c.RegistryAuth {
		refuse(value(auth.ConfigFile) != "", fmt.Sprintf("registryAuth[%d].configFile", i), useDocker)
		refuse(value(auth.ConfigFileContent) != "", fmt.Sprintf("registryAuth[%d].configFileContent", i), useDocker)
	}
	return found
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

// logins are the configured ones and, going before them, that of one image.
func (c Config) logins(image *Registry, imageName string) []login {
	var all []login
	for _, auth := range c.RegistryAuth {
		if !value(auth.AuthDisabled) && value(auth.Username) != "" {
			all = append(all, login{registryHost(auth.Address), *auth.Username, value(auth.Password)})
		}
	}
	if image != nil && value(image.Username) != "" {
		host := registryOf(imageName)
		if server := value(image.Server); server != "" {
			host = registryHost(server)
		}
		all = append(all, login{host, *image.Username, value(image.Password)})
	}
	return all
}
