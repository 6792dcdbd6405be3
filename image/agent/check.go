package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/identity"
	"github.com/kafka-kraft/kafka-kraft/image/agent/metalog"
	"github.com/kafka-kraft/kafka-kraft/image/agent/peers"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/properties"
	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/agent/volume"
)

// check looks at everything that can be wrong before anything is changed, on the volume or elsewhere.
func check(p paths, environ []string) (*runner, error) {
	s, err := settings.Parse(environ)
	if s.JSONLogs {
		say.InJSON()
	}
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(p.properties)
	if err != nil {
		return nil, fmt.Errorf("cannot read the node's configuration: %w", err)
	}
	rendered, err := properties.Render(string(text), s.Placeholders())
	if err != nil {
		return nil, err
	}
	props := properties.Parse(rendered)
	n, err := settings.ParseNode(props, s.NodeID)
	if err != nil {
		return nil, err
	}
	var problems []error
	rotation := identity.NewRotation(p.certificate, n.Host)
	if n.Identity, err = identity.Read(p.certificate, n.Host, time.Now()); err != nil {
		problems = append(problems, err)
	} else {
		problems = append(problems, n.CheckIdentity())
	}
	limit := settings.MemoryLimit(p.cgroup)
	if len(s.Heap) == 0 {
		s.Heap = settings.DefaultHeap(limit)
	}
	problems = append(problems, settings.CheckHeap(s.Heap, limit))
	r := &runner{paths: p, settings: s, node: n, peers: peers.New(n), rotation: rotation, past: quorum.Past{MetadataDir: n.MetadataDir, Dirs: n.Dirs(), Life: p.life}}
	for _, dir := range n.Dirs() {
		m, err := volume.ReadMeta(dir)
		if m != nil && err == nil {
			r.metas = append(r.metas, m)
			err = volume.CheckOwner(m, s)
		}
		if err == nil {
			err = volume.CheckRoom(dir)
		}
		problems = append(problems, err)
	}
	if len(r.metas) > 0 && props["unstable.feature.versions.enable"] != "true" {
		problems = append(problems, metalog.CheckVersion(n.MetadataDir, p.features))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	if n.Controller {
		if _, err := r.past.History(); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(filepath.Dir(p.rendered), 0o755); err != nil {
		return nil, fmt.Errorf("cannot write the node's configuration: %w", err)
	}
	if err := os.WriteFile(p.rendered, []byte(rendered), 0o600); err != nil {
		return nil, fmt.Errorf("cannot write the node's configuration: %w", err)
	}
	if err := n.Identity.Write(p.stores); err != nil {
		return nil, err
	}
	r.state = probes.NewLatest(s, n)
	return r, nil
}
