package config

import (
	"strconv"
	"time"
)

// Duration is a Go duration, written as a person would ("10m"). It is read once, with the
// rest of the configuration.
type Duration time.Duration

// ParseDuration reads what String writes, and any other Go duration.
func ParseDuration(text string) (Duration, error) {
	d, err := time.ParseDuration(text)
	return Duration(d), err
}

// String is a number of the largest unit that divides it: 10m, 90s.
func (d Duration) String() string {
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}, {time.Millisecond, "ms"}} {
		if d != 0 && time.Duration(d)%unit.size == 0 {
			return strconv.FormatInt(int64(time.Duration(d)/unit.size), 10) + unit.name
		}
	}
	return time.Duration(d).String()
}

// MarshalText makes it a text in JSON.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads it from a text in JSON.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDuration(string(text))
	return err
}
