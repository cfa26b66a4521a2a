package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// compilers are the files outside of plan that compile graphs: one for everybody, and the suite of tests that
// compares what is compiled with the naive evaluator.
var compilers = []string{
	"model/modeltest/modeltest.go",
	"model/program.go",
}

// TestCompilers: the way from a trace to numbers (compile, bind, lock, compute) exists once, in model.Program.
func TestCompilers(t *testing.T) {
	var found []string
	for _, p := range packages(t) {
		if p.path == "plan" {
			continue
		}
		for _, f := range p.files {
			a, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, f), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			if compiles(a) {
				found = append(found, f)
			}
		}
	}
	slices.Sort(found)
	for _, f := range found {
		if !slices.Contains(compilers, f) {
			t.Errorf("%s compiles a graph itself; make a model.Program of the function that traces it", f)
		}
	}
	for _, f := range compilers {
		if !slices.Contains(found, f) {
			t.Errorf("%s compiles no graph; take it off the list", f)
		}
	}
}

// compiles reports whether a file that imports plan calls something named Compile of plan or of a value.
func compiles(f *ast.File) (found bool) {
	packages := map[string]bool{}
	plan := false
	for _, im := range f.Imports {
		path := im.Path.Value[1 : len(im.Path.Value)-1]
		name := filepath.Base(path)
		if im.Name != nil {
			name = im.Name.Name
		}
		if plan = plan || path == "gorae/plan"; path != "gorae/plan" {
			packages[name] = true
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		s, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || s.Sel.Name != "Compile" {
			return true
		}
		x, ok := s.X.(*ast.Ident)
		found = found || !ok || !packages[x.Name]
		return true
	})
	return found && plan
}

// TestCompiles: the rule sees functions and methods, under another name too, and no other package's Compile.
func TestCompiles(t *testing.T) {
	for src, want := range map[string]bool{
		"import \"gorae/plan\"\nvar p, _ = plan.Compile(nil, nil, nil)":                              true,
		"import other \"gorae/plan\"\nvar p, _ = other.Compile(nil, nil, nil)":                       true,
		"import \"gorae/plan\"\nvar p, _ = plan.CPU{}.Compile(nil, nil, nil)":                        true,
		"import \"gorae/plan\"\nfunc f(e plan.Executor) { e.Compile(nil, nil, nil) }":                true,
		"import (\"gorae/plan\"; \"regexp\")\nvar r, _ = regexp.Compile(\"x\")\nvar t plan.StepTime": false,
		"import \"gorae/model\"\nvar _ = model.Program{}.Compile()":                                  false,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package p\n"+src, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := compiles(f); got != want {
			t.Errorf("%s: %v, want %v", src, got, want)
		}
	}
}
