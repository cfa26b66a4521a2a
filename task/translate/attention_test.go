package translate

import "testing"

// TestShown: what pictures have for a token. 뛰 is EB 9B B0 in UTF-8.
func TestShown(t *testing.T) {
	for token, want := range map[string]string{"left.": "left.", " a b": "·a·b", "\xeb": "<EB>", "\x9b\xb0": "<9B><B0>",
		"어!": "어!", "\xb0어": "<B0>어", "\ufffd": "\ufffd"} {
		if got := shown(token); got != want {
			t.Errorf("%q is %q, want %q", token, got, want)
		}
	}
}
