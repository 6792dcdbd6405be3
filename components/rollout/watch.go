package rollout

import (
	"context"
	"time"

	"k8s.io/client-go/kubernetes"
)

// lasting is how long a cause must hold to be told while pods start: a volume that is
// being made or a node that is being chosen is a complaint of seconds.
const lasting = 10 * time.Second

// Watch tells what keeps a StatefulSet's pods from service, each cause once, until ctx
// ends. It goes beside Pulumi's own wait, which knows only how many pods are ready.
func Watch(ctx context.Context, client kubernetes.Interface, namespace, name string, tell func(string)) {
	first, told := map[string]time.Time{}, map[string]bool{}
	for {
		now := map[string]time.Time{}
		for _, cause := range Causes(ctx, client, namespace, name) {
			now[cause] = time.Now()
			if since, known := first[cause]; known {
				now[cause] = since
			}
			if !told[cause] && time.Since(now[cause]) >= lasting {
				told[cause] = true
				tell(cause)
			}
		}
		first = now
		select {
		case <-ctx.Done():
			return
		case <-time.After(4 * pause):
		}
	}
}
