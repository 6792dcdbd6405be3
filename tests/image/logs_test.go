package image

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLogsInJSON: every line of Kafka and of the agent is an object, from the first start to the stop; what the JVM itself says
// is none.
func TestLogsInJSON(t *testing.T) {
	n := create(t, setup{env: map[string]string{"KAFKA_LOG_FORMAT": "json"}})
	n.start()
	must(t, "stop", "--time=120", n.name)
	require.Equal(t, "143", n.wait())
	loggers := map[string]int{}
	for line := range strings.Lines(n.log()) {
		if strings.HasPrefix(line, "[") && strings.Contains(line, "s][") { // [0.017s][warning][aot] of the JVM
			continue
		}
		var said struct{ Time, Level, Logger, Message string }
		require.NoError(t, json.Unmarshal([]byte(line), &said), line)
		assert.NotEmpty(t, said.Time, line)
		assert.Contains(t, []string{"INFO", "WARN", "ERROR"}, said.Level, line)
		loggers[said.Logger]++
	}
	assert.Positive(t, loggers["kafka-agent"], "the agent: %v", loggers)
	assert.Greater(t, len(loggers), 10, "Kafka: %v", loggers)
	assert.Zero(t, loggers[""], "lines without a logger")

	refused := create(t, setup{env: map[string]string{"KAFKA_LOG_FORMAT": "json", "KAFKA_STOP_SECONDS": "soon"}})
	require.Equal(t, "1", refused.run())
	var said struct{ Level, Message string }
	require.NoError(t, json.Unmarshal([]byte(strings.TrimSpace(refused.log())), &said), refused.log())
	assert.Equal(t, "ERROR", said.Level)
	assert.Contains(t, said.Message, "KAFKA_STOP_SECONDS")
}
