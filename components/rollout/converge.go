package rollout

import (
	"context"
	"sync"

	"k8s.io/client-go/kubernetes"
)

// Converge brings the last change of a StatefulSet to all its pods and returns when it is
// there: Roll, and beside it Release, without which broken pods could keep it away for
// good, and Watch. It remembers nothing, so what was cut off is gone on with by calling it
// again. terms are Roll's. say is told of steps forward and warn of causes, both from several
// goroutines.
func Converge(ctx context.Context, client kubernetes.Interface, namespace, name string, terms Terms, say, warn func(string)) error {
	beside, over := context.WithCancel(ctx)
	var others sync.WaitGroup
	defer others.Wait()
	defer over()
	others.Go(func() { Release(beside, client, namespace, name, say) })
	others.Go(func() { Watch(beside, client, namespace, name, warn) })
	return Roll(ctx, client, namespace, name, terms, say)
}
