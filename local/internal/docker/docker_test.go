package docker

import (
	"reflect"
	"slices"
	"testing"
)

func TestFirewallState(t *testing.T) {
	t.Parallel()
	for rules, want := range map[string]string{
		"-P INPUT ACCEPT\n-P FORWARD ACCEPT\n":               "ACCEPT",
		"-P FORWARD DROP\n":                                  "DROP",
		"-P FORWARD DROP\n-N DOCKER\n-N DOCKER-USER\n":       "DROP docker",
		"-P FORWARD ACCEPT\n-N SOMETHING\n-A FORWARD -j X\n": "ACCEPT",
	} {
		if got := firewallState(rules); got != want {
			t.Errorf("firewallState(%q) = %q, want %q", rules, got, want)
		}
	}
}

func TestWithoutDockerLeavesTheRest(t *testing.T) {
	t.Parallel()
	rules := `-P FORWARD DROP
-N DOCKER
-N DOCKER-USER
-N OURS
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -j OURS
-A DOCKER-USER -j RETURN
-A OURS -i kkraft0 -j ACCEPT
`
	want := [][]string{
		{"-D", "FORWARD", "-j", "DOCKER-USER"},
		{"-D", "FORWARD", "-o", "docker0", "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT"},
		{"-F", "DOCKER"}, {"-F", "DOCKER-USER"}, {"-X", "DOCKER"}, {"-X", "DOCKER-USER"},
	}
	if got := withoutDocker(rules); !reflect.DeepEqual(got, want) {
		t.Errorf("withoutDocker = %q", got)
	}
}

func TestEnvironmentKeepsWhatPullingNeeds(t *testing.T) {
	t.Parallel()
	got := environment([]string{"PATH=/bin", "https_proxy=p", "NO_PROXY=n", "SSL_CERT_FILE=c", "SECRET=s", "KUBECONFIG=k"})
	if want := []string{"PATH=/bin", "https_proxy=p", "NO_PROXY=n", "SSL_CERT_FILE=c"}; !slices.Equal(got, want) {
		t.Errorf("environment = %q", got)
	}
}
