package main

import (
	"encoding/hex"
	"testing"
)

func TestEncodedRequest(t *testing.T) {
	var e encoder
	e.int8(2)
	e.string("test")
	e.bool(true)
	e.length(0)
	e.null()
	e.noTags()
	if got := hex.EncodeToString(e.data); got != "02057465737401010000" {
		t.Error(got)
	}
}
