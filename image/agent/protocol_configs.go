package main

import (
	"errors"
	"fmt"
	"strconv"
)

const (
	topicResource    = 2
	minISR           = "min.insync.replicas"
	codeUnknownTopic = 3
)

// minInSync asks for min.insync.replicas of each topic, as it counts after the cluster's and the broker's defaults. A topic
// that was deleted just now is missing. Beside an error there is the answer for the topics that have none.
func (c *client) minInSync(topics []string) (map[string]int, error) {
	var e encoder
	e.length(len(topics))
	for _, topic := range topics {
		e.int8(topicResource)
		e.string(topic)
		e.length(1)
		e.string(minISR)
		e.noTags()
	}
	e.bool(false) // synonyms
	e.bool(false) // documentation
	e.noTags()
	d, err := c.do(apiConfigs, e.data)
	if err != nil {
		return nil, err
	}
	return decodeMinInSync(d)
}

func decodeMinInSync(d *decoder) (map[string]int, error) {
	d.int32() // throttle time
	out := map[string]int{}
	var failed error
	for range d.length() {
		code, message := d.int16(), d.string()
		d.int8() // kind of resource
		topic := d.string()
		if err := kafkaError(code, message); err != nil && code != codeUnknownTopic {
			failed = fmt.Errorf("topic %s: %w", topic, err)
		}
		for range d.length() {
			name, value := d.string(), d.string()
			d.bool() // read only
			d.int8() // source
			d.bool() // sensitive
			for range d.length() {
				_, _ = d.string(), d.string()
				d.int8()
				d.skipTags()
			}
			d.int8()       // type
			_ = d.string() // documentation
			d.skipTags()
			if n, err := strconv.Atoi(value); err == nil && name == minISR {
				out[topic] = n
			}
		}
		d.skipTags()
	}
	return out, errors.Join(d.err, failed)
}
