package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestURN(t *testing.T) {
	const text = "urn:pulumi:dev::shop::a:b:Parent$c:d/e:Own::name::with::colons"
	assert.Equal(t, "name::with::colons", Name(text))
	assert.Equal(t, "c:d/e:Own", Type(text))
	stack, project := Owner(text)
	assert.Equal(t, []string{"dev", "shop"}, []string{stack, project})

	for _, none := range []string{"", "x", "urn:pulumi:dev::shop", "a::b::c::d"} {
		assert.Equal(t, none, Name(none))
		assert.Empty(t, Type(none))
		stack, project := Owner(none)
		assert.Empty(t, stack+project)
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"<{%fg 1%}>error: <{%reset%}>no such image":   "error: no such image",
		"\x1b[31merror\x1b[0m: \x1b[1;4mno\x1b[m way": "error: no way",
		"0 < 1 {%d%} 100% [0m":                        "0 < 1 {%d%} 100% [0m",
	} {
		assert.Equal(t, want, Plain(text))
	}
}
