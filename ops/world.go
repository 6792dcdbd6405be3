package ops

import (
	"context"
	"math"
	"slices"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

// world is a cluster at one look.
type world struct {
	brokers    []Broker
	partitions []Partition
	running    map[string]Reassignment // by name
	dirs       map[int32][]LogDir      // of unfenced brokers
	dynamic    map[int32]map[string]string
	sure       bool // no reassignment has ended so lately that a broker may not know it yet
}

// look asks for everything.
func (w *worker) look(ctx context.Context) (world, error) {
	var seen world
	err := w.try(ctx, func(ctx context.Context) error {
		now, err := w.glance(ctx)
		if err != nil {
			return err
		}
		now.dirs, now.dynamic = map[int32][]LogDir{}, map[int32]map[string]string{}
		for _, b := range now.brokers {
			if b.Fenced { // does not answer
				continue
			}
			if now.dirs[b.ID], err = w.LogDirs(ctx, b.ID); err != nil {
				return err
			}
			if now.dynamic[b.ID], err = w.BrokerConfig(ctx, b.ID); err != nil {
				return err
			}
		}
		seen = now
		return nil
	})
	return seen, err
}

// glance asks for what the controllers know, once.
func (w *worker) glance(ctx context.Context) (world, error) {
	seen := world{running: map[string]Reassignment{}}
	// Reassignments first: one that ends in between is then seen twice rather than not at all.
	running, err := w.reassignments(ctx)
	if err != nil {
		return world{}, err
	}
	for _, r := range running {
		seen.running[name(r.Topic, r.Index)] = r
	}
	seen.sure = w.knows(seen.running)
	if seen.brokers, err = w.Brokers(ctx); err != nil {
		return world{}, err
	}
	if seen.partitions, err = w.Partitions(ctx); err != nil {
		return world{}, err
	}
	return seen, nil
}

func (s world) broker(id int32) (Broker, bool) {
	i := slices.IndexFunc(s.brokers, func(b Broker) bool { return b.ID == id })
	if i < 0 {
		return Broker{}, false
	}
	return s.brokers[i], true
}

// awake reports whether a broker is registered and not fenced.
func (s world) awake(id int32) bool {
	b, registered := s.broker(id)
	return registered && !b.Fenced
}

// holders are all brokers that have a replica, or are about to.
func (s world) holders() map[int32]int {
	has := map[int32]int{}
	for _, p := range s.partitions {
		coming := s.running[name(p.Topic, p.Index)].Adding // which metadata may not have yet
		for _, id := range sorted(slices.Concat(p.Replicas, coming)) {
			has[id]++
		}
	}
	return has
}

// target are the replicas of a partition once what runs is done.
func (s world) target(p Partition) []int32 {
	if r, running := s.running[name(p.Topic, p.Index)]; running {
		return r.Target()
	}
	return p.Replicas
}

// sizes are the bytes of one replica, by partition: the largest, since others may be behind.
func (s world) sizes() map[string]int64 {
	sizes := map[string]int64{}
	for _, dirs := range s.dirs {
		for _, dir := range dirs {
			for _, log := range dir.Logs {
				key := name(log.Topic, log.Index)
				sizes[key] = max(sizes[key], log.Size)
			}
		}
	}
	return sizes
}

// free is how many bytes a broker's volumes take. One that does not know takes any number.
func (s world) free(id int32) int64 {
	var free int64
	for _, dir := range s.dirs[id] {
		if dir.Free < 0 {
			return math.MaxInt64 / 2
		}
		free += dir.Free
	}
	return free
}

// cluster is what placement plans with. Partitions are as they will be when what runs is done.
func (s world) cluster() placement.Cluster {
	var c placement.Cluster
	for _, b := range s.brokers {
		c.Brokers = append(c.Brokers, placement.Broker{
			ID: b.ID, Rack: b.Rack, Free: s.free(b.ID), Closed: b.Fenced || s.dynamic[b.ID][cordonKey] != "",
		})
	}
	sizes := s.sizes()
	for _, p := range s.partitions {
		c.Partitions = append(c.Partitions, placement.Partition{
			Topic: p.Topic, Index: p.Index, Replicas: s.target(p), Size: sizes[name(p.Topic, p.Index)],
		})
	}
	return c
}

// awakeIDs are the brokers that answer.
func (s world) awakeIDs() []int32 {
	var ids []int32
	for _, b := range s.brokers {
		if !b.Fenced {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// topics are the names of all topics.
func (s world) topics() []string {
	names := map[string]bool{}
	for _, p := range s.partitions {
		names[p.Topic] = true
	}
	return keys(names)
}
