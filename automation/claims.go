package automation

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
)

// Claim is the claim of a volume with records of the stack's Kafka.
type Claim struct {
	Name string `json:"name"`
	// Wanted is what the claim asks for, Size what the volume has, as Kubernetes quantities;
	// Size is "" without a volume.
	Wanted string `json:"wanted"`
	Size   string `json:"size,omitempty"`
	// Phase is Kubernetes': Pending, Bound or Lost.
	Phase string `json:"phase"`
	// Spare reports whether no pod of the configuration has it: its member has left.
	Spare bool `json:"spare,omitempty"`
}

// Claims are the claims of the stack's Kafka, sorted by name. ErrUnreachable if the Kubernetes
// cluster does not answer.
func (s *Stack) Claims(ctx context.Context) ([]Claim, error) {
	const doing = "claims"
	client, _, err := s.kubernetes(doing)
	if err != nil {
		return nil, err
	}
	found, err := s.claims(ctx, client)
	if err != nil {
		if canceled := s.canceled(ctx, doing); canceled != nil {
			return nil, canceled
		}
		return nil, s.fail(doing, ErrUnreachable, err, adviceUnreachable)
	}
	plan := s.config.Plan()
	used := map[string]bool{}
	if plan.Shared != nil {
		used[plan.Shared.Claim] = true
	}
	for _, pool := range plan.Pools {
		for _, claim := range pool.Claims {
			for _, pod := range pool.Pods() {
				used[claim.Of(pod)] = true
			}
		}
	}
	return claimsOf(found, used), nil
}

// claims are those in the namespace that belong to the stack's Kafka.
func (s *Stack) claims(ctx context.Context, client kubernetes.Interface) ([]corev1.PersistentVolumeClaim, error) {
	bounded, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	list, err := client.CoreV1().PersistentVolumeClaims(s.config.KubeNamespace).List(bounded, s.ours())
	if err != nil {
		return nil, fmt.Errorf("claims in namespace %s: %w", s.config.KubeNamespace, err)
	}
	return list.Items, nil
}

func claimsOf(found []corev1.PersistentVolumeClaim, used map[string]bool) []Claim {
	var claims []Claim
	for i := range found {
		c := &found[i]
		claim := Claim{
			Name: c.Name, Wanted: c.Spec.Resources.Requests.Storage().String(),
			Phase: string(c.Status.Phase), Spare: !used[c.Name],
		}
		if size, ok := c.Status.Capacity[corev1.ResourceStorage]; ok {
			claim.Size = size.String()
		}
		claims = append(claims, claim)
	}
	slices.SortFunc(claims, func(a, b Claim) int { return cmp.Compare(a.Name, b.Name) })
	return claims
}
