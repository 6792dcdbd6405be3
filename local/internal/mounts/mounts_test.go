package mounts

import (
	"slices"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	got := Parse("proc /proc proc rw 0 0\n/dev/vda /my\\040disk ext4 rw,relatime 0 0\nshort\n")
	want := []Mount{{"/proc", "proc"}, {"/my disk", "ext4"}}
	if !slices.Equal(got, want) {
		t.Errorf("Parse = %v, want %v", got, want)
	}
}
