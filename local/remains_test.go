package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Only an empty namespace that the stack made goes, and only the stack's own objects.
func TestRemains(t *testing.T) {
	leaveTime = 0
	for name, c := range map[string]struct {
		ours    bool
		objects string
		deletes bool
	}{
		"empty":          {true, "configmap/kube-root-ca.crt\nserviceaccount/default\n", true},
		"shared":         {true, "configmap/theirs\n", false},
		"somebody's own": {false, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			var ran []string
			var said string
			say := func(text string, values ...any) { said += fmt.Sprintf(text, values...) }
			r := remains{say: say, namespace: "n", instance: "ci", ours: c.ours, kubectl: func(_ context.Context, args ...string) (string, error) {
				ran = append(ran, strings.Join(args, " "))
				switch args[0] + " " + args[1] {
				case "get namespace":
					return "namespace/n\n", nil
				case "api-resources --namespaced":
					return "configmaps\nevents\nserviceaccounts\n", nil
				case "get configmaps,serviceaccounts":
					return c.objects, nil
				}
				return "", nil
			}}
			require.NoError(t, r.remove(t.Context()))
			all := strings.Join(ran, "\n")
			assert.Contains(t, all, "delete persistentvolumeclaims --selector app.kubernetes.io/instance=ci --namespace n")
			assert.Contains(t, all, "delete configmap ci-record ci-life --namespace n")
			assert.Equal(t, strings.Contains(c.objects, "theirs"), strings.Contains(said, "namespace n stays, since it holds configmap/theirs"), said)
			assert.Equal(t, c.deletes, strings.Contains(all, "delete namespace n"), all)
		})
	}
}
