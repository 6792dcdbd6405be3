package main

import "fmt"

// younger says why this quorum cannot be the one that the copy is of; empty when it can.
func younger(a age, q quorum) string {
	switch {
	case q.leaderEpoch < a.epoch:
		return fmt.Sprintf("its epoch is %d, and this broker's copy of the metadata log has seen epoch %d", q.leaderEpoch, a.epoch)
	case q.highWatermark > 0 && q.highWatermark < a.end: // a new leader does not know it at once
		return fmt.Sprintf("its log has %d records, and this broker's copy of it %d", q.highWatermark, a.end)
	}
	return ""
}
