package config

import (
	"errors"
	"slices"
)

// Judge is everything that is wrong with a configuration before Kubernetes is asked, in
// one error: found, which are the problems that Decode had, those of Problems, and a
// context that the kubeconfig does not have. The error holds a Problems, unless only the
// kubeconfig cannot be read. An empty kubeconfig is where kubectl looks.
func (c Config) Judge(kubeconfig string, found ...Problem) error {
	problems := slices.Concat(Problems(found), c.Problems())
	contexts, err := KubeContextsOf(kubeconfig)
	if err == nil {
		problems = append(problems, c.ContextProblems(contexts)...)
	}
	return errors.Join(err, problems.Err())
}
