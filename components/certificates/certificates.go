// Package certificates makes a cluster's certificates: a CA of its own, what all nodes show,
// and what whoever runs the program shows. They follow from one secret seed in Pulumi's state
// and from the time that it was made (package pki), so that a preview differs only when a
// renewal is due, which is an ordinary rolling update.
//
// All nodes have one certificate, since a StatefulSet mounts one Secret in all of its pods: it
// names them by a wildcard below the headless service.
package certificates

import (
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/pki"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Type is the component's type token.
const Type = "kafka-kraft:certificates:Certificates"

// Args says what the certificates are for.
type Args struct {
	// Plan is the cluster. Its services and advertised hosts are what nodes are asked for.
	Plan topology.Plan
	// Namespace, if given, is the plan's, from the resource that makes it.
	Namespace pulumi.StringInput
	// Lifetime is that of all certificates but the CA's, CALifetime of that one, at least
	// three times as long, so that none outlives it. Each is renewed by the first update after
	// two thirds of it. 0: those of package pki.
	Lifetime, CALifetime time.Duration
	// Hosts are further DNS names and addresses by which nodes are reached.
	Hosts []string
	// Protect makes Pulumi refuse to delete the seed.
	Protect bool
	// Now is the time; zero: that of this machine.
	Now time.Time
}

// Certificates holds where they are.
type Certificates struct {
	pulumi.ResourceState

	// Node is the Secret that nodes mount, of Kubernetes' type tls. A renewal makes another
	// one, and its new name is what makes the pods roll.
	Node pulumi.StringOutput `pulumi:"node"`
	// CA is the certificate of the CA in PEM, for clients. It is no secret.
	CA pulumi.StringOutput `pulumi:"ca"`
	// Made are the objects with fixed names: topology.Plan.AdminName, and AuthoritiesName.
	Made []pulumi.Resource

	args Args // completed
	seed *random.RandomBytes
}

// Client is a certificate for a client that brokers know by this common name: by the keys
// contract.TLSCertificate, TLSKey and TLSAuthorities, and secret. It is renewed with the others.
func (c *Certificates) Client(name string) pulumi.StringMapOutput {
	return c.secret(func(seed, made string) (map[string]string, error) { return c.args.client(seed, made, name) })
}

// secret are texts that follow from the seed.
func (c *Certificates) secret(texts func(seed, made string) (map[string]string, error)) pulumi.StringMapOutput {
	return pulumi.ToSecret(pulumi.All(c.seed.Base64, c.seed.Keepers).ApplyT(func(known []any) (map[string]string, error) {
		text, _ := known[0].(string)
		keepers, _ := known[1].(map[string]string)
		return texts(text, keepers[made])
	})).(pulumi.StringMapOutput)
}

// AuthoritiesName is the ConfigMap with contract.TLSAuthorities for clients.
func AuthoritiesName(plan topology.Plan) string { return plan.Name + "-ca" }

// complete is the arguments with what they do not say.
func (a Args) complete() Args {
	if a.Lifetime == 0 {
		a.Lifetime = pki.Lifetime
	}
	if a.CALifetime == 0 {
		a.CALifetime = pki.CALifetime
	}
	if a.Now.IsZero() {
		a.Now = time.Now()
	}
	return a
}

func (a Args) validate() error {
	if a.Lifetime < 0 || a.CALifetime < 3*a.Lifetime {
		return fmt.Errorf("the Lifetime %v must be more than 0, and CALifetime %v at least three times as long", a.Lifetime, a.CALifetime)
	}
	return nil
}

// New makes the certificates, or renews them.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Certificates, error) {
	if args == nil {
		return nil, fmt.Errorf("certificates %q: arguments are missing", name)
	}
	complete := args.complete()
	if err := complete.validate(); err != nil {
		return nil, fmt.Errorf("certificates %q: %w", name, err)
	}
	c := &Certificates{}
	if err := ctx.RegisterComponentResource(Type, name, c, opts...); err != nil {
		return nil, fmt.Errorf("certificates %q: %w", name, err)
	}
	if err := c.make(ctx, name, complete, pulumi.Parent(c)); err != nil {
		return nil, fmt.Errorf("certificates %q: %w", name, err)
	}
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{"node": c.Node, "ca": c.CA}); err != nil {
		return nil, fmt.Errorf("certificates %q: %w", name, err)
	}
	return c, nil
}

// made is the keeper of the seed's time.
const made = "made"

func (c *Certificates) make(ctx *pulumi.Context, name string, args Args, child pulumi.ResourceOption) error {
	// Pulumi has no clock of its own; a keeper whose changes are ignored stays in the state as
	// it was when the seed was made, and is known in previews. (Tried with an engine.)
	seed, err := random.NewRandomBytes(ctx, name+"-seed", &random.RandomBytesArgs{
		Length:  pulumi.Int(pki.SeedBytes),
		Keepers: pulumi.StringMap{made: pulumi.String(args.Now.UTC().Format(time.RFC3339))},
	}, child, pulumi.IgnoreChanges([]string{"keepers"}), pulumi.Protect(args.Protect))
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	c.args, c.seed = args, seed
	files := c.secret(args.files)
	file := func(key string) pulumi.StringOutput { return files.MapIndex(pulumi.String(key)) }
	secret := func(key string) pulumi.StringInput {
		return file(key).ApplyT(func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }).(pulumi.StringOutput)
	}
	c.CA = pulumi.Unsecret(file(authorities)).(pulumi.StringOutput)

	labels := pulumi.ToStringMap(args.Plan.Labels())
	namespace := kube.Namespace(args.Plan.Namespace, args.Namespace)
	// Auto-named, as a pool's ConfigMap and for the same reason.
	node, err := corev1.NewSecret(ctx, name, &corev1.SecretArgs{
		Metadata: metav1.ObjectMetaArgs{Namespace: namespace, Labels: labels},
		Type:     pulumi.String("kubernetes.io/tls"),
		Data: pulumi.StringMap{
			contract.TLSCertificate: secret(nodeCertificate), contract.TLSKey: secret(nodeKey), contract.TLSAuthorities: secret(authorities),
		},
	}, child)
	if err != nil {
		return fmt.Errorf("secret of the nodes: %w", err)
	}
	c.Node = node.Metadata.Name().Elem()
	admin, err := corev1.NewSecret(ctx, name+"-admin", &corev1.SecretArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(args.Plan.AdminName()), Namespace: namespace, Labels: labels},
		Type:     pulumi.String("kubernetes.io/tls"),
		Data: pulumi.StringMap{
			contract.TLSCertificate: secret(adminCertificate), contract.TLSKey: secret(adminKey), contract.TLSAuthorities: secret(authorities),
			ClientProperties: secret(adminProperties),
		},
	}, child)
	if err != nil {
		return fmt.Errorf("secret %s: %w", args.Plan.AdminName(), err)
	}
	clients, err := corev1.NewConfigMap(ctx, name+"-ca", &corev1.ConfigMapArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(AuthoritiesName(args.Plan)), Namespace: namespace, Labels: labels},
		Data:     pulumi.StringMap{contract.TLSAuthorities: c.CA},
	}, child)
	if err != nil {
		return fmt.Errorf("configmap %s: %w", AuthoritiesName(args.Plan), err)
	}
	c.Made = []pulumi.Resource{admin, clients}
	return nil
}

// seedOf reads what the state has.
func seedOf(text, made string) (pki.Seed, time.Time, error) {
	seed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, time.Time{}, errors.New("the seed in the state is no base64") // and is not to be shown
	}
	began, err := time.Parse(time.RFC3339, made)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("the seed in the state does not say when it was made: %w", err)
	}
	return seed, began, nil
}
