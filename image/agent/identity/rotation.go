package identity

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
)

// looks is how often the mount is read again; the kubelet brings it up to date about once a minute.
const looks = 10 * time.Second

// Rotation watches for another certificate in the mount. Kafka reads its own once, at its start, so all that it does is to
// say that there is one, and whether it is any good: while there is time, and not at the next start.
type Rotation struct {
	dir, host string
	seen      []byte // the files, as last looked at
}

// NewRotation begins with what Read reads right after.
func NewRotation(dir, host string) *Rotation {
	return &Rotation{dir: dir, host: host, seen: content(dir)}
}

// Watch looks until the context ends.
func (r *Rotation) Watch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(looks):
		}
		switch next, err := r.look(time.Now()); {
		case err != nil:
			say.Error("certificate: the new one in %s is no good, Kafka goes on with the old one: %s", r.dir, strings.ReplaceAll(err.Error(), "\n", "; "))
		case next != nil:
			say.Info("certificate: there is a new one, valid until %s; the next restart of this pod takes it up", stamp(next.Until()))
		}
	}
}

// look returns a certificate that was not there before, or why it cannot be used; nil: nothing new.
func (r *Rotation) look(now time.Time) (*Identity, error) {
	files := content(r.dir)
	if bytes.Equal(files, r.seen) {
		return nil, nil
	}
	r.seen = files
	return Read(r.dir, r.host, now)
}

// content is what the files hold. One that is missing is empty.
func content(dir string) []byte {
	var all [][]byte
	for _, name := range []string{contract.TLSCertificate, contract.TLSKey, contract.TLSAuthorities} {
		text, _ := os.ReadFile(filepath.Join(dir, name))
		all = append(all, text)
	}
	return bytes.Join(all, []byte{0})
}
