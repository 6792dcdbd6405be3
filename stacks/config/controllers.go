package config

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// controllers is the fact that says how many controllers began the quorum of a separated
// cluster. With the ending most it says how many there are, where that is more.
const controllers = "controllers"

// Controllers are those of a record's separated cluster: how many began the quorum, and how
// many there are. 0 if the record does not say. Combined, brokers are controllers.
func Controllers(record string) (first, now int) {
	values, err := url.ParseQuery(record)
	if err != nil {
		return 0, 0 // of what cannot be read, Changes will complain
	}
	first, _ = strconv.Atoi(values.Get(controllers)) // 0 is right for what is no number
	now, _ = strconv.Atoi(values.Get(controllers + most))
	return first, max(first, now)
}

// WithControllers is a record of a cluster whose quorum so many controllers began, and which has
// so many now. A record of a combined cluster stays as it is.
func WithControllers(record string, first, now int) string {
	values, err := url.ParseQuery(record)
	if err != nil || values.Get(controllers) == "" || first == 0 {
		return record
	}
	values.Set(controllers, strconv.Itoa(first))
	values.Del(controllers + most)
	if now > first {
		values.Set(controllers+most, strconv.Itoa(now))
	}
	return values.Encode()
}

// Voting complains of a number of controllers that a separated cluster cannot have whose quorum
// was begun by first of them, 0 if it was not begun yet, and which has so many now. why says what
// is in the way of taking any out, with what to do about it; "" is nothing, as far as is known.
//
// The first ones stay for life, since their addresses are in every node's configuration and
// their voters are what an empty volume is formatted with. With as many others as they are, a
// majority could work without any of them, and a node that starts would not find it.
func (c Config) Voting(first, now int, why string) Problems {
	var p Problems
	if c.Topology != topology.Separated || first == 0 {
		return nil
	}
	is, last := c.Voters(), min(2*first-1, maxControllers)
	var allowed []string
	for n := first; n <= last; n += 2 {
		allowed = append(allowed, strconv.Itoa(n))
	}
	one := strings.Join(allowed, " or ")
	switch {
	case is < first:
		p.add(controllers, strconv.Itoa(is), "must be %s: %d began the quorum, whose addresses every node starts from, and they stay for life", one, first)
	case is > last && last < maxControllers:
		p.add(controllers, strconv.Itoa(is), "must be %s: %d began the quorum, whose addresses every node starts from, and of more than %d a majority could work where no node looks for it", one, first, last)
	case is < now && why != "":
		p.add(controllers, strconv.Itoa(is), "the quorum has %d, and those that go are taken out of it, which %s", now, why)
	}
	return p
}
