package users_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/acl"
	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/users"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// A Kafka without plaintext that lets nobody do what is not said, and an application in it that
// comes by a password. Package plugin says how Pulumi finds the provider.
func Example() {
	program := func(ctx *pulumi.Context) error {
		shop, err := kafka.New(ctx, "shop", &kafka.Args{
			Plan:     topology.Plan{Encryption: topology.Required, Authentication: topology.MutualTLS, SCRAM: true},
			Image:    image.Args{Reference: pulumi.String("registry.example.com/kafka:4.4.0")},
			Settings: kafka.Settings{Authorization: topology.Closed},
			Gate:     &kafka.Gate{Context: "minikube"},
		})
		if err != nil {
			return err
		}
		orders, err := users.New(ctx, "orders", &users.Args{
			Place:          users.Place{Context: "minikube", Cluster: shop},
			Authentication: topology.SCRAM,
			Access:         acl.Access{Produce: []string{"orders-*"}},
		}, pulumi.Parent(shop))
		if err != nil {
			return err
		}
		ctx.Export("mount", orders.Secret) // with client.properties in it
		return nil
	}
	// Instead of Pulumi, a recorder.
	_, err := record.Run(nil, program)
	fmt.Println(err)
	// Output: <nil>
}
