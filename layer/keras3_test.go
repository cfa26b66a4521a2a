package layer

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

// kerasArray is an array of the golden cases of Keras 3 (golden/keras3/README.md).
type kerasArray struct {
	Shape []int           `json:"shape"`
	DType string          `json:"dtype"`
	Data  json.RawMessage `json:"data"`
	B64   string          `json:"b64"`
}

// array is the numbers for the evaluator.
func (a *kerasArray) array(t *testing.T) *graph.Array {
	t.Helper()
	n := tensor.Shape(a.Shape).Size()
	typ := graph.F32(a.Shape...)
	if a.DType == "int32" || a.DType == "int64" {
		typ.DType = tensor.Int32
	}
	out := &graph.Array{Type: typ, V: make([]float64, n)}
	if a.B64 == "" {
		if a.DType == "bool" {
			var bs []bool
			if err := json.Unmarshal(a.Data, &bs); err != nil {
				t.Fatal(err)
			}
			for i, b := range bs {
				if b {
					out.V[i] = 1
				}
			}
			return out
		}
		if err := json.Unmarshal(a.Data, &out.V); err != nil || len(out.V) != n {
			t.Fatalf("%v, %d of %d numbers", err, len(out.V), n)
		}
		return out
	}
	raw, err := base64.StdEncoding.DecodeString(a.B64)
	if err != nil || n == 0 {
		t.Fatal(err)
	}
	size := len(raw) / n
	for i := range out.V {
		switch b := raw[i*size:]; a.DType {
		case "float64":
			out.V[i] = math.Float64frombits(binary.LittleEndian.Uint64(b))
		case "float32":
			out.V[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
		case "bool":
			out.V[i] = float64(b[0])
		case "int32":
			out.V[i] = float64(int32(binary.LittleEndian.Uint32(b)))
		default:
			t.Fatalf("numbers of type %s", a.DType)
		}
	}
	return out
}

// kerasVar is a weight of a golden case.
type kerasVar struct {
	Path  string      `json:"path"`
	Value *kerasArray `json:"value"`
}

// kerasPart is a layer before or behind the one of a case.
type kerasPart struct {
	Class   string         `json:"class_name"`
	Config  map[string]any `json:"config"`
	Weights []*kerasArray  `json:"weights"`
	Output  *kerasArray    `json:"output"`
}

// kerasCase is a line of masks.jsonl or of layers/GROUP.jsonl.
type kerasCase struct {
	Name     string         `json:"name"`
	Class    string         `json:"class_name"`
	Config   map[string]any `json:"config"`
	Floatx   string         `json:"floatx"`
	Training bool           `json:"training"`
	Rule     string         `json:"rule"`
	Prefix   []*kerasPart   `json:"prefix"`
	Inputs   []*kerasArray  `json:"inputs"`
	Weights  []kerasVar     `json:"weights"`
	After    []*kerasArray  `json:"weights_after"`
	Outputs  []*kerasArray  `json:"outputs"`
	Masks    []*kerasArray  `json:"masks_after"`
	Heads    []*kerasPart   `json:"heads"`
	Losses   []float64      `json:"losses"`
}

// kerasCases reads a file of golden cases.
func kerasCases(t *testing.T, name string, each func(c *kerasCase)) {
	t.Helper()
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set; the golden cases are not there")
	}
	f, err := os.Open(filepath.Join(dir, "golden", "keras3", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		c := &kerasCase{}
		if err := json.Unmarshal(lines.Bytes(), c); err != nil {
			t.Fatal(err)
		}
		each(c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// sameAsKeras fails where numbers differ from Keras's.
func sameAsKeras(t *testing.T, what string, got *graph.Array, want *kerasArray, tolerance float64) {
	t.Helper()
	w := want.array(t)
	if !got.Shape.Equal(w.Shape) {
		t.Fatalf("%s: shape %v, Keras has %v", what, got.Shape, w.Shape)
	}
	most := 1.0
	for _, v := range w.V {
		most = math.Max(most, math.Abs(v))
	}
	for i := range w.V {
		if d := math.Abs(got.V[i] - w.V[i]); !(d <= tolerance*most) {
			t.Fatalf("%s: element %d is %v, Keras has %v", what, i, got.V[i], w.V[i])
		}
	}
}

// load gives the weights under a path their values, in order.
func load(t *testing.T, e *graph.Evaluator, store *weight.Store, prefix string, values []*kerasArray) {
	t.Helper()
	for _, v := range store.Vars() {
		if len(v.Path) <= len(prefix) || v.Path[:len(prefix)] != prefix {
			continue
		}
		if len(values) == 0 {
			t.Fatalf("%s has no value in the case", v.Path)
		}
		a := values[0].array(t)
		if !a.Shape.Equal(v.Shape) {
			t.Fatalf("%s is %v, Keras has %v", v.Path, v.Shape, a.Shape)
		}
		e.Leaves[v.Path], values = a, values[1:]
	}
}

// TestMasks: masks pass, stop and change as in Keras 3, and the numbers behind them are Keras's.
func TestMasks(t *testing.T) {
	tried := map[string]int{}
	kerasCases(t, "masks.jsonl", func(c *kerasCase) {
		if !Layers.Has(c.Class) || c.Rule == "error" || longMask(c) {
			return
		}
		l, err := Layers.New(c.Class, c.Config)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			return
		}
		tried[c.Class]++
		t.Run(c.Name, func(t *testing.T) { c.masks(t, l) })
	})
	if len(tried) < 44 {
		t.Errorf("only %d layers were compared: %v", len(tried), tried)
	}
}

// longMask reports a mask over more than steps, as Keras's Masking makes of samples with more than two axes.
func longMask(c *kerasCase) bool {
	for i, p := range c.Prefix {
		if p != nil && p.Class == "Masking" && len(c.Inputs[i].Shape) != 3 || p != nil && p.Class == "Embedding" &&
			len(c.Inputs[i].Shape) != 2 {
			return true
		}
	}
	return false
}

func (c *kerasCase) masks(t *testing.T, l Layer) {
	tr, store := NewTrace(c.Training), weight.NewStore()
	e := &graph.Evaluator{Leaves: map[string]*graph.Array{"key": {Type: graph.KeyType, V: make([]float64, 4)}}}
	var y []*graph.Node
	heads := make([]*graph.Node, len(c.Heads))
	if err := graph.Catch(func() {
		s := NewScope(tr, store, true)
		var x []*graph.Node
		for i, in := range c.Inputs {
			name := fmt.Sprint("x", i)
			a := in.array(t)
			e.Leaves[name] = a
			n := tr.Graph.Input(name, a.Type)
			if p := c.Prefix[i]; p != nil {
				before, err := Layers.New(p.Class, p.Config)
				if err != nil {
					t.Fatal(err)
				}
				n = s.Child(fmt.Sprint("before", i), before, n)[0]
			}
			x = append(x, n)
		}
		y = s.Child("layer", l, x...)
		for i, h := range c.Heads {
			head, err := Layers.New(h.Class, h.Config)
			if err != nil {
				t.Fatal(err)
			}
			if h.Output != nil {
				heads[i] = s.Child(fmt.Sprint("head", i), head, y[0])[0]
			}
		}
	}); err != nil {
		t.Fatal(Cause(err))
	}
	for i, p := range c.Prefix {
		if p != nil {
			load(t, e, store, fmt.Sprintf("before%d/", i), p.Weights)
		}
	}
	var values []*kerasArray
	for _, w := range c.Weights {
		values = append(values, w.Value)
	}
	load(t, e, store, "layer/", values)
	for i, h := range c.Heads {
		load(t, e, store, fmt.Sprintf("head%d/", i), h.Weights)
	}
	value := func(n *graph.Node) *graph.Array {
		a, err := e.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	tolerance := 1e-6
	for i, want := range c.Outputs {
		sameAsKeras(t, "output", value(y[i]), want, tolerance)
		mask := tr.Mask(y[i])
		switch want := c.Masks[i]; {
		case want == nil && mask != nil:
			t.Errorf("output %d has a mask, in Keras it has none", i)
		case want == nil:
		case mask != nil:
			sameAsKeras(t, "mask", value(mask), want, 0)
		default: // no mask stands for a mask of ones
			for _, v := range want.array(t).V {
				if v != 1 {
					t.Fatalf("output %d has no mask, Keras has one", i)
				}
			}
		}
	}
	for i, h := range c.Heads {
		if heads[i] != nil {
			sameAsKeras(t, h.Class+" behind it", value(heads[i]), h.Output, tolerance)
		}
	}
}

// TestLosses: penalties of weights and of outputs are those of Keras 3 (layers/core.jsonl,
// layers/regularization.jsonl).
func TestLosses(t *testing.T) {
	tried := 0
	for _, group := range []string{"layers/core.jsonl", "layers/regularization.jsonl"} {
		kerasCases(t, group, func(c *kerasCase) {
			if len(c.Losses) == 0 || !Layers.Has(c.Class) || c.Config["lora_rank"] != nil { // gorae refuses lora
				return
			}
			tried++
			t.Run(c.Name, func(t *testing.T) {
				l, err := Layers.New(c.Class, c.Config)
				if err != nil {
					t.Fatal(err)
				}
				tr, store := NewTrace(c.Training), weight.NewStore()
				e := &graph.Evaluator{Leaves: map[string]*graph.Array{"key": {Type: graph.KeyType,
					V: make([]float64, 4)}}}
				if err := graph.Catch(func() {
					s := NewScope(tr, store, true)
					a := c.Inputs[0].array(t)
					e.Leaves["x"] = a
					s.Child("layer", l, tr.Graph.Input("x", a.Type))
				}); err != nil {
					t.Fatal(Cause(err))
				}
				var values []*kerasArray
				for _, w := range c.Weights {
					values = append(values, w.Value)
				}
				load(t, e, store, "layer/", values)
				got, err := e.Value(tr.Penalty())
				if err != nil {
					t.Fatal(err)
				}
				want := 0.0
				for _, l := range c.Losses {
					want += l
				}
				if math.Abs(got.V[0]-want) > 1e-6*(1+math.Abs(want)) {
					t.Errorf("the penalties are %v, Keras has %v", got.V[0], want)
				}
			})
		})
	}
	if tried < 13 {
		t.Errorf("only %d cases were compared", tried)
	}
}
