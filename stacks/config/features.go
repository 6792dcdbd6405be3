package config

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/kafka-kraft/kafka-kraft/features"
)

// Hold is the value of the key features that asks for nothing.
const Hold = "hold"

// finalised is the key, and the fact with the level of metadata.version that was finalised by it.
// A level is compared by programs that do not know its release, too.
const finalised = "features"

// Finalises is the release that is to be finalised; false: none is asked for.
func (c Config) Finalises() (features.Release, bool) { return features.Named(c.Features) }

// checkFeatures asks for a release that the nodes will know.
func (c Config) checkFeatures(p *Problems) {
	runs, known := features.Of(c.KafkaVersion)
	older := slices.DeleteFunc(features.Releases(), func(r features.Release) bool { return known && runs.Older(r.Level) })
	wanted, release := c.Finalises()
	switch {
	case c.Features == Hold:
	case !release:
		p.add(finalised, c.Features, "must be hold, or a release that kafka-kraft:kafkaVersion %s knows: %s", c.KafkaVersion, features.Names(older, " or "))
	case known && runs.Older(wanted.Level):
		p.add(finalised, c.Features, "is newer than kafka-kraft:kafkaVersion %s, which knows %s: let every node run Kafka %s first, or set it to hold",
			c.KafkaVersion, features.Names(older, " and "), wanted.Name)
	}
}

// Begins complains of a new cluster whose features are to be older than its Kafka: it is formed
// with its own.
func (c Config) Begins() Problems {
	var p Problems
	wanted, release := c.Finalises()
	if runs, known := features.Of(c.KafkaVersion); release && known && wanted.Older(runs.Level) {
		p.add(finalised, c.Features, "a new cluster of Kafka %s begins with %s (%s %d), and %s: set it to hold or %s, or begin with a kafka-kraft:kafkaVersion of %s",
			c.KafkaVersion, runs.Name, features.MetadataVersion, runs.Level, features.NoWayBack(runs.Level, wanted.Level), runs.Name, wanted.Name)
	}
	return p
}

// FeaturesOf is the level of metadata.version that a record's cluster was finalised with by the
// key features, 0 if it was not.
func FeaturesOf(record string) int16 {
	values, err := url.ParseQuery(record)
	if err != nil {
		return 0 // of what cannot be read, Changes will complain
	}
	level, _ := strconv.ParseInt(values.Get(finalised), 10, 16) // 0 is right for what is no number
	return int16(level)
}

// WithFeatures is a record of a cluster that was finalised with a level; 0 is none.
func WithFeatures(record string, level int16) string {
	values, err := url.ParseQuery(record)
	if err != nil || level == 0 {
		return record
	}
	values.Set(finalised, strconv.Itoa(int(level)))
	return values.Encode()
}

// Outdated complains of a Kafka that cannot read the metadata of a cluster of this level, and of
// features that would lower it where there is no way back. 0: the level is not known.
func (c Config) Outdated(level int16) Problems {
	var p Problems
	runs, known := features.Of(c.KafkaVersion)
	if known && runs.Older(level) {
		p.add("kafkaVersion", c.KafkaVersion, "cannot read the metadata, whose %s %d is finalised (%s knows %d), and %s: set it to %s, "+
			"or make another stack with %s and move the records there",
			features.MetadataVersion, level, runs.Name, runs.Level, features.NoWayBack(level, runs.Level), atLeast(level), c.KafkaVersion)
	}
	if wanted, release := c.Finalises(); release && wanted.Older(level) && len(features.OneWay(level, wanted.Level)) > 0 {
		p.add(finalised, c.Features, "would lower %s from %d to %d, and %s: set it to %s or hold",
			features.MetadataVersion, level, wanted.Level, features.NoWayBack(level, wanted.Level), quoted(level))
	}
	return p
}

// atLeast is the Kafka that reads a level, for people.
func atLeast(level int16) string {
	if release, known := features.Reading(level); known {
		return "one of " + release.Name + " or later"
	}
	return "the one that finalised it, or a later one"
}

// quoted is the value of the key that a level came of, for people.
func quoted(level int16) string {
	if release, known := features.Reading(level); known {
		return strconv.Quote(release.Name)
	}
	return "the release that finalised it"
}
