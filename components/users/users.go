// Package users puts users of a Kafka cluster into a Pulumi program: each with a Secret for the
// application, and as a resource of provider kafka-kraft. What that does, and refuses, is described
// in package plugin/users, which this one does not import: a program needs the provider only when
// it runs (see package plugin).
package users

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/acl"
	"github.com/kafka-kraft/kafka-kraft/components/internal/place"
	"github.com/kafka-kraft/kafka-kraft/internal/username"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Type is the component's type token, ResourceType that of the user in Kafka.
const (
	Type         = "kafka-kraft:users:User"
	ResourceType = "kafka-kraft:kafka:User"
)

// spoken are the provider's words for ways to say who one is, which are those of Strimzi's users.
var spoken = map[topology.Authentication]string{topology.SCRAM: "scram-sha-512", topology.MutualTLS: "tls"}

// Place is the Kafka that users are in.
type Place = place.Place

// Args says who a user is and what it may do.
type Args struct {
	Place
	// Name is Kafka's, the common name of a certificate, and part of the Secret's
	// (topology.Plan.UserSecret): lower-case letters, digits, dashes and dots, at most 64. Empty:
	// the component's. Who calls the component otherwise and keeps the user says so by
	// pulumi.Aliases: it would be made anew, and the deletion of the old one would take its rights.
	Name string
	// Authentication is how it says who it is: topology.SCRAM, by a password, which needs
	// Plan.SCRAM, or topology.MutualTLS, by a certificate.
	Authentication topology.Authentication
	// Password, with SCRAM, if it is not to be made: one line. Nil: 32 letters and digits.
	Password pulumi.StringInput
	// PasswordSecret is an existing Secret in the namespace with the Password as PasswordKey.
	PasswordSecret string
	// Renew makes another password whenever it is another text, such as a date.
	Renew string
	// Access is what it may do, which needs an authorizer. ACLs of this user that are not in it
	// are taken away.
	Access acl.Access
	// Limits are what it may ask of each broker.
	Limits Limits
	// Adopt takes over a user of this name that somebody else has made.
	Adopt bool
}

// Limits of 0 are none.
type Limits struct {
	// ProducerByteRate and ConsumerByteRate are bytes a second.
	ProducerByteRate, ConsumerByteRate float64
	// RequestPercentage is of the time of one thread that handles requests.
	RequestPercentage float64
	// ControllerMutationRate is partitions a second that may be made or deleted.
	ControllerMutationRate float64
}

// User is a user of Kafka.
type User struct {
	pulumi.ResourceState

	// Name is Kafka's. What uses it is made when Kafka knows the user.
	Name pulumi.StringOutput `pulumi:"name"`
	// Secret is the name of the Secret for the application. Nil: somebody else makes the
	// certificates (kafka.Certificates.Secret), and so this user's.
	Secret pulumi.StringPtrOutput `pulumi:"secret"`
}

// validate says all that is wrong.
func (a *Args) validate() error {
	if err := place.Validate(a.Place); err != nil {
		return err
	}
	plan := a.Cluster.Plan
	var problems []error
	when := func(wrong bool, format string, values ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf(format, values...))
		}
	}
	if problem := username.Problem(a.Name, plan.UserSecret(a.Name)); problem != "" {
		when(true, "Name %q %s", a.Name, problem)
	}
	switch a.Authentication {
	case topology.SCRAM:
		when(plan.SCRAMBootstrapServers() == "", "Authentication %s needs Plan.SCRAM", topology.SCRAM)
		when(a.Password != nil && a.PasswordSecret != "", "both Password and PasswordSecret say what the password is: leave one out")
		when(a.Renew != "" && (a.Password != nil || a.PasswordSecret != ""), "Renew is for a password that is made here: leave it out, or Password and PasswordSecret")
	case topology.MutualTLS:
		when(plan.TLSBootstrapServers() == "" || plan.Authentication != topology.MutualTLS, "Authentication %s needs the plan to have it, too, and an Encryption", topology.MutualTLS)
		when(a.Password != nil || a.PasswordSecret != "" || a.Renew != "", "Password, PasswordSecret and Renew are of no use with Authentication %s", topology.MutualTLS)
	default:
		when(true, "Authentication is %q, which is neither %s nor %s", a.Authentication, topology.SCRAM, topology.MutualTLS)
	}
	for _, p := range a.Access.Problems() {
		when(true, "Access: %s %q: %s", p.Path, p.Value, p.Want)
	}
	l := a.Limits
	when(min(l.ProducerByteRate, l.ConsumerByteRate, l.RequestPercentage, l.ControllerMutationRate) < 0, "Limits must not be less than 0")
	return errors.Join(problems...)
}

// New makes a user when the cluster is ready, and then the Secret for its application.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*User, error) {
	if args == nil {
		args = &Args{}
	}
	complete := *args
	if complete.Name == "" {
		complete.Name = name
	}
	if err := complete.validate(); err != nil {
		return nil, fmt.Errorf("user %q: %w", name, err)
	}
	u := &User{}
	if err := ctx.RegisterComponentResource(Type, name, u, opts...); err != nil {
		return nil, fmt.Errorf("user %q: %w", name, err)
	}
	if err := u.make(ctx, name, complete, pulumi.Parent(u)); err != nil {
		return nil, fmt.Errorf("user %q: %w", name, err)
	}
	if err := ctx.RegisterResourceOutputs(u, pulumi.Map{"name": u.Name, "secret": u.Secret}); err != nil {
		return nil, fmt.Errorf("user %q: %w", name, err)
	}
	return u, nil
}

func (u *User) make(ctx *pulumi.Context, name string, args Args, child pulumi.ResourceOption) error {
	plan := args.Cluster.Plan
	inputs := place.Inputs(args.Place)
	// Also where clients still start in plaintext: what stands for a password goes by TLS only.
	inputs["bootstrapServers"], inputs["admin"] = pulumi.String(plan.TLSBootstrapServers()), pulumi.String(plan.AdminName())
	inputs["name"], inputs["authentication"] = pulumi.String(args.Name), pulumi.String(spoken[args.Authentication])
	var files pulumi.StringMap
	switch {
	case args.Authentication == topology.SCRAM:
		password, err := args.password(ctx, name, child)
		if err != nil {
			return err
		}
		inputs["password"] = password
		files = args.byPassword(password)
	case args.Cluster.Certificates != nil:
		files = args.byCertificate()
	}
	if acls := args.acls(); len(acls) > 0 {
		inputs["acls"] = acls
	}
	for property, limit := range map[string]float64{
		"producerByteRate": args.Limits.ProducerByteRate, "consumerByteRate": args.Limits.ConsumerByteRate,
		"requestPercentage": args.Limits.RequestPercentage, "controllerMutationRate": args.Limits.ControllerMutationRate,
	} {
		if limit != 0 {
			inputs[property] = pulumi.Float64(limit)
		}
	}
	if args.Adopt {
		inputs["adopt"] = pulumi.Bool(true)
	}
	made := &resource{}
	if err := place.Register(ctx, args.Place, ResourceType, name, inputs, made, []pulumi.ResourceOption{
		child, pulumi.AdditionalSecretOutputs([]string{"password"}),
		// In Kafka both are one, and what is deleted afterwards would take the rights of the new one.
		pulumi.DeleteBeforeReplace(true),
	}); err != nil {
		return err
	}
	u.Name = made.Name
	u.Secret = pulumi.StringPtr("").ToStringPtrOutput().ApplyT(func(*string) *string { return nil }).(pulumi.StringPtrOutput)
	if files != nil {
		// Behind the user: nobody is told a password that Kafka does not know yet.
		secret, err := corev1.NewSecret(ctx, name, &corev1.SecretArgs{
			Metadata: metav1.ObjectMetaArgs{
				Name: pulumi.String(plan.UserSecret(args.Name)), Namespace: args.Cluster.Namespace, Labels: pulumi.ToStringMap(plan.Labels()),
			},
			Type: pulumi.String("Opaque"),
			Data: files,
		}, child, pulumi.DependsOn([]pulumi.Resource{made}))
		if err != nil {
			return fmt.Errorf("secret %s: %w", plan.UserSecret(args.Name), err)
		}
		u.Secret = secret.Metadata.Name()
	}
	return nil
}

// resource is the user in Kafka.
type resource struct {
	pulumi.CustomResourceState

	Name pulumi.StringOutput `pulumi:"name"`
}

// acls are those of Access, one for each operation.
func (a Args) acls() pulumi.Array {
	var all pulumi.Array
	for _, one := range a.Access.ACLs() {
		input := pulumi.Map{"resource": pulumi.String(one.Resource), "name": pulumi.String(one.Name), "operation": pulumi.String(one.Operation)}
		if one.Prefixed {
			input["prefixed"] = pulumi.Bool(true)
		}
		if one.Host != acl.Everywhere {
			input["host"] = pulumi.String(one.Host)
		}
		if one.Deny {
			input["deny"] = pulumi.Bool(true)
		}
		all = append(all, input)
	}
	return all
}

// PasswordKey is that of the password in a user's Secret, and in one that gives it.
const PasswordKey = "password"

// password is the user's, secret wherever it comes from.
func (a Args) password(ctx *pulumi.Context, name string, child pulumi.ResourceOption) (pulumi.StringOutput, error) {
	secret := func(of pulumi.Input) pulumi.StringOutput { return pulumi.ToSecret(of).(pulumi.StringOutput) }
	switch {
	case a.Password != nil:
		return secret(a.Password.ToStringOutput()), nil
	case a.PasswordSecret != "":
		// No user can have a name with _, so that no two resources are called the same. All of it is
		// secret: kubectl apply leaves what it was given in an annotation, too.
		given, err := corev1.GetSecret(ctx, name+"_given", pulumi.ID(a.Cluster.Plan.Namespace+"/"+a.PasswordSecret), nil, child,
			pulumi.AdditionalSecretOutputs([]string{"metadata", "data", "stringData"}))
		if err != nil {
			return pulumi.StringOutput{}, fmt.Errorf("secret %s: %w", a.PasswordSecret, err)
		}
		return secret(given.Data.ApplyT(a.given)), nil
	}
	var renew pulumi.StringMap
	if a.Renew != "" {
		renew = pulumi.StringMap{"renew": pulumi.String(a.Renew)}
	}
	made, err := random.NewRandomPassword(ctx, name, &random.RandomPasswordArgs{
		Length: pulumi.Int(32), Special: pulumi.Bool(false), Keepers: renew,
	}, child)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("password: %w", err)
	}
	return secret(made.Result), nil
}

// given reads the Secret with the password, of which nothing is repeated.
func (a Args) given(data map[string]string) (string, error) {
	password, err := base64.StdEncoding.DecodeString(data[PasswordKey])
	switch {
	case err != nil || len(password) == 0:
		return "", fmt.Errorf("secret %s/%s has no %s, which is to be that of user %s", a.Cluster.Plan.Namespace, a.PasswordSecret, PasswordKey, a.Name)
	case strings.ContainsFunc(string(password), func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }):
		return "", fmt.Errorf("the %s in secret %s/%s is to be that of user %s, and must be one line of text without control characters",
			PasswordKey, a.Cluster.Plan.Namespace, a.PasswordSecret, a.Name)
	}
	return string(password), nil
}
