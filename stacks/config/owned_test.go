package config

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
)

// What a component refuses for its arguments' sake, a stack refuses in its keys' words.
func TestOwnedPropertiesAreToldInKeys(t *testing.T) {
	assert.Equal(t, properties.Owned(), slices.Sorted(maps.Keys(instead)))
	c := Default()
	c.Context = "c"
	c.Broker.Properties = map[string]string{"log.dirs": "/x"}
	assert.EqualError(t, c.Validate(), "the configuration has 1 problem; nothing was changed:\n"+
		`  kafka-kraft:broker.properties.log.dirs: "/x": is set by this program: use kafka-kraft:storage`)
}
