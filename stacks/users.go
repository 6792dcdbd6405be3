package stacks

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/users"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// users makes the configured users, behind the last gates of the cluster.
func (s stack) users(ctx *pulumi.Context, e estate, cluster *kafka.Cluster) error {
	if s.Stopped && len(s.Users) > 0 {
		if err := ctx.Log.Info("the stack is stopped: its users stay as they are, and what differs waits until it runs again", nil); err != nil {
			return fmt.Errorf("users: %w", err)
		}
	}
	if warning := s.inherited(e); warning != "" {
		if err := ctx.Log.Warn(warning, nil); err != nil {
			return fmt.Errorf("users: %w", err)
		}
	}
	own := e.goesOn() // the users among the metadata that it left are the stack's, too
	place := users.Place{Context: s.Context, Cluster: cluster, Stopped: s.Stopped}
	for _, name := range slices.Sorted(maps.Keys(s.Users)) {
		if _, err := users.New(ctx, name, userArgs(place, s.Users[name], own), pulumi.Parent(cluster)); err != nil {
			return err
		}
	}
	return nil
}

// inherited is what an up is told that goes on with kept records, "" if it does not, or if nobody is
// anybody in it. Kafka keeps users with the records, also one that the configuration has no more, of
// which no state knows.
func (s stack) inherited(e estate) string {
	if !e.goesOn() || len(s.Users) == 0 && s.Security.Authorization == topology.Open {
		return ""
	}
	const tools = "--bootstrap-server localhost:9092"
	return fmt.Sprintf("the records that this up goes on with have the users that Kafka had: one that users no longer names still has its "+
		"password and its ACLs, and who was given a password as one of kafka-admin, kafka-node and security.superUsers may do everything. "+
		"List them, and take away what nobody knows of: kubectl exec -n %[1]s POD -- kafka-configs.sh %[2]s --describe --entity-type users, "+
		"and kubectl exec -n %[1]s POD -- kafka-acls.sh %[2]s --list", s.KubeNamespace, tools)
}

func userArgs(place users.Place, user config.User, own bool) *users.Args {
	return &users.Args{
		Place:          place,
		Authentication: topology.Authentication(user.Authentication),
		PasswordSecret: user.PasswordSecret,
		Renew:          user.RenewPassword,
		Access:         user.Access(),
		Limits: users.Limits{
			ProducerByteRate:       float64(user.Quotas.ProducerByteRate.Bytes()),
			ConsumerByteRate:       float64(user.Quotas.ConsumerByteRate.Bytes()),
			RequestPercentage:      user.Quotas.RequestPercentage,
			ControllerMutationRate: user.Quotas.ControllerMutationRate,
		},
		Adopt: user.Adopt || own,
	}
}
