package gate

import "time"

// stopSilence is how long a node may leave the gate without an answer before it counts as one that has nothing to lose.
// One answer that is late (a collection, a slow disk) says nothing: the gate looks twice a second, and most of all under
// load.
const stopSilence = 10 * time.Second

// silence is since when one of those that the gate asks has not answered. Each has its own: a controller that has been
// silent for long must not turn the broker's first late answer into a long silence.
type silence struct{ since time.Time }

// heard takes the outcome of a question. It gives the error back as long as it says nothing, and nil once whoever was
// asked has been silent for so long that it counts as out of service.
func (s *silence) heard(err error) error {
	switch {
	case err == nil:
		s.since = time.Time{}
	case s.since.IsZero():
		s.since = time.Now()
	case time.Since(s.since) >= stopSilence:
		return nil
	}
	return err
}
