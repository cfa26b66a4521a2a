package diagnose_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gorae/diagnose"
)

// TestDocs: docs/diagnose.md has one row for each code, in their order, with its remedy and whether it can be known
// before a training.
func TestDocs(t *testing.T) {
	b, err := os.ReadFile("../docs/diagnose.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `(\\w+/[\\w-]+)`( °)? \\| (.+) \\| (.+) \\| (.+) \\| (.+) \\|$")
	var got, want []string
	for _, m := range row.FindAllStringSubmatch(string(b), -1) {
		got = append(got, m[1]+m[2]+": "+m[5])
	}
	for _, d := range diagnose.All() {
		want = append(want, d.Code+map[bool]string{true: " °"}[d.Before]+": "+d.Remedy)
		if d.Why == "" || d.Remedy == "" || len(d.Kinds) == 0 {
			t.Errorf("%s: not whole", d.Code)
		}
		for _, e := range d.Explains {
			if !slices.ContainsFunc(diagnose.Codes(), func(c string) bool {
				return c == e || strings.HasSuffix(e, "/") && strings.HasPrefix(c, e)
			}) {
				t.Errorf("%s explains %s, which there is not", d.Code, e)
			}
		}
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("rows\n%s\nwant\n%s", g, w)
	}
	// The 60 kinds of faults that are known have a code each, but for a softmax of one output, which is refused, and 2
	// that docs/diagnose.md says leave nothing in the records: an order that is ignored, and an unlucky seed.
	kinds := map[int]bool{30: true, 38: true, 51: true}
	for _, d := range diagnose.All() {
		for _, k := range d.Kinds {
			kinds[k] = true
		}
	}
	for k := 1; k <= 60; k++ {
		if !kinds[k] {
			t.Errorf("kind %d has no code", k)
		}
	}
	if len(kinds) != 60 {
		t.Errorf("%d kinds", len(kinds))
	}
	seen := map[string]bool{}
	for _, c := range diagnose.Codes() {
		if seen[c] {
			t.Errorf("%s: twice", c)
		}
		seen[c] = true
	}
}

// TestIgnored: an unknown code is an error with a suggestion.
func TestIgnored(t *testing.T) {
	if err := diagnose.CheckIgnored([]string{"data/id-like"}); err != nil {
		t.Error(err)
	}
	err := diagnose.CheckIgnored([]string{"data/id-lik"})
	if s := fmt.Sprint(err); err == nil || !strings.Contains(s, "data/id-like") {
		t.Errorf("%v", err)
	}
}
