package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// writers are the packages that change a disk by themselves: the one that writes files that survive, with what tests
// it, the one of files that are made again where they are lost, and programs that make files of this module or measure.
// Every other package writes through internal/file.
var writers = []string{"internal/file", "internal/file/filetest", "internal/arrayfile", "data/samples",
	"internal/kernel/gen/...", "internal/lang/gen", "internal/reference/gen", "bench", "bench/faults",
	"bench/forecasts", "bench/tune"}

// changes are the functions of package os that change a disk.
var changes = []string{"Chmod", "Chown", "Chtimes", "CopyFS", "Create", "CreateTemp", "Link", "Mkdir", "MkdirAll",
	"MkdirTemp", "OpenFile", "OpenRoot", "Remove", "RemoveAll", "Rename", "Symlink", "Truncate", "WriteFile"}

// TestDisk: no file is written but by internal/file, so that every write is whole and every test of faults sees it.
func TestDisk(t *testing.T) {
	for _, p := range packages(t) {
		if slices.ContainsFunc(writers, func(w string) bool { return covers(w, p.path) }) {
			continue
		}
		for _, f := range p.files {
			a, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, f), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range changesIn(a) {
				t.Errorf("%s: os.%s; write through internal/file", f, name)
			}
		}
	}
}

// changesIn lists the functions that change a disk in a file.
func changesIn(f *ast.File) (found []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			x, ok := s.X.(*ast.Ident)
			if ok && (x.Name == "os" || x.Name == "ioutil") && slices.Contains(changes, s.Sel.Name) {
				found = append(found, s.Sel.Name)
			}
		}
		return true
	})
	return found
}

// TestChangesIn: the rule sees calls and functions that are passed on.
func TestChangesIn(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "f.go",
		"package p\nfunc f() { os.Open(\"a\"); os.WriteFile(\"a\", nil, 0); g(os.Remove); disk.Remove(\"a\") }", 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := changesIn(f); !slices.Equal(got, []string{"WriteFile", "Remove"}) {
		t.Errorf("%q", got)
	}
}
