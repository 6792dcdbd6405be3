// Package record runs a Pulumi program without an engine and writes down what it
// registers. It knows how the providers answer, so far as the program uses their
// answers, and invents nothing else: what Kubernetes would make of the resources
// is for tests with a cluster.
package record

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/kafka-kraft/kafka-kraft/internal/engine"
)

// Project and Stack are what the recorded program is told to be.
const (
	Project = "kafka-kraft"
	Stack   = "test"
)

// Resource is one registration.
type Resource struct {
	Type     string         // type token
	Name     string         // logical name
	Parent   string         // "type name" of the parent; "" for the stack itself
	Provider string         // provider reference; "" for the default one
	Custom   bool           // false for components
	Protect  bool           // refuses deletion
	Retain   bool           // is forgotten instead of deleted
	First    bool           // is deleted before what replaces it is made
	Ignored  []string       // changes that are none
	Replaces []string       // changes that are a replacement, besides the provider's own
	Waits    []string       // "type name" of what it depends on, sorted
	Import   string         // id to adopt, "" for none
	Timeouts string         // create timeout, "" for none
	Aliases  []string       // former logical names, each with " of " and the former parent if that was another one
	After    []string       // "type name" of what it waits for, sorted
	With     string         // "type name" of what it goes with when that is deleted, "" for nothing
	Secrets  []string       // outputs that are secret, besides the provider's own
	Inputs   map[string]any // as sent
}

// String names a resource in messages.
func (r Resource) String() string { return r.Type + " " + r.Name }

// Run records the program with this configuration, keys with their namespace. The
// resources are sorted by type and name.
func Run(config map[string]string, program pulumi.RunFunc) ([]Resource, error) {
	return RunLive(config, nil, program)
}

// RunLive is Run for a stack that is there already and has these outputs.
func RunLive(config map[string]string, outputs map[string]any, program pulumi.RunFunc) ([]Resource, error) {
	m := &monitor{outputs: outputs}
	err := pulumi.RunErr(program, pulumi.WithMocks(Project, Stack, m), func(info *pulumi.RunInfo) {
		info.Config = config
	})
	m.mutex.Lock()
	defer m.mutex.Unlock()
	slices.SortFunc(m.resources, func(a, b Resource) int { return strings.Compare(a.String(), b.String()) })
	return m.resources, errors.Join(m.problem, err)
}

type monitor struct {
	mutex     sync.Mutex
	resources []Resource
	problem   error
	outputs   map[string]any // of the stack itself, from an earlier run
}

// Call refuses: the program invokes no provider function.
func (m *monitor) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	return nil, fmt.Errorf("unexpected call of %s", args.Token)
}

// NewResource writes the registration down and answers as the provider would.
func (m *monitor) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	recorded := Resource{
		Type: args.TypeToken, Name: args.Name, Provider: args.Provider, Custom: args.Custom,
		Import: args.ID, Inputs: args.Inputs.Mappable(),
	}
	if rpc := args.RegisterRPC; rpc != nil {
		recorded.Parent = shortURN(rpc.GetParent())
		recorded.Protect = rpc.GetProtect()
		recorded.Retain = rpc.GetRetainOnDelete()
		recorded.First = rpc.GetDeleteBeforeReplace()
		recorded.Ignored, recorded.Replaces = rpc.GetIgnoreChanges(), rpc.GetReplaceOnChanges()
		for _, urn := range rpc.GetDependencies() {
			recorded.Waits = append(recorded.Waits, shortURN(urn))
		}
		slices.Sort(recorded.Waits)
		recorded.With = shortURN(rpc.GetDeletedWith())
		recorded.Timeouts = rpc.GetCustomTimeouts().GetCreate()
		recorded.Secrets = rpc.GetAdditionalSecretOutputs()
		for _, urn := range rpc.GetDependencies() {
			recorded.After = append(recorded.After, shortURN(urn))
		}
		slices.Sort(recorded.After)
		for _, alias := range rpc.GetAliases() {
			recorded.Aliases = append(recorded.Aliases, former(alias.GetSpec()))
		}
	}
	if recorded.Type == "pulumi:pulumi:StackReference" {
		state := args.Inputs.Copy()
		state["outputs"] = resource.NewObjectProperty(resource.NewPropertyMapFromMap(m.outputs))
		return args.Name, state, nil // read, not registered
	}
	if rpc := args.ReadRPC; rpc != nil {
		recorded.Secrets = rpc.GetAdditionalSecretOutputs()
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if slices.ContainsFunc(m.resources, func(r Resource) bool { return r.String() == recorded.String() }) {
		m.problem = errors.Join(m.problem, fmt.Errorf("%s is registered twice", recorded))
	}
	if recorded.Type != "pulumi:pulumi:Stack" {
		m.resources = append(m.resources, recorded)
	}
	return args.Name + "-id", answer(args), nil
}

func former(alias *pulumirpc.Alias_Spec) string {
	switch {
	case alias.GetNoParent():
		return alias.GetName() + " of the stack"
	case alias.GetParentUrn() != "":
		return alias.GetName() + " of " + shortURN(alias.GetParentUrn())
	}
	return alias.GetName()
}

// shortURN is type and name of a URN; empty if there is none.
func shortURN(urn string) string {
	if urn == "" {
		return ""
	}
	return engine.Type(urn) + " " + engine.Name(urn)
}

func answer(args pulumi.MockResourceArgs) resource.PropertyMap {
	state := args.Inputs.Copy()
	switch {
	case args.TypeToken == "random:index/randomId:RandomId":
		state["b64Url"] = resource.NewStringProperty(id(args))
	case args.TypeToken == "random:index/randomBytes:RandomBytes":
		length := int(args.Inputs["length"].NumberValue())
		bytes := []byte(strings.Repeat(args.Name, length))[:length]
		state["base64"] = resource.MakeSecret(resource.NewStringProperty(base64.StdEncoding.EncodeToString(bytes)))
	case args.TypeToken == "random:index/randomPassword:RandomPassword":
		state["result"] = resource.MakeSecret(resource.NewStringProperty("password of " + args.Name))
	case args.TypeToken == "kubernetes:core/v1:Secret" && args.ID != "": // one that is there
		state["data"] = resource.NewProperty(resource.PropertyMap{
			"password": resource.NewProperty(base64.StdEncoding.EncodeToString([]byte("given by " + args.ID))),
		})
	case args.TypeToken == "docker:index/image:Image":
		name := args.Inputs["imageName"].StringValue()
		repository, _, _ := strings.Cut(name, "kafka-kraft/kafka:")
		state["repoDigest"] = resource.NewStringProperty(repository + "kafka-kraft/kafka@sha256:" + strings.Repeat("0", 64))
	case strings.HasPrefix(args.TypeToken, "kubernetes:"):
		complete(state, args.Name+"-auto")
	}
	return state
}

// id is adopted, or made from the name so that no two resources share one.
func id(args pulumi.MockResourceArgs) string {
	if args.ID != "" {
		return args.ID
	}
	const length = 22
	text := strings.NewReplacer("-", "_").Replace(args.Name) + strings.Repeat("A", length)
	return text[max(0, len(args.Name)-length):][:length]
}

// complete gives a Kubernetes object a name where the program leaves that to Pulumi, and
// the generation of a new one.
func complete(state resource.PropertyMap, name string) {
	metadata, ok := state["metadata"]
	if !ok || !metadata.IsObject() {
		return
	}
	object := metadata.ObjectValue().Copy()
	if _, ok := object["name"]; !ok {
		object["name"] = resource.NewStringProperty(name)
	}
	object["generation"] = resource.NewNumberProperty(1)
	state["metadata"] = resource.NewObjectProperty(object)
}
