package config

import (
	"net/url"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Keys of the sizes of volumes. Those of claims may become more on a live cluster.
const (
	recordsSize    = "storage.size"
	controllerSize = "storage.controllerSize"
	metadataSize   = "storage.metadataSize"
)

var sizes = map[string]bool{recordsSize: true, controllerSize: true, metadataSize: true}

// most ends the key of a record's fact that says how large claims have been made, where that
// is more than at first.
const most = ".atLeast"

// Sizes are sizes of claims, by configuration key.
type Sizes map[string]Quantity

// SizeKey is the key that has the size of one of a pool's claims.
func SizeKey(pool topology.Pool, claim topology.Claim) string {
	switch {
	case claim.Name == topology.MetadataClaim:
		return metadataSize
	case pool.Has(topology.Broker):
		return recordsSize
	}
	return controllerSize
}

// FirstSizes are those with which the claims of a record's cluster were made at first; its
// StatefulSets have them for life. None with a shared volume.
func FirstSizes(record string) Sizes { return sizesOf(record, "") }

// LastSizes are those that the claims of a record's cluster were last given.
func LastSizes(record string) Sizes {
	last := FirstSizes(record)
	for key, size := range sizesOf(record, most) {
		last[key] = size
	}
	return last
}

func sizesOf(record, suffix string) Sizes {
	found := Sizes{}
	values, err := url.ParseQuery(record)
	if err != nil || values.Get("storage.mode") != string(PerPod) {
		return found // of what cannot be read, Changes will complain
	}
	for key := range sizes {
		if size := Quantity(values.Get(key + suffix)); size != "" {
			found[key] = size
		}
	}
	return found
}

// WithFirstSizes is a record of a cluster whose claims had these sizes at first.
func WithFirstSizes(record string, first Sizes) string {
	values, err := url.ParseQuery(record)
	if err != nil {
		return record // which Changes will complain about
	}
	for key, size := range first {
		now := Quantity(values.Get(key))
		if now == "" {
			continue
		}
		values.Set(key, string(size))
		if compare(now, size) > 0 {
			values.Set(key+most, string(now))
		}
	}
	return values.Encode()
}

// Smaller complains of sizes that are less than what claims have.
func (c Config) Smaller(had Sizes) Problems {
	var p Problems
	if c.Storage.Mode != PerPod {
		return nil
	}
	now := c.facts()
	for key, was := range sorted(had) {
		if is := Quantity(now[key]); is != "" && compare(is, was) < 0 {
			p.add(key, string(is), "claims have %s, and a volume can be made larger, but never smaller: set it back, or to more", was)
		}
	}
	return p
}

// compare is -1, 0 or 1. What is no quantity is equal to nothing.
func compare(a, b Quantity) int {
	x, errA := a.parse()
	y, errB := b.parse()
	if errA != nil || errB != nil {
		return -1
	}
	return x.Cmp(y)
}
