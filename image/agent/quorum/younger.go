package quorum

import (
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/image/agent/metalog"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// Younger says why this quorum cannot be the one that the copy is of; empty when it can.
func Younger(a metalog.Age, q wire.Quorum) string {
	switch {
	case q.LeaderEpoch < a.Epoch:
		return fmt.Sprintf("its epoch is %d, and this broker's copy of the metadata log has seen epoch %d", q.LeaderEpoch, a.Epoch)
	case q.HighWatermark > 0 && q.HighWatermark < a.End: // a new leader does not know it at once
		return fmt.Sprintf("its log has %d records, and this broker's copy of it %d", q.HighWatermark, a.End)
	}
	return ""
}
