package stacks

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// Load reads the stack's configuration and judges it. Unknown keys, wrong types and
// wrong values are reported together, in one error that names each by its key.
func Load(ctx *pulumi.Context) (config.Config, error) { return Surroundings{}.load(ctx) }

func (s Surroundings) load(ctx *pulumi.Context) (config.Config, error) {
	found, secret := values(ctx)
	if err := config.Secrets(secret).Err(); err != nil {
		return config.Config{}, fmt.Errorf("stack %s: %w", ctx.Stack(), err)
	}
	loaded, problems := config.Decode(found)
	if err := loaded.Judge(s.Kubeconfig, problems...); err != nil {
		return loaded, fmt.Errorf("stack %s: %w", ctx.Stack(), err)
	}
	return loaded, nil
}

// values is what the stack says in our namespace, and which keys hold a secret: those
// of objects in which one value is secret, too. Pulumi's Go SDK answers for a
// key but does not list keys, so a key that we do not know is found in the text
// that the language host hands over (pulumi.EnvConfig). A program that is run
// inline has no such text; there, config.Parse finds unknown keys.
func values(ctx *pulumi.Context) (found map[string]string, secret []string) {
	found = map[string]string{}
	take := func(name string) {
		value, ok := ctx.GetConfig(Namespace + ":" + name)
		switch _, again := found[name]; {
		case !ok || again:
		case ctx.IsConfigSecret(Namespace + ":" + name):
			secret = append(secret, name)
			fallthrough
		default:
			found[name] = value
		}
	}
	for _, name := range config.Keys() {
		take(name)
	}
	for _, key := range environmentKeys() {
		if namespace, name, ok := strings.Cut(key, ":"); ok && namespace == Namespace {
			take(name)
		}
	}
	return found, secret
}

func environmentKeys() []string {
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(os.Getenv(pulumi.EnvConfig)), &all); err != nil {
		return nil // no language host, so nothing to list
	}
	keys := make([]string, 0, len(all))
	for key := range all {
		keys = append(keys, key)
	}
	return keys
}
