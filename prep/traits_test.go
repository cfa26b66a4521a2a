package prep_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/data/augment"
	"gorae/prep"
	"gorae/tensor"
)

// told is a dataset with every trait, whose samples hold the epoch and their number: 16·epoch + i in each element.
type told struct{ n int }

func (d told) Spec() data.Spec {
	return data.Spec{
		Inputs:  []data.Field{{Name: "x", DType: tensor.Uint8, Shape: tensor.Shape{3, 2, 1}, Ragged: true}},
		Targets: []data.Field{{Name: "y", Shape: tensor.Shape{1}}},
		Traits:  data.Traits{Workers: 1000, Varying: true, Length: func(i int) int { return 1 + i%3 }},
	}
}
func (d told) Len() int { return d.n }
func (d told) Read(epoch, i int, row data.Row) error {
	if i < 0 || i >= d.n {
		return fmt.Errorf("no sample %d", i)
	}
	for k := range row {
		for e := range row[k].U8 {
			row[k].U8[e] = uint8(16*epoch + i)
		}
		for e := range row[k].F32 {
			row[k].F32[e] = float32(16*epoch + i)
		}
	}
	return nil
}

// wrapper is a way to wrap a dataset; rows is which sample of the wrapped one each sample is, nil for the same.
type wrapper struct {
	name string // of the type that wraps, as package.type
	wrap func(d data.Dataset, rows []int) (data.Dataset, error)
}

// wrappers are all types of the module that read another dataset.
var wrappers = []wrapper{
	{"data.Subset", func(d data.Dataset, rows []int) (data.Dataset, error) {
		return data.Subset{Dataset: d, Rows: rows}, nil
	}},
	{"data.Untargeted", func(d data.Dataset, _ []int) (data.Dataset, error) {
		return data.Untargeted{Dataset: d},
			nil
	}},
	{"data.merged", func(d data.Dataset, _ []int) (data.Dataset, error) {
		return data.WithTargets(d, data.Untargeted{Dataset: d})
	}},
	{"data.merged", func(d data.Dataset, _ []int) (data.Dataset, error) {
		return data.Inputs(data.Part{Name: "a", Dataset: d})
	}},
	{"data.Shuffled", func(d data.Dataset, _ []int) (data.Dataset, error) {
		return &data.Shuffled{Dataset: d, Buffer: 1}, nil // in their order
	}},
	{"data.reconstruction", func(d data.Dataset, _ []int) (data.Dataset, error) { return data.Reconstruction(d), nil }},
	{"prep.Pixels", func(d data.Dataset, _ []int) (data.Dataset, error) {
		if d.Spec().Inputs[0].DType != tensor.Uint8 {
			return d, nil
		}
		return prep.NewPixels(d, &prep.Affine{Shift: []float64{0}, Divisor: []float64{1}})
	}},
	{"augment.Dataset", func(d data.Dataset, _ []int) (data.Dataset, error) { return augment.New(d, 1) }},
}

// elsewhere are wrappers whose samples are others than those of the wrapped dataset, and the tests that hold their
// traits.
var elsewhere = map[string]string{
	"data.Shuffled": "data/shuffled_test.go",
	"task.encoded":  "task/encode_test.go",
}

// TestTraits: wrappers, one over the other in any order, keep every trait of the innermost dataset, hand the epoch on,
// and read inputs without targets.
func TestTraits(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		var d data.Dataset = told{9}
		number := func(i int) int { return i }
		var chain []string
		for range 1 + r.IntN(4) {
			w, rows := wrappers[r.IntN(len(wrappers))], r.Perm(d.Len())[:1+r.IntN(d.Len())]
			chain = append(chain, w.name)
			was := d
			var err error
			if d, err = w.wrap(was, rows); err != nil {
				t.Fatalf("%v: %v", chain, err)
			}
			if w.name == "data.Subset" {
				inner := number
				number = func(i int) int { return inner(rows[i]) }
			}
		}
		s := d.Spec()
		if s.Workers != 1000 || !s.Varying || s.Length == nil || !s.Inputs[0].Ragged {
			t.Fatalf("%v lost a trait: %+v", chain, s)
		}
		for i := range d.Len() {
			if got, want := s.Length(i), 1+number(i)%3; got != want {
				t.Fatalf("%v: sample %d has length %d; want %d", chain, i, got, want)
			}
			for n := 1; n <= len(s.Fields()); n++ {
				epoch, row := i%3, s.Row()[:n]
				if err := d.Read(epoch, i, row); err != nil {
					t.Fatalf("%v: %v", chain, err)
				}
				for k := range row {
					for e := range row[k].Len() {
						if got, want := row[k].Float(e), float64(16*epoch+number(i)); got != want {
							t.Fatalf("%v: epoch %d, sample %d, field %d holds %v; want %v", chain, epoch, i, k, got,
								want)
						}
					}
				}
			}
		}
		if d.Read(0, d.Len(), s.Row()) == nil || d.Read(0, -1, s.Row()) == nil {
			t.Fatalf("%v reads samples that are not there", chain)
		}
	}
}

// TestWrappersAreListed: every type outside tests that reads samples and holds a dataset is among the wrappers.
func TestWrappersAreListed(t *testing.T) {
	holders, readers := map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				if s, ok := n.Type.(*ast.StructType); ok && slices.ContainsFunc(s.Fields.List,
					func(f *ast.Field) bool { return isDataset(f.Type) }) {
					holders[f.Name.Name+"."+n.Name.Name] = true
				}
			case *ast.FuncDecl:
				if n.Recv != nil && (n.Name.Name == "Spec" || n.Name.Name == "Read" && n.Type.Params.NumFields() == 3) {
					readers[f.Name.Name+"."+typeName(n.Recv.List[0].Type)] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for name := range holders {
		if !readers[name] {
			continue
		}
		found++
		if file := elsewhere[name]; file != "" {
			if _, err := os.Stat(filepath.Join("..", file)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if !slices.ContainsFunc(wrappers, func(w wrapper) bool { return w.name == name }) {
			t.Errorf("%s wraps a dataset: list it among the wrappers of this test", name)
		}
	}
	if found < 6 {
		t.Errorf("%d wrappers found; the search has lost its way", found)
	}
}

// isDataset reports whether a field's type is Dataset or data.Dataset, or a list of them.
func isDataset(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ArrayType:
		return isDataset(e.Elt)
	case *ast.SelectorExpr:
		x, ok := e.X.(*ast.Ident)
		return ok && x.Name == "data" && e.Sel.Name == "Dataset"
	case *ast.Ident:
		return e.Name == "Dataset"
	}
	return false
}

func typeName(e ast.Expr) string {
	if s, ok := e.(*ast.StarExpr); ok {
		e = s.X
	}
	if i, ok := e.(*ast.Ident); ok {
		return i.Name
	}
	return ""
}
