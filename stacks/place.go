package stacks

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// place is what the cluster says of nodes: all there are, and those with pods of ours.
// Pods with a shared volume must find it where they run: the volume is a directory of one
// node, and with several nodes to choose from, Kubernetes could start a pod where that
// directory is empty.
type place struct{ nodes, used []string }

// check judges the node that the configuration names, which may be none.
func (p place) check(node string) config.Problems {
	all, records := strings.Join(p.nodes, ", "), ""
	if len(p.used) > 0 {
		records = "; its pods, and so its records, are on " + strings.Join(p.used, " and ")
	}
	wrong := func(want string) config.Problems {
		value := ""
		if node != "" {
			value = strconv.Quote(node)
		}
		return config.Problems{{Key: "storage.node", Value: value, Want: want}}
	}
	switch {
	case len(p.nodes) == 0: // nothing to judge by
		return nil
	case node == "" && len(p.nodes) > 1:
		return wrong("must name the node with the shared volume's directory, one of " + all + ", since a pod on another one would find it empty" + records)
	case node != "" && !slices.Contains(p.nodes, node):
		return wrong("is no node of this cluster, which has " + all + records)
	case node != "" && len(p.used) > 0 && !slices.Contains(p.used, node):
		return wrong("is another node than the one in use" + records)
	}
	return nil
}
