package main

import (
	"fmt"
	"time"
)

// replica is a voter or an observer of the metadata quorum as its leader sees it.
type replica struct {
	id          int
	directoryID string
	fetched     time.Time // when it last fetched; zero for the leader itself and when unknown
	caughtUp    time.Time // when it last had everything; now for the leader; zero when unknown
}

// quorum is an answer to DescribeQuorum.
type quorum struct {
	leaderID, leaderEpoch int
	highWatermark         int64 // offset behind the last committed record; -1 while a new leader does not know it
	voters, observers     []replica
	hosts                 map[int]string // of the controllers
}

// describeQuorum asks for the metadata quorum. A broker passes the question on to the leader; of the controllers only
// the leader answers, the others with errNotLeader.
func (c *client) describeQuorum() (quorum, error) {
	var e encoder
	e.length(1)
	e.string("__cluster_metadata")
	e.length(1)
	e.int32(0)
	e.noTags() // of the partition
	e.noTags() // of the topic
	e.noTags()
	d, err := c.do(apiQuorum, e.data)
	if err != nil {
		return quorum{}, err
	}
	return decodeQuorum(d)
}

func decodeQuorum(d *decoder) (quorum, error) {
	code, message := d.int16(), d.string()
	out := quorum{leaderID: -1, hosts: map[int]string{}}
	var partitionError error
	for range d.length() {
		_ = d.string() // topic
		for range d.length() {
			d.int32() // partition
			partitionError = kafkaError(d.int16(), d.string())
			out.leaderID, out.leaderEpoch = int(d.int32()), int(d.int32())
			out.highWatermark = d.int64()
			out.voters, out.observers = decodeReplicas(d), decodeReplicas(d)
			d.skipTags()
		}
		d.skipTags()
	}
	for range d.length() {
		id := int(d.int32())
		for range d.length() {
			_ = d.string() // listener
			out.hosts[id] = d.string()
			d.int16() // port
			d.skipTags()
		}
		d.skipTags()
	}
	if d.err != nil {
		return quorum{}, d.err
	}
	if err := kafkaError(code, message); err != nil {
		return quorum{}, err
	}
	if partitionError != nil {
		return quorum{}, partitionError
	}
	if out.leaderID < 0 {
		return quorum{}, fmt.Errorf("the answer names no leader")
	}
	return out, nil
}

func decodeReplicas(d *decoder) []replica {
	var out []replica
	for range d.length() {
		r := replica{id: int(d.int32()), directoryID: d.uuid()}
		d.int64() // log end offset
		r.fetched, r.caughtUp = moment(d.int64()), moment(d.int64())
		d.skipTags()
		out = append(out, r)
	}
	return out
}

// moment reads Kafka's milliseconds; -1 is unknown.
func moment(ms int64) time.Time {
	if ms < 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// now is the leader's clock when it answered, so that no two clocks are ever compared.
func (q quorum) now() time.Time {
	for _, r := range q.voters {
		if r.id == q.leaderID {
			return r.caughtUp
		}
	}
	return time.Now()
}

// stillFetching is how recent a replica's last fetch is as long as it runs (it fetches twice a second and more).
const stillFetching = 3 * time.Second
