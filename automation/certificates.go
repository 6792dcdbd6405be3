package automation

import (
	"context"
	"sync"

	"github.com/kafka-kraft/kafka-kraft/components/rollout"
)

// certificates ask the pods' agents until when those are valid that Kafka runs with. An agent that
// does not answer says nothing; that its pod is not well shows elsewhere.
func (s *Stack) certificates(ctx context.Context, pods []Pod) {
	client, _, err := s.kubernetes("status")
	if err != nil {
		return
	}
	var group sync.WaitGroup
	for i := range pods {
		group.Go(func() {
			if state, err := rollout.AskAgent(ctx, client, s.Config().KubeNamespace, pods[i].Name); err == nil {
				pods[i].CertificateUntil = state.CertificateUntil
			}
		})
	}
	group.Wait()
}
