package config

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Facts that say how many controllers began the quorum: of a combined cluster, whose nodes are
// all controllers, that is the number of brokers. With the ending most they say how many there
// are; of a separated cluster only where that is more.
const (
	brokers     = "brokers"
	controllers = "controllers"
)

// votersKey is the key with the number of controllers, which is also the fact.
func votersKey(mode topology.Mode) string {
	if mode == topology.Combined {
		return brokers
	}
	return controllers
}

// QuorumOf is the one of a record's cluster: how many controllers began it, and how many there
// are. 0 if the record does not say, or is of another topology, of which Changes complains.
func (c Config) QuorumOf(record string) (first, now int) {
	values, err := url.ParseQuery(record)
	if err != nil || values.Get("topology") != string(c.Topology) {
		return 0, 0 // of what cannot be read, Changes will complain, too
	}
	key := votersKey(c.Topology)
	first, _ = strconv.Atoi(values.Get(key)) // 0 is right for what is no number
	now, _ = strconv.Atoi(values.Get(key + most))
	return first, max(first, now)
}

// WithControllers is a record of a cluster whose quorum so many controllers began, and which has
// so many now. How many nodes a combined cluster has is for WithBrokers to say.
func WithControllers(record string, first, now int) string {
	values, err := url.ParseQuery(record)
	key := votersKey(topology.Mode(values.Get("topology")))
	if err != nil || values.Get(key) == "" || first == 0 {
		return record
	}
	values.Set(key, strconv.Itoa(first))
	if key == controllers {
		values.Del(key + most)
		if now > first {
			values.Set(key+most, strconv.Itoa(now))
		}
	}
	return values.Encode()
}

// Voting complains of a number of controllers that a cluster cannot have whose quorum was begun
// by first of them, 0 if it was not begun yet, and which has so many now. why says what is in the
// way of taking any out, with what to do about it; "" is nothing, as far as is known. Of combined
// nodes, which are brokers, too, Shrinks says that.
//
// The first ones stay for life, since their addresses are in every node's configuration and
// their voters are what an empty volume is formatted with. With as many others as they are, a
// majority could work without any of them, and a node that starts would not find it. So a quorum
// that one began stays one: of three, the two others are a majority.
func (c Config) Voting(first, now int, why string) Problems {
	var p Problems
	if first == 0 {
		return nil
	}
	key, is, last := votersKey(c.Topology), c.Voters(), min(2*first-1, maxControllers)
	var allowed []string
	for n := first; n <= last; n += 2 {
		allowed = append(allowed, strconv.Itoa(n))
	}
	one := strings.Join(allowed, " or ")
	switch {
	case is < first:
		p.add(key, strconv.Itoa(is), "must be %s: %d began the quorum, whose addresses every node starts from, and they stay for life", one, first)
	case is > last && last < maxControllers:
		p.add(key, strconv.Itoa(is), "must be %s: %d began the quorum, whose addresses every node starts from, and of more than %d a majority could work where no node looks for it; "+
			"for more, make another stack and move the records there", one, first, last)
	case is < now && why != "" && key == controllers:
		p.add(key, strconv.Itoa(is), "the quorum has %d, and those that go are taken out of it, which %s", now, why)
	}
	return p
}
