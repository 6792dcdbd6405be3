package main

import "fmt"

// apiLeaders is DescribeTopicPartitions, which unlike Metadata tells of eligible leader replicas (KIP-966).
var apiLeaders = api{75, 0}

// leadership is who leads a partition, and who could.
type leadership struct {
	topic         string
	index         int
	leader        int // -1: none
	replicas, isr []int
	eligible      []int // not in the ISR, but with every committed record (ELR)
	lastKnown     []int // the last leader, once ISR and ELR are empty
}

// cursor is where the next page begins; nil: at the beginning, or nowhere.
type cursor struct {
	topic string
	index int
}

// largestPage is how many partitions a broker puts into one answer at most (max.request.partition.size.limit).
const largestPage = 2000

// leaderships asks a broker for all partitions of all topics, page by page.
func (c *client) leaderships() ([]leadership, error) {
	var all []leadership
	var next *cursor
	for {
		var e encoder
		e.length(0) // all topics
		e.int32(largestPage)
		if next == nil {
			e.int8(-1)
		} else {
			e.int8(1)
			e.string(next.topic)
			e.int32(int32(next.index))
			e.noTags()
		}
		e.noTags()
		d, err := c.do(apiLeaders, e.data)
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
			return nil, fmt.Errorf("%s: the list of partitions does not go on after %s-%d", c.address, next.topic, next.index)
		}
		next = following
	}
}

func decodeLeaderships(d *decoder) ([]leadership, *cursor, error) {
	d.int32() // throttle time
	var out []leadership
	var failed error
	for range d.length() {
		if err := kafkaError(d.int16(), ""); err != nil {
			failed = err
		}
		topic := d.string()
		d.take(16) // topic id
		d.bool()   // internal
		for range d.length() {
			d.int16() // a partition's error is that it has no leader, which the leader says as well
			p := leadership{topic: topic, index: int(d.int32()), leader: int(d.int32())}
			d.int32() // leader's epoch
			p.replicas, p.isr, p.eligible, p.lastKnown = d.int32s(), d.int32s(), d.int32s(), d.int32s()
			d.int32s() // offline replicas
			d.skipTags()
			out = append(out, p)
		}
		d.int32() // authorized operations
		d.skipTags()
	}
	var next *cursor
	if d.int8() >= 0 && d.err == nil {
		next = &cursor{topic: d.string(), index: int(d.int32())}
		d.skipTags()
	}
	if d.err != nil {
		return nil, nil, d.err
	}
	return out, next, failed
}
