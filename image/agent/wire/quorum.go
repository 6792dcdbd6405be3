package wire

import (
	"fmt"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/codec"
)

// Replica is a voter or an observer of the metadata quorum as its leader sees it.
type Replica struct {
	ID          int
	DirectoryID string
	Fetched     time.Time // when it last fetched; zero for the leader itself and when unknown
	CaughtUp    time.Time // when it last had everything; now for the leader; zero when unknown
}

// Quorum is an answer to DescribeQuorum.
type Quorum struct {
	LeaderID, LeaderEpoch int
	HighWatermark         int64 // offset behind the last committed record; -1 while a new leader does not know it
	Voters, Observers     []Replica
	Hosts                 map[int]string // of the controllers
}

// DescribeQuorum asks for the metadata quorum. A broker passes the question on to the leader; of the controllers only
// the leader answers, the others with ErrNotLeader.
func (c *Client) DescribeQuorum() (Quorum, error) {
	d, err := c.do(apiQuorum, encodeQuorum())
	if err != nil {
		return Quorum{}, err
	}
	return decodeQuorum(d)
}

func encodeQuorum() []byte {
	var e codec.Encoder
	e.Length(1)
	e.Text("__cluster_metadata")
	e.Length(1)
	e.Int32(0)
	e.NoTags() // of the partition
	e.NoTags() // of the topic
	e.NoTags()
	return e.Data
}

func decodeQuorum(d *codec.Decoder) (Quorum, error) {
	code, message := d.Int16(), d.Text()
	out := Quorum{LeaderID: -1, Hosts: map[int]string{}}
	var partitionError error
	for range d.Length() {
		_ = d.Text() // topic
		for range d.Length() {
			d.Int32() // partition
			partitionError = kafkaError(d.Int16(), d.Text())
			out.LeaderID, out.LeaderEpoch = int(d.Int32()), int(d.Int32())
			out.HighWatermark = d.Int64()
			out.Voters, out.Observers = decodeReplicas(d), decodeReplicas(d)
			d.SkipTags()
		}
		d.SkipTags()
	}
	for range d.Length() {
		id := int(d.Int32())
		for range d.Length() {
			_ = d.Text() // listener
			out.Hosts[id] = d.Text()
			d.Int16() // port
			d.SkipTags()
		}
		d.SkipTags()
	}
	if d.Err != nil {
		return Quorum{}, d.Err
	}
	if err := kafkaError(code, message); err != nil {
		return Quorum{}, err
	}
	if partitionError != nil {
		return Quorum{}, partitionError
	}
	if out.LeaderID < 0 {
		return Quorum{}, fmt.Errorf("the answer names no leader")
	}
	return out, nil
}

func decodeReplicas(d *codec.Decoder) []Replica {
	var out []Replica
	for range d.Length() {
		r := Replica{ID: int(d.Int32()), DirectoryID: d.UUID()}
		d.Int64() // log end offset
		r.Fetched, r.CaughtUp = moment(d.Int64()), moment(d.Int64())
		d.SkipTags()
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

// Now is the leader's clock when it answered, so that no two clocks are ever compared.
func (q Quorum) Now() time.Time {
	for _, r := range q.Voters {
		if r.ID == q.LeaderID {
			return r.CaughtUp
		}
	}
	return time.Now()
}

// StillFetching is how recent a replica's last fetch is as long as it runs (it fetches twice a second and more).
const StillFetching = 3 * time.Second
