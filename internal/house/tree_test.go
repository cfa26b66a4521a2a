// Package house tests rules of the whole module: which package may import which, and how files look. It has no code of
// its own.
package house

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// root is the folder of the module, seen from this one.
var root = filepath.Join("..", "..")

// pkg is one package of the module, of all systems and build tags together.
type pkg struct {
	path    string // from the root: "internal/par"; "." is the root
	name    string
	files   []string // Go files without tests
	tests   []string
	all     []string
	imports map[string]string // imports of the files without tests, and the first file with each
}

var scan = sync.OnceValues(func() ([]*pkg, error) { return packagesIn(os.DirFS(root)) })

func packages(t *testing.T) []*pkg {
	t.Helper()
	ps, err := scan()
	if err != nil {
		t.Fatal(err)
	}
	if len(ps) < 3 {
		t.Fatalf("found %d packages under %s", len(ps), root)
	}
	return ps
}

// packagesIn reads the packages of a module. Folders of other modules, of test data and hidden
// ones are passed over, as the go command does.
func packagesIn(module fs.FS) ([]*pkg, error) {
	found := map[string]*pkg{}
	err := fs.WalkDir(module, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path == "." {
				return nil
			}
			_, other := fs.Stat(module, path+"/go.mod")
			if n := d.Name(); other == nil || n == "testdata" || n == "vendor" || n[0] == '.' || n[0] == '_' {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		p := found[dir]
		if p == nil {
			p = &pkg{path: dir, imports: map[string]string{}}
			found[dir] = p
		}
		p.all = append(p.all, path)
		if strings.HasSuffix(path, "_test.go") {
			p.tests = append(p.tests, path)
			return nil
		}
		src, err := fs.ReadFile(module, path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		p.files = append(p.files, path)
		p.name = f.Name.Name
		for _, im := range f.Imports {
			s, err := strconv.Unquote(im.Path.Value)
			if err != nil {
				return err
			}
			if p.imports[s] == "" {
				p.imports[s] = path
			}
		}
		return nil
	})
	var ps []*pkg
	for _, p := range found {
		ps = append(ps, p)
	}
	slices.SortFunc(ps, func(a, b *pkg) int { return strings.Compare(a.path, b.path) })
	return ps, err
}
