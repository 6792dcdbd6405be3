package stacks

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Load reads the stack's configuration over Default. A key or field that is not
// known, or a value of the wrong type, is an error that names it; all of them are
// reported together. Load does not judge values: see Config.Validate.
func Load(ctx *pulumi.Context) (Config, error) {
	return parse(values(ctx))
}

// Parse is Load for configuration held as text, keyed with or without the
// namespace, as auto.Stack's GetAllConfig returns it. Keys of other namespaces
// are none of its business.
func Parse(all map[string]string) (Config, error) {
	own := map[string]string{}
	for key, value := range all {
		namespace, name, found := strings.Cut(key, ":")
		switch {
		case !found:
			own[key] = value
		case namespace == Namespace:
			own[name] = value
		}
	}
	return parse(own)
}

func parse(own map[string]string) (Config, error) {
	config := Default()
	return config, decode(own, &config).err()
}

// values is what the stack says in our namespace. Pulumi's Go SDK answers for a
// key but does not list keys, so a key that we do not know is found in the text
// that the language host hands over (pulumi.EnvConfig). A program that is run
// inline has no such text; there, Parse finds unknown keys.
func values(ctx *pulumi.Context) map[string]string {
	found := map[string]string{}
	take := func(name string) {
		if value, ok := ctx.GetConfig(Namespace + ":" + name); ok {
			found[name] = value
		}
	}
	for name := range fields(reflect.TypeFor[Config]()) {
		take(name)
	}
	for _, key := range environmentKeys() {
		if namespace, name, ok := strings.Cut(key, ":"); ok && namespace == Namespace {
			take(name)
		}
	}
	return found
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

// check loads and validates in one go, so that problems of both kinds arrive in
// one message.
func check(ctx *pulumi.Context) (Config, error) {
	config := Default()
	problems := decode(values(ctx), &config)
	problems = append(problems, config.problems()...)
	contexts, err := kubeContexts()
	if err != nil {
		return config, fmt.Errorf("stack %s: %w", ctx.Stack(), err)
	}
	problems = append(problems, config.contextProblems(contexts)...)
	if err := problems.err(); err != nil {
		return config, fmt.Errorf("stack %s: %w", ctx.Stack(), err)
	}
	return config, nil
}
