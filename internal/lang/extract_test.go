package lang

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// spot is where a text stands in the source.
type spot struct {
	file string
	line int
}

func (p spot) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// texts lists the texts for people in the packages below a folder of the module: string literals and concatenations
// with words in them, as formats, each with the first place where it stands. What a concatenation adds to its literals
// is %s.
func texts(t testing.TB, root string, dirs ...string) map[string]spot {
	t.Helper()
	found := map[string]spot{}
	for _, dir := range dirs {
		names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: no Go files (%v)", dir, err)
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
			rel, _ := filepath.Rel(root, name)
			e := &extraction{found: func(n ast.Node, format string) {
				format = strings.TrimRight(format, "\n")
				if _, ok := found[format]; !ok && sentence(format) {
					found[format] = spot{rel, fset.Position(n.Pos()).Line}
				}
			}}
			ast.Walk(e, file)
		}
	}
	return found
}

var (
	verb    = regexp.MustCompile(`%[-+# 0]*(\[\d+\])?(\*|\d+)?(\.(\*|\d+))?(\[\d+\])?[a-zA-Z%]`)
	element = regexp.MustCompile(`^</?[a-z]`)
	wordy   = regexp.MustCompile(`[A-Za-z]{2,}`)
)

// sentence reports whether a format has words for people: a letter and a space beside the verbs. An element of a page
// or of a picture, <path …>, has none.
func sentence(format string) bool {
	if element.MatchString(format) {
		return false
	}
	bare := verb.ReplaceAllString(format, "·")
	return wordy.MatchString(bare) && strings.Contains(strings.TrimSpace(bare), " ")
}

// extraction walks a file and reports texts.
type extraction struct {
	found  func(n ast.Node, format string)
	format bool // the literals below are formats
}

// passed are functions whose literals no user reads: patterns, what is searched for, programmers' mistakes.
var passed = regexp.MustCompile(`^(panic|MustCompile|Compile|Contains|ContainsAny|HasPrefix|HasSuffix|TrimPrefix|` +
	`TrimSuffix|CutPrefix|CutSuffix|Cut|Split|Fields|Trim|TrimLeft|TrimRight|Index|NewReplacer|Replace|ReplaceAll)$`)

// formatted are functions whose first literal is a format, by the ends of their names.
var formatted = regexp.MustCompile(`(f|^Say|^say|^Fix|^fail|^note|^wrong|^Note|^move)$`)

// likely finds the verbs of a format that is not passed to such a function directly.
var likely = regexp.MustCompile(`%(\[\d\])?[sdvqwT]|%\.\d[gf]`)

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func (e *extraction) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.ImportSpec, *ast.IndexExpr:
		return nil
	case *ast.CaseClause:
		for _, s := range n.Body {
			ast.Walk(e, s)
		}
		return nil
	case *ast.Field:
		if n.Tag != nil {
			tag, _ := strconv.Unquote(n.Tag.Value)
			if help := reflect.StructTag(tag).Get("help"); help != "" {
				e.found(n, strings.ReplaceAll(help, "%", "%%"))
			}
			for option := range strings.SplitSeq(reflect.StructTag(tag).Get("keras"), ",") {
				if remedy, ok := strings.CutPrefix(option, "remedy="); ok {
					e.found(n, remedy)
				}
				if what, ok := strings.CutPrefix(option, "what="); ok {
					article := "a "
					if strings.ContainsRune("aeiou", rune(what[0])) {
						article = "an "
					}
					e.found(n, article+what)
				}
			}
		}
		ast.Walk(e, n.Type)
		return nil
	case *ast.CompositeLit:
		if t, ok := n.Type.(*ast.SelectorExpr); ok && t.Sel.Name == "Pattern" { // pattern.Pattern{Expr: …}
			return nil
		}
	case *ast.CallExpr:
		name := called(n)
		if passed.MatchString(name) {
			return nil
		}
		ast.Walk(e, n.Fun)
		first := formatted.MatchString(name)
		for _, a := range n.Args {
			_, isText := join(a, first)
			ast.Walk(&extraction{e.found, first && isText}, a)
			if isText {
				first = false
			}
		}
		return nil
	case *ast.BinaryExpr, *ast.BasicLit:
		if format, ok := join(n.(ast.Expr), e.format); ok {
			e.found(n, format)
			ast.Inspect(n, func(m ast.Node) bool { // what is called within
				if c, ok := m.(*ast.CallExpr); ok {
					ast.Walk(&extraction{e.found, false}, c)
					return false
				}
				return true
			})
			return nil
		}
		if b, ok := n.(*ast.BinaryExpr); ok && b.Op != token.ADD {
			return &extraction{func(m ast.Node, s string) {
				if b.X != m && b.Y != m {
					e.found(m, s)
				}
			}, false}
		}
	}
	return &extraction{e.found, false}
}

// join returns a literal or a sum with literals as a format.
func join(x ast.Expr, format bool) (string, bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		if x.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(x.Value)
		if !format && !likely.MatchString(s) {
			s = strings.ReplaceAll(s, "%", "%%")
		}
		return s, err == nil
	case *ast.ParenExpr:
		return join(x.X, format)
	case *ast.BinaryExpr:
		if x.Op != token.ADD {
			return "", false
		}
		a, okA := join(x.X, format)
		b, okB := join(x.Y, format)
		switch {
		case okA && okB:
			return a + b, true
		case okA:
			return a + "%s", true
		case okB:
			return "%s" + b, true
		}
	}
	return "", false
}

// packages lists the folders with Go files for the product.
func packages(t testing.TB, root string) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "testdata" {
			return filepath.SkipDir
		}
		names, _ := filepath.Glob(filepath.Join(path, "*.go"))
		for _, n := range names {
			if !strings.HasSuffix(n, "_test.go") {
				rel, _ := filepath.Rel(root, path)
				dirs = append(dirs, filepath.ToSlash(rel))
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}
