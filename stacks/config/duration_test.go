package config

import (
	"encoding/json"
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
