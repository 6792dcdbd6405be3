package features

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafka-kraft/kafka-kraft/image"
)

// Every Kafka that is built here is of a release with a level, and each release has a higher one
// than the release before it.
func TestReleases(t *testing.T) {
	for _, version := range image.KafkaVersions() {
		_, known := Of(version)
		assert.True(t, known, version)
	}
	assert.True(t, slices.IsSortedFunc(Releases(), func(a, b Release) int { return int(a.Level) - int(b.Level) }))
	for version, want := range map[string]int16{"4.3.1": 30, "4.4.0": 33, "4.4.7": 33, "4.2.0": 29} {
		release, known := Of(version)
		assert.True(t, known, version)
		assert.Equal(t, want, release.Level, version)
		named, known := Named(release.Name)
		assert.True(t, known, version)
		assert.Equal(t, release, named, version)
	}
	for _, version := range []string{"", "4", "4.4", "4.4.0.1", "9.9.9", "hold"} {
		_, known := Of(version)
		assert.False(t, known, version)
	}
	Releases()[0].Name = "mine"
	assert.NotEqual(t, "mine", Releases()[0].Name)
}

func TestReading(t *testing.T) {
	for level, want := range map[int16]string{1: "4.2", 29: "4.2", 30: "4.3", 31: "4.4", 33: "4.4", 34: ""} {
		release, known := Reading(level)
		assert.Equal(t, want, release.Name, level)
		assert.Equal(t, want != "", known, level)
	}
}

func TestOneWay(t *testing.T) {
	for name, c := range map[string]struct {
		from, to int16
		want     string
	}{
		"up":             {30, 33, "32 and 33 change metadata"},
		"down":           {33, 30, "32 and 33 change metadata"},
		"over a release": {29, 33, "30, 32 and 33 change metadata"},
		"one":            {29, 30, "30 changes metadata"},
		"none":           {30, 31, ""},
		"nowhere":        {33, 33, ""},
	} {
		assert.Equal(t, c.want, Changes(c.from, c.to), name)
	}
}

func TestNoWayBack(t *testing.T) {
	assert.Equal(t, "there is no way back, since 32 and 33 change metadata", NoWayBack(33, 30))
	assert.Equal(t, "nothing lowers it by itself", NoWayBack(31, 30))
}

func TestNames(t *testing.T) {
	assert.Equal(t, "4.2, 4.3 or 4.4", Names(Releases(), " or "))
	assert.Equal(t, "4.4", Names(Releases()[2:], " or "))
}
