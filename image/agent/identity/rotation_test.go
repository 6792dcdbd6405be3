package identity

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// The mount is as the kubelet makes it: the files are links through ..data, which is swapped.
func TestRotation(t *testing.T) {
	authority := sample.NewAuthority(t)
	mount := t.TempDir()
	swap := func(to string) {
		link := filepath.Join(mount, "..data_tmp")
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(link, filepath.Join(mount, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{contract.TLSCertificate, contract.TLSKey, contract.TLSAuthorities} {
		if err := os.Symlink("..data/"+name, filepath.Join(mount, name)); err != nil {
			t.Fatal(err)
		}
	}
	first := authority.Mount(nil, wildcard, "localhost")
	swap(first)
	r := NewRotation(mount, host)
	for _, step := range []struct {
		name string
		to   string
		new  bool
		why  string
	}{
		{"nothing", "", false, ""},
		{"the same once more", first, false, ""},
		{"another one", authority.Mount(nil, wildcard, "localhost"), true, ""},
		{"one that is no good", authority.Mount(nil, "*.elsewhere", "localhost"), false, "is not for the name " + host},
		{"a good one", authority.Mount(nil, wildcard, "localhost"), true, ""},
		{"none", t.TempDir(), false, "is missing"},
	} {
		if step.to != "" {
			swap(step.to)
		}
		next, err := r.look(time.Now())
		if (next != nil) != step.new || (err == nil) != (step.why == "") || err != nil && !strings.Contains(err.Error(), step.why) {
			t.Errorf("%s: %v, %v", step.name, next, err)
		}
		if next, err := r.look(time.Now()); next != nil || err != nil {
			t.Errorf("%s is told twice: %v, %v", step.name, next, err)
		}
	}
}
