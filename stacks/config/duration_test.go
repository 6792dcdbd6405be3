package config

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDurationsAreWrittenShort(t *testing.T) {
	for text, d := range map[string]time.Duration{
		"10m": 10 * time.Minute, "24h": 24 * time.Hour, "90m": 90 * time.Minute, "3605s": time.Hour + 5*time.Second,
		"10s": 10 * time.Second, "90s": 90 * time.Second, "100ms": 100 * time.Millisecond, "-10m": -10 * time.Minute, "0s": 0,
	} {
		assert.Equal(t, text, Duration(d).String())
	}
}

func TestDurationsReadWhatTheyWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		was := Duration(rapid.Int64().Draw(t, "nanoseconds"))
		text, err := json.Marshal(was)
		require.NoError(t, err)
		var is Duration
		require.NoError(t, json.Unmarshal(text, &is))
		require.Equal(t, was, is)
	})
}

// A duration in an object is read like one that is a key.
func TestDurationsInObjects(t *testing.T) {
	var target struct {
		Object struct {
			Wait Duration `json:"wait"`
		} `json:"object"`
	}
	require.NoError(t, decode(map[string]string{"object": `{"wait":"90s"}`}, &target).Err())
	assert.Equal(t, Duration(90*time.Second), target.Object.Wait)
	for _, wrong := range []string{`"soon"`, "90", "true", "null"} {
		err := decode(map[string]string{"object": `{"wait":` + wrong + `}`}, &target).Err()
		assert.ErrorContains(t, err, "kafka-kraft:object.wait", wrong)
		assert.ErrorContains(t, err, "must be a duration such as 10m", wrong)
	}
}

// The message of a key says its limits, whether the text is no duration or one too long.
func TestDurationsAreRefusedInOneWay(t *testing.T) {
	for _, wrong := range []string{"soon", "25h"} {
		read, found := Decode(map[string]string{"context": "c", "timeout": wrong})
		problems := slices.Concat(found, read.Problems())
		assert.Equal(t, Problems{{Key: "timeout", Value: `"` + wrong + `"`, Want: "must be a duration from 10s to 24h, such as 10m"}}, problems)
	}
}
