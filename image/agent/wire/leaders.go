package wire

import (
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/image/agent/codec"
)

// Leadership is who leads a partition, and who could.
type Leadership struct {
	Topic         string
	Index         int
	Leader        int // -1: none
	Replicas, ISR []int
	Eligible      []int // not in the ISR, but with every committed record (ELR)
	LastKnown     []int // the last leader, once ISR and ELR are empty
}

// cursor is where the next page begins; nil: at the beginning, or nowhere.
type cursor struct {
	topic string
	index int
}

// largestPage is how many partitions a broker puts into one answer at most (max.request.partition.size.limit).
const largestPage = 2000

// Leaderships asks a broker for all partitions of all topics, page by page, with DescribeTopicPartitions.
func (c *Client) Leaderships() ([]Leadership, error) {
	var all []Leadership
	var next *cursor
	for {
		d, err := c.do(apiLeaders, encodeLeaderships(next))
		if err != nil {
			return nil, err
		}
		page, following, err := decodeLeaderships(d)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if following == nil {
			return all, nil
		}
		if next != nil && *following == *next {
			return nil, fmt.Errorf("%s: the list of partitions does not go on after %s-%d", c.Address, next.topic, next.index)
		}
		next = following
	}
}

func encodeLeaderships(next *cursor) []byte {
	var e codec.Encoder
	e.Length(0) // all topics
	e.Int32(largestPage)
	if next == nil {
		e.Int8(-1)
	} else {
		e.Int8(1)
		e.Text(next.topic)
		e.Int32(int32(next.index))
		e.NoTags()
	}
	e.NoTags()
	return e.Data
}

func decodeLeaderships(d *codec.Decoder) ([]Leadership, *cursor, error) {
	d.Int32() // throttle time
	var out []Leadership
	var failed error
	for range d.Length() {
		if err := kafkaError(d.Int16(), ""); err != nil {
			failed = err
		}
		topic := d.Text()
		d.Take(16) // topic id
		d.Bool()   // internal
		for range d.Length() {
			d.Int16() // a partition's error is that it has no leader, which the leader says as well
			p := Leadership{Topic: topic, Index: int(d.Int32()), Leader: int(d.Int32())}
			d.Int32() // leader's epoch
			p.Replicas, p.ISR, p.Eligible, p.LastKnown = d.Int32s(), d.Int32s(), d.Int32s(), d.Int32s()
			d.Int32s() // offline replicas
			d.SkipTags()
			out = append(out, p)
		}
		d.Int32() // authorized operations
		d.SkipTags()
	}
	var next *cursor
	if d.Int8() >= 0 && d.Err == nil {
		next = &cursor{topic: d.Text(), index: int(d.Int32())}
		d.SkipTags()
	}
	if d.Err != nil {
		return nil, nil, d.Err
	}
	return out, next, failed
}
