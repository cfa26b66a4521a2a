package yamltree

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestCost: no text within the limit of bytes takes the parser long, whatever it repeats.
func TestCost(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	repeated := func(s string) string { return strings.Repeat(s, maxBytes/len(s)) }
	var keys, anchors, deep strings.Builder
	for i := range 80_000 {
		fmt.Fprintf(&keys, "k%d: 1\n", i)
	}
	for i := range 40_000 {
		fmt.Fprintf(&anchors, "- &a%d 1\n", i)
	}
	for i := range 1400 {
		deep.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	texts := map[string]string{"keys": keys.String(), "anchors": anchors.String(), "deep": deep.String(),
		"few keys":  keys.String()[:90_000],
		"flow keys": "{" + strings.ReplaceAll(keys.String()[:90_000], "\n", ", ") + "}",
		"brackets":  strings.Repeat("[", maxOpen) + strings.Repeat("]", maxOpen)}
	for _, s := range []string{"- ", "-\t", "? ", ": ", "a: ", "&a ", "*a ", "!a ", "!", "|", "\"", "'", "%", "\t", " ",
		"\n", "\r", ",", "#", "- 1\n", "--- \n", "...\n", "<<: ", "-\n", "a\n", "| \n", "> x\n", "\\", "@", "`", "\x00",
		"é", "&a", "-"} {
		texts[fmt.Sprintf("%q", s)] = repeated(s)
	}
	for name, text := range texts {
		begun := time.Now()
		_, err := Parse("f", []byte(text))
		if took := time.Since(begun); took > 20*time.Second {
			t.Errorf("%s: %v, %.100v", name, took, err)
		} else if took > time.Second {
			t.Logf("%s: %v", name, took)
		}
	}
}

func TestByteOrderMark(t *testing.T) {
	n, err := Parse("f", []byte("\xef\xbb\xbfa: 1"))
	if err != nil || len(n.Keys) != 1 || n.Keys[0].Name != "a" || n.Keys[0].Col != 1 {
		t.Errorf("%+v %v", n, err)
	}
}
