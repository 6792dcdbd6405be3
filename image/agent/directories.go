package main

import (
	"context"
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
	"github.com/kafka-kraft/kafka-kraft/image/agent/volume"
)

// formatted returns the directory's meta.properties, nil if it was never formatted.
func (r *runner) formatted(dir string) *volume.Meta {
	for _, m := range r.metas {
		if m.Dir == dir {
			return m
		}
	}
	return nil
}

// prepare brings the directories into the state in which the JVM may start, and formats only what never was formatted.
func (r *runner) prepare(ctx context.Context) error {
	next := quorum.Start
	if r.node.Controller {
		var err error
		if next, err = r.bootstrap(ctx); err != nil {
			return err
		}
	}
	var err error
	if r.elder, err = r.compare(ctx); err != nil {
		return err
	}
	if len(r.metas) == len(r.node.Dirs()) {
		return nil
	}
	if next != quorum.Form { // where a new quorum is formed, no partition is known
		if err := r.parting(ctx); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	args := formatArgs(r.paths.rendered, r.settings.ClusterID, r.node.Controller, next, r.settings.Initial, len(r.metas) > 0)
	if err := runFormat(r.paths, args); err != nil {
		return err
	}
	r.metas = nil
	for _, dir := range r.node.Dirs() {
		m, err := volume.ReadMeta(dir)
		if err != nil {
			return err
		}
		if m == nil {
			return fmt.Errorf("kafka-storage.sh format left %s without a meta.properties", dir)
		}
		r.metas = append(r.metas, m)
	}
	if next != quorum.Form {
		return nil
	}
	_, err = r.bootstrap(ctx)
	return err
}
