package wire

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/kafka-kraft/kafka-kraft/image/agent/codec"
)

// MinISR is how many replicas of a topic must have a record before acks=all succeeds.
const MinISR = "min.insync.replicas"

const (
	topicResource    = 2
	codeUnknownTopic = 3 // Kafka's error UNKNOWN_TOPIC_OR_PARTITION
)

// MinInSync asks for min.insync.replicas of each topic, as it counts after the cluster's and the broker's defaults. A topic
// that was deleted just now is missing. Beside an error there is the answer for the topics that have none.
func (c *Client) MinInSync(topics []string) (map[string]int, error) {
	d, err := c.do(apiConfigs, encodeMinInSync(topics))
	if err != nil {
		return nil, err
	}
	return decodeMinInSync(d)
}

func encodeMinInSync(topics []string) []byte {
	var e codec.Encoder
	e.Length(len(topics))
	for _, topic := range topics {
		e.Int8(topicResource)
		e.Text(topic)
		e.Length(1)
		e.Text(MinISR)
		e.NoTags()
	}
	e.Bool(false) // synonyms
	e.Bool(false) // documentation
	e.NoTags()
	return e.Data
}

func decodeMinInSync(d *codec.Decoder) (map[string]int, error) {
	d.Int32() // throttle time
	out := map[string]int{}
	var failed error
	for range d.Length() {
		code, message := d.Int16(), d.Text()
		d.Int8() // kind of resource
		topic := d.Text()
		if err := kafkaError(code, message); err != nil && code != codeUnknownTopic {
			failed = fmt.Errorf("topic %s: %w", topic, err)
		}
		for range d.Length() {
			name, value := d.Text(), d.Text()
			d.Bool() // read only
			d.Int8() // source
			d.Bool() // sensitive
			for range d.Length() {
				_, _ = d.Text(), d.Text()
				d.Int8()
				d.SkipTags()
			}
			d.Int8()     // type
			_ = d.Text() // documentation
			d.SkipTags()
			if n, err := strconv.Atoi(value); err == nil && name == MinISR {
				out[topic] = n
			}
		}
		d.SkipTags()
	}
	return out, errors.Join(d.Err, failed)
}
