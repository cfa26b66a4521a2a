package reference

import (
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"gorae/internal/lang"
	_ "gorae/task/all"
)

// said returns what the reference says in a language, and the texts that have no translation into it, in the order of
// the pages.
func said(t *testing.T, l lang.Language) (texts map[string]bool, missing []string) {
	t.Helper()
	p, err := In(l)
	if err != nil {
		t.Fatal(err)
	}
	texts = map[string]bool{}
	for english := range p.says {
		texts[english] = false
	}
	p.lacks = func(english string) {
		if !slices.Contains(missing, english) {
			missing = append(missing, english)
		}
	}
	p.seen = func(english string) { texts[english] = true }
	for _, topic := range Topics() {
		if err := topic.WriteList(io.Discard, p); err != nil {
			t.Fatal(err)
		}
		for _, n := range topic.Names {
			if err := topic.entry(p, n).Write(io.Discard); err != nil {
				t.Fatal(err)
			}
		}
	}
	Pages(p)
	return texts, missing
}

// TestEveryTextIsTranslated: what the reference says has a translation in the folder of the language. With
// UPDATE_MESSAGES=FILE the missing texts are written to that file as the beginnings of blocks.
func TestEveryTextIsTranslated(t *testing.T) {
	texts, missing := said(t, lang.Korean)
	if len(missing) > 0 {
		t.Errorf("internal/reference/ko/*.txt lacks %d texts; a block is the English line and the Korean one below "+
			"it:\n\n%s", len(missing), strings.Join(missing, "\n\n"))
	}
	if name := os.Getenv("UPDATE_MESSAGES"); name != "" {
		if err := os.WriteFile(name, []byte(strings.Join(missing, "\n\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, english := range slices.Sorted(maps.Keys(texts)) {
		if !texts[english] && !strings.Contains(english, "%s") {
			t.Errorf("the reference does not say: %s", english)
		}
	}
}
