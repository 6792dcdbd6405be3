package stacks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/features"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// hearing is how long Kafka may take to say which level is finalised.
const hearing = 20 * time.Second

// finalised is the level of metadata.version that the cluster has by the key features, once this
// up is done; 0: the key was never anything but hold.
func (s stack) finalised(e estate) int16 {
	release, _ := s.Finalises()
	return max(config.FeaturesOf(s.remembered(e).record), release.Level)
}

// outdated refuses a Kafka that is older than what is finalised, and to lower that.
func (s stack) outdated(e estate) config.Problems {
	record := s.remembered(e).record
	if record == "" && !e.found.Started() && s.ClusterID == "" { // nor is one adopted
		return s.Begins()
	}
	return s.Outdated(max(config.FeaturesOf(record), e.level))
}

// goesBack reports whether pods may be about to get an older Kafka than they run: by the stack's
// last complete up, or since one that was cut off may have finalised more than that knows.
func (s stack) goesBack(e estate) bool {
	wanted, known := features.Of(s.KafkaVersion)
	if !known {
		return false
	}
	had, known := features.Of(e.memory.version)
	newer := e.memory.version != "" && (!known || wanted.Older(had.Level))
	return newer || e.found.Record != nil && wanted.Older(config.FeaturesOf(e.found.Record.Facts))
}

// level asks Kafka which metadata.version is finalised before pods get an older Kafka: a cluster
// that a newer one has formed, or in which somebody has raised it by hand, has one of which this
// stack remembers nothing. 0: it was not asked, or, in a preview, does not answer.
func (s stack) level(ctx *pulumi.Context, e estate) (int16, error) {
	if !s.goesBack(e) || !e.seen || s.Stopped {
		return 0, nil
	}
	limited, over := context.WithTimeout(ctx.Context(), hearing)
	defer over()
	var err error
	if s.running(e) {
		var level int16
		if level, err = s.lifecycle().MetadataVersion(limited, s.plan); err == nil {
			return level, nil
		}
	} else {
		err = errors.New("it does not run")
	}
	why := fmt.Sprintf("kafkaVersion goes back to %s, and which %s is finalised is not known, since Kafka cannot be asked (%v)", s.KafkaVersion, features.MetadataVersion, err)
	if ctx.DryRun() || s.RollDegraded || !s.running(e) {
		return 0, ctx.Log.Warn(why+"; pods that cannot read their metadata say so and do not start", nil)
	}
	return 0, fmt.Errorf("stack %s: %s; nothing was changed: set it back, or let it be tried with %s:rollDegraded true", e.owner, why, Namespace)
}
