// Package features is what releases of Kafka are to a cluster that is upgraded: the level of
// metadata.version with which each writes the metadata log, and which of them there is no way
// back from. It asks nobody.
//
// A release stands for its metadata.version alone. Other features have levels of their own,
// kraft.version among them, and no release finalises those here.
//
// Levels, their names, and which of them changed what is written, are those of Kafka's
// MetadataVersion; Kafka's own tools tell them, too: kafka-storage.sh version-mapping.
package features

import (
	"slices"
	"strconv"
	"strings"
)

// MetadataVersion is the name of the feature.
const MetadataVersion = "metadata.version"

// Release is a release of Kafka.
type Release struct {
	Name  string // as people call it: "4.4"
	Level int16  // the highest metadata.version that its production clusters have
	Title string // of that level, as Kafka calls it: "4.4-IV2"
}

// Older reports whether the release knows less than a level.
func (r Release) Older(level int16) bool { return r.Level < level }

// releases are those that this program can run, the oldest first.
var releases = []Release{
	{"4.2", 29, "4.2-IV1"},
	{"4.3", 30, "4.3-IV0"},
	{"4.4", 33, "4.4-IV2"},
}

// changing are the levels, from the oldest release's on, from which there is no way back: what is
// written with them cannot be said in the words of the level before (didMetadataChange).
var changing = []int16{30, 32, 33}

// Releases are those that are known, the oldest first.
func Releases() []Release { return slices.Clone(releases) }

// Named is the release of a name such as "4.4".
func Named(name string) (Release, bool) {
	at := slices.IndexFunc(releases, func(r Release) bool { return r.Name == name })
	if at < 0 {
		return Release{}, false
	}
	return releases[at], true
}

// Of is the release that a version such as "4.4.0" belongs to. One that is newer than all that are
// known is not known.
func Of(version string) (Release, bool) {
	parts := strings.Split(version, ".")
	if len(parts) != 3 {
		return Release{}, false
	}
	return Named(parts[0] + "." + parts[1])
}

// Reading is the oldest release that can read a metadata log of a level. There may be none.
func Reading(level int16) (Release, bool) {
	at := slices.IndexFunc(releases, func(r Release) bool { return !r.Older(level) })
	if at < 0 {
		return Release{}, false
	}
	return releases[at], true
}

// OneWay are the levels above the lower one of two, up to the higher one, from which there is no
// way back. None: Kafka would go back.
func OneWay(a, b int16) []int16 {
	return slices.DeleteFunc(slices.Clone(changing), func(level int16) bool { return level <= min(a, b) || level > max(a, b) })
}

// Changes is OneWay for people: "32 and 33 change metadata". Empty: none does.
func Changes(a, b int16) string {
	levels := OneWay(a, b)
	words := make([]string, len(levels))
	for i, level := range levels {
		words[i] = strconv.Itoa(int(level))
	}
	switch last := len(words) - 1; {
	case last < 0:
		return ""
	case last == 0:
		return words[0] + " changes metadata"
	default:
		return strings.Join(words[:last], ", ") + " and " + words[last] + " change metadata"
	}
}

// NoWayBack says why a level is not lowered to another: "there is no way back, since 32 and 33
// change metadata", or that nobody goes that way where none does.
func NoWayBack(from, to int16) string {
	if why := Changes(from, to); why != "" {
		return "there is no way back, since " + why
	}
	return "nothing lowers it by itself"
}

// Names are releases for people, with something between them and before the last one.
func Names(of []Release, or string) string {
	names := make([]string, len(of))
	for i, r := range of {
		names[i] = r.Name
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + or + names[last]
	}
	return strings.Join(names, "")
}
