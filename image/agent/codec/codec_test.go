package codec

import (
	"encoding/hex"
	"testing"
)

func TestEncodedRequest(t *testing.T) {
	var e Encoder
	e.Int8(2)
	e.Text("test")
	e.Bool(true)
	e.Length(0)
	e.Null()
	e.NoTags()
	if got := hex.EncodeToString(e.Data); got != "02057465737401010000" {
		t.Error(got)
	}
}
