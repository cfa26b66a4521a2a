package pb

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestRead: each model of the corpus is read, its tensors have as many elements as they say, and what is written of
// its structure is read as the same.
func TestRead(t *testing.T) {
	for _, b := range corpus(t) {
		m, err := Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range m.Graph.Initializers {
			if len(x.External) > 0 {
				continue
			}
			n, err := x.Size()
			if err != nil {
				t.Error(err)
			}
			switch x.Elem {
			case F32, F16:
				v := make([]float32, n)
				if err := x.Floats(v); err != nil {
					t.Error(err)
				}
				*x = *OfFloats(x.Name, x.Dims, v)
			case Text:
			default:
				v := make([]int64, n)
				if err := x.Ints(v); err != nil {
					t.Error(err)
				}
				*x = *OfInts(x.Name, x.Dims, v)
			}
		}
		c := m.Append(nil)
		again, err := Read(bytes.NewReader(c), int64(len(c)))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(m, again, cmpopts.IgnoreUnexported(Tensor{}), cmpopts.IgnoreFields(Tensor{}, "Raw"),
			cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); d != "" && m.Graph.Sparse == 0 {
			t.Fatal(d)
		}
		for i, x := range again.Graph.Initializers {
			if raw, err := x.raw.bytes(); err != nil || !bytes.Equal(raw, m.Graph.Initializers[i].Raw) &&
				len(x.External) == 0 && x.Elem != Text {
				t.Errorf("tensor %q: other bytes (%v)", x.Name, err)
			}
		}
	}
}

func corpus(t testing.TB) (files [][]byte) {
	shared := os.Getenv("GORAE_SHARED")
	if shared == "" {
		t.Skip("GORAE_SHARED is not set")
	}
	paths, _ := filepath.Glob(filepath.Join(shared, "onnx-models", "*", "model.onnx"))
	if len(paths) < 100 {
		t.Fatalf("%d models in %s/onnx-models", len(paths), shared)
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, b)
	}
	return files
}

// FuzzRead: no bytes make Read or the reading of tensors panic.
func FuzzRead(f *testing.F) {
	f.Add((&Model{IR: 8, Graph: &Graph{Initializers: []*Tensor{OfInts("a", []int64{2}, []int64{1, 2})}}}).Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for _, x := range m.Graph.Initializers {
			n, err := x.Size()
			if err != nil || n > len(b) {
				if err == nil {
					t.Fatalf("%d elements in %d bytes", n, len(b))
				}
				continue
			}
			_ = x.Floats(make([]float32, n))
			_ = x.Ints(make([]int64, n))
		}
	})
}
