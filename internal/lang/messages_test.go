package lang

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

const root = "../.."

// untranslated are the packages whose texts are for programmers, or are not printed: their messages stay English. "..."
// is all below a folder.
var untranslated = []string{
	"bench/...", "data/samples", "examples/...", "format/csource/internal/...", "hdf5",
	"internal/file/filetest", "internal/jpeg", "internal/judge", "internal/kernel/...", "internal/lang", "internal/mem",
	"internal/par", "internal/reference/...", "internal/resample", "internal/spell", "internal/words",
	"model/modeltest", "ops", "plan", "plot", "task/all",
}

// covered lists the packages whose messages have translations.
func covered(t testing.TB) []string {
	var dirs []string
	used := map[string]bool{}
	for _, dir := range packages(t, root) {
		i := slices.IndexFunc(untranslated, func(u string) bool {
			above, all := strings.CutSuffix(u, "/...")
			return dir == above || all && strings.HasPrefix(dir, above+"/")
		})
		if i < 0 {
			dirs = append(dirs, dir)
		} else {
			used[untranslated[i]] = true
		}
	}
	for _, u := range untranslated {
		if !used[u] {
			t.Errorf("%s: no such package", u)
		}
	}
	return dirs
}

// same lists the texts that are the same in all languages: names of files, patterns, code.
func same(t testing.TB) map[string]bool {
	b, err := os.ReadFile(filepath.FromSlash("testdata/same.txt"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			out[unescape.Replace(line)] = true
		}
	}
	return out
}

var escape = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`)

// TestEveryMessageIsTranslated: a text for people in the source has an entry in a catalogue, or stands in
// testdata/same.txt. With UPDATE_MESSAGES=FILE the missing ones are written to that file as the beginnings of blocks.
func TestEveryMessageIsTranslated(t *testing.T) {
	all, err := entries(os.DirFS("."), "ko")
	if err != nil {
		t.Fatal(err)
	}
	known := same(t)
	for _, e := range all {
		known[e.english] = true
	}
	found := texts(t, root, covered(t)...)
	var missing []string
	for format, at := range found {
		if !known[format] {
			missing = append(missing, at.String()+"\t"+escape.Replace(format))
		}
	}
	slices.Sort(missing)
	for _, m := range missing {
		t.Error(m)
	}
	if name := os.Getenv("UPDATE_MESSAGES"); name != "" {
		if err := os.WriteFile(name, []byte(strings.Join(missing, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNoMessageIsStale: what stands in a catalogue or in testdata/same.txt stands in the source, but for the files of
// parts of sentences and of words, which the source puts together.
func TestNoMessageIsStale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	all, err := entries(os.DirFS("."), "ko")
	if err != nil {
		t.Fatal(err)
	}
	found := texts(t, root, packages(t, root)...)
	for _, e := range all {
		if base := path.Base(e.file); base == labels || base == pictures || base == "common.txt" {
			continue
		}
		if _, ok := found[e.english]; !ok {
			t.Errorf("%s:%d: no such text in the source: %s", e.file, e.line, escape.Replace(e.english))
		}
	}
	for _, s := range slices.Sorted(maps.Keys(same(t))) {
		if _, ok := found[s]; !ok {
			t.Errorf("testdata/same.txt: no such text in the source: %s", escape.Replace(s))
		}
	}
}

// TestEntriesHaveTheSameArguments: each argument of an English format stands in the other one, and no other. Entries
// are sorted and stand once.
func TestEntriesHaveTheSameArguments(t *testing.T) {
	all, err := entries(os.DirFS("."), "ko")
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]string{}
	for _, e := range all {
		if key := escape.Replace(e.english); key <= last[e.file] {
			t.Errorf("%s:%d: out of order, or twice: %s", e.file, e.line, key)
		}
		last[e.file] = escape.Replace(e.english)
		_, used, _ := arguments(e.other)
		n := newPattern(e.english).args
		for k := 1; k <= n; k++ {
			if !used[k] {
				t.Errorf("%s:%d: argument %d is missing: %s", e.file, e.line, k, escape.Replace(e.other))
			}
		}
		for k := range used {
			if k < 1 || k > n {
				t.Errorf("%s:%d: no argument %d: %s", e.file, e.line, k, escape.Replace(e.other))
			}
		}
	}
}

// samples are arguments as verbs print them.
func sample(verb byte, k int) string {
	switch verb {
	case 'd':
		return fmt.Sprint(11 + k)
	case 'f', 'e', 'g':
		return fmt.Sprintf("%d.5", k)
	case 'q':
		return fmt.Sprintf("%q", fmt.Sprintf("열 %d", k))
	case 't':
		return "true"
	case 'c':
		return "가"
	case 'x':
		return fmt.Sprintf("%x", 11+k)
	}
	return fmt.Sprintf("가%d", k)
}

// TestMessagesAreFound: what a format prints is found as that format's, or as one's that says the same.
func TestMessagesAreFound(t *testing.T) {
	all, err := entries(os.DirFS("."), "ko")
	if err != nil {
		t.Fatal(err)
	}
	k, err := For(Korean)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if base := path.Base(e.file); base == labels || base == pictures {
			continue
		}
		bare := newPattern(e.english).bare()
		var args []any
		var printed strings.Builder
		at, text := 0, false // whether an argument or a letter stands before
		for _, v := range verbs.FindAllStringIndex(bare, -1) {
			printed.WriteString(bare[at:v[0]])
			if v[0] > at {
				text = unicode.IsLetter(rune(bare[v[0]-1]))
			}
			verb := bare[v[1]-1]
			at = v[1]
			if verb == '%' {
				printed.WriteByte('%')
				text = false
				continue
			}
			arg := sample(verb, len(args))
			if _, typed := kinds[verb]; text && !typed {
				arg = "; " + arg // a remedy or a remark
			}
			text = true
			printed.WriteString(arg)
			args = append(args, argument(arg))
		}
		printed.WriteString(bare[at:])
		want := k.printer.Sprintf(e.english, append(args, argument("{"))...)
		if got := k.Lines(printed.String()); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%s:%d: %s\n\t%q, want\n\t%q", e.file, e.line, printed.String(), got, want)
		}
	}
}
