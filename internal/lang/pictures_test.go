package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// printed finds the formats that a template of a page gives to its function t.
var printed = regexp.MustCompile(`\bt ("(?:[^"\\]|\\.)*")`)

// pages adds the formats of the templates of pages, *.html.
func pages(t *testing.T, found map[string]spot) {
	t.Helper()
	for _, dir := range packages(t, root) {
		names, err := filepath.Glob(filepath.Join(root, dir, "*.html"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			rel, _ := filepath.Rel(root, name)
			for i, line := range strings.Split(string(text), "\n") {
				for _, m := range printed.FindAllStringSubmatch(line, -1) {
					format, err := strconv.Unquote(m[1])
					if err != nil {
						t.Fatalf("%s:%d: %s: %v", name, i+1, m[1], err)
					}
					found[format] = spot{rel, i + 1}
				}
			}
		}
	}
}

// drawings walks the packages that describe or draw pictures, and returns the formats of chart.Sprintf, and those of
// pages. Words that a value of package chart has from a literal, without chart.Sprintf, are errors of the test.
func drawings(t *testing.T) map[string]spot {
	t.Helper()
	found := map[string]spot{}
	for _, dir := range packages(t, root) {
		names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			w := drawing{in: file.Name.Name, found: found, t: t, at: func(n ast.Node) spot {
				rel, _ := filepath.Rel(root, name)
				return spot{rel, fset.Position(n.Pos()).Line}
			}}
			ast.Inspect(file, w.visit)
		}
	}
	pages(t, found)
	return found
}

// drawing looks at one file.
type drawing struct {
	t     *testing.T
	in    string // package
	at    func(ast.Node) spot
	found map[string]spot
}

// of reports whether an expression names something of package chart, and its name there.
func (d drawing) of(x ast.Expr) (string, bool) {
	switch x := x.(type) {
	case *ast.SelectorExpr:
		p, ok := x.X.(*ast.Ident)
		return x.Sel.Name, ok && p.Name == "chart"
	case *ast.Ident:
		return x.Name, d.in == "chart"
	}
	return "", false
}

func (d drawing) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		if name, ok := d.of(n.Fun); ok && name == "Sprintf" {
			format, ok := join(n.Args[0], true)
			if !ok {
				d.t.Errorf("%s: the format of chart.Sprintf is no constant", d.at(n))
			}
			d.found[format] = d.at(n)
		}
	case *ast.CompositeLit:
		if name, ok := d.of(n.Type); ok && name != "Language" {
			for _, field := range n.Elts {
				ast.Inspect(field, d.literal)
			}
		}
	}
	return true
}

// literal complains of a text in a value of package chart.
func (d drawing) literal(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		name, ok := d.of(n.Fun)
		return !ok || name != "Sprintf"
	case *ast.BasicLit:
		if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && wordy.MatchString(
			verb.ReplaceAllString(s, "")) {
			d.t.Errorf("%s: %s is drawn in English in every language; give it to chart.Sprintf", d.at(n), n.Value)
		}
	}
	return true
}

// TestPictures: every text of a picture has its entry in the catalogue of pictures, and every entry its text.
func TestPictures(t *testing.T) {
	all, err := entries(os.DirFS("."), "ko")
	if err != nil {
		t.Fatal(err)
	}
	known, found := map[string]bool{}, drawings(t)
	for _, e := range all {
		switch path.Base(e.file) {
		case labels:
			continue
		case pictures:
		default:
			if _, ok := found[e.english]; ok {
				t.Errorf("%s:%d: a text of pictures, which belongs into %s: %s", e.file, e.line, pictures, e.english)
			}
			continue
		}
		known[e.english] = true
		if _, ok := found[e.english]; !ok {
			t.Errorf("%s:%d: no such text in the source: %s", e.file, e.line, e.english)
		}
	}
	for format, at := range found {
		if !known[format] {
			t.Errorf("%s: not in ko/%s: %s", at, pictures, format)
		}
	}
	if len(found) < 40 {
		t.Errorf("%d texts of pictures", len(found))
	}
}

// TestSprintf: arguments that a format marks as messages are translated, texts of the user's stay.
func TestSprintf(t *testing.T) {
	k, err := newTranslator(koreanTag, []entry{
		{english: "%s: %s of %d × %d", other: "%[1]s: %[3]s × %[4]s %[2]m", file: pictures},
		{english: "epoch %*d", other: "에포크 %s", file: pictures},
		{english: "%q of %.1f %%", other: "%[2]s %%의 %[1]s", file: pictures},
		{english: "%s: codes of the %s part", other: "%s: %m 부분의 코드", file: pictures},
		{english: "%d maps", other: "사상 %s개"},
		{english: "test", other: "테스트", file: labels},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		format string
		args   []any
		want   string
	}{
		{"%s: %s of %d × %d", []any{"3 maps", "3 maps", 4, 5}, "3 maps: 4 × 5 사상 3개"},
		{"%s: codes of the %s part", []any{"test", "test"}, "test: 테스트 부분의 코드"},
		{"%q of %.1f %%", []any{"${x}", 2.25}, "2.2 %의 \"${x}\""},
		{"epoch %*d", []any{3, 7}, "epoch   7"},
		{"%d of no catalogue", []any{7}, "7 of no catalogue"},
	} {
		if got := k.Sprintf(c.format, c.args...); got != c.want {
			t.Errorf("%s: %q, want %q", c.format, got, c.want)
		}
	}
	if got := (*Translator)(nil).Sprintf("%d maps", 3); got != "3 maps" {
		t.Errorf("without a translator: %q", got)
	}
}
