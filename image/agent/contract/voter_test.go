package contract

import "testing"

func TestVoterKeepsItsBrackets(t *testing.T) {
	for _, text := range []string{
		"0@[fd00::1]:9093:AAECAwQFBgcICQoLDA0OAA", "0@10.0.0.1:9093:AAECAwQFBgcICQoLDA0OAA", "0@kafka-0.svc:9093:AAECAwQFBgcICQoLDA0OAA",
	} {
		voters, err := ParseVoters(text)
		if err != nil || len(voters) != 1 || voters[0].String() != text {
			t.Errorf("%s: %v, %v", text, voters, err)
		}
	}
}
