package weight

import (
	"fmt"
	"math"
	"testing"
	"unsafe"

	"gorae/graph"
	"gorae/tensor"
)

// TestPhilox compares with the known answers of Random123 (kat_vectors, philox 4x32 10).
func TestPhilox(t *testing.T) {
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, [2]uint32{0xffffffff, 0xffffffff},
			[4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := philox(c.counter, c.key); got != c.want {
			t.Errorf("philox(%x, %x) is %x, want %x", c.counter, c.key, got, c.want)
		}
	}
}

// moments are the mean, the standard deviation and the greatest size of numbers.
func moments(w []float32) (mean, sd, most float64) {
	for _, v := range w {
		mean += float64(v)
		most = math.Max(most, math.Abs(float64(v)))
	}
	mean /= float64(len(w))
	for _, v := range w {
		sd += (float64(v) - mean) * (float64(v) - mean)
	}
	return mean, math.Sqrt(sd / float64(len(w))), most
}

// TestP2Initializers compares standard deviations and bounds with Keras's formulas. A kernel (3, 3,
// 40, 60) has fan in 360 and fan out 540.
func TestP2Initializers(t *testing.T) {
	shape := tensor.Shape{3, 3, 40, 60}
	w := make([]float32, shape.Size())
	for name, c := range map[string]struct{ sd, most float64 }{
		"glorot_uniform":   {math.Sqrt(2.0 / 900), math.Sqrt(6.0 / 900)},
		"glorot_normal":    {math.Sqrt(2.0 / 900), 2 * math.Sqrt(2.0/900) / 0.8796256610342398},
		"he_uniform":       {math.Sqrt(2.0 / 360), math.Sqrt(6.0 / 360)},
		"he_normal":        {math.Sqrt(2.0 / 360), 2 * math.Sqrt(2.0/360) / 0.8796256610342398},
		"lecun_uniform":    {math.Sqrt(1.0 / 360), math.Sqrt(3.0 / 360)},
		"lecun_normal":     {math.Sqrt(1.0 / 360), 2 * math.Sqrt(1.0/360) / 0.8796256610342398},
		"random_uniform":   {0.1 / math.Sqrt(12), 0.05},
		"random_normal":    {0.05, 0.05 * 6},
		"truncated_normal": {0.05 * 0.8796256610342398, 0.1},
		"variance_scaling": {math.Sqrt(1.0 / 360), 2 * math.Sqrt(1.0/360) / 0.8796256610342398},
	} {
		i, err := Initializers.New(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := i.Fill(w, shape, NewRand(1, "kernel")); err != nil {
			t.Fatal(err)
		}
		mean, sd, most := moments(w)
		if math.Abs(mean) > 0.02*c.sd || math.Abs(sd/c.sd-1) > 0.01 || most > c.most*(1+1e-6) || most < 0.5*c.most {
			t.Errorf("%s: mean %v, sd %v (want %v), greatest %v (want up to %v)", name, mean, sd, c.sd, most, c.most)
		}
	}
}

func TestP2Constants(t *testing.T) {
	for name, want := range map[string]float32{"zeros": 0, "ones": 1, "Constant": 0} {
		i, err := Initializers.New(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		w := []float32{7, 7}
		if err := i.Fill(w, tensor.Shape{2}, nil); err != nil || w[0] != want || w[1] != want {
			t.Errorf("%s gives %v, %v", name, w, err)
		}
	}
	w := make([]float32, 6)
	if err := (Identity{Gain: new(2.0)}).Fill(w, tensor.Shape{2, 3}, nil); err != nil ||
		fmt.Sprint(w) != "[2 0 0 0 2 0]" {
		t.Errorf("identity gives %v, %v", w, err)
	}
}

func TestP2Orthogonal(t *testing.T) {
	for _, s := range []tensor.Shape{{5, 5}, {7, 3}, {3, 7}, {2, 3, 4}, {1, 1}} {
		w := make([]float32, s.Size())
		if err := (Orthogonal{Gain: new(2.0)}).Fill(w, s, NewRand(3, "u")); err != nil {
			t.Fatal(err)
		}
		rows, cols := s[:len(s)-1].Size(), s[len(s)-1]
		at := func(i, k int) float64 { // element k of vector i
			if rows >= cols {
				return float64(w[k*cols+i])
			}
			return float64(w[i*cols+k])
		}
		for i := range min(rows, cols) {
			for j := range min(rows, cols) {
				d := 0.0
				for k := range max(rows, cols) {
					d += at(i, k) * at(j, k)
				}
				if want := map[bool]float64{true: 4}[i == j]; math.Abs(d-want) > 1e-5 {
					t.Errorf("%v: product of %d and %d is %v", s, i, j, d)
				}
			}
		}
	}
	if err := (Orthogonal{}).Fill(make([]float32, 3), tensor.Shape{3}, NewRand(3, "u")); err == nil {
		t.Error("a vector is no orthogonal matrix")
	}
}

// TestP2SeedAndPath shows that first values follow from the seed and the path only.
func TestP2SeedAndPath(t *testing.T) {
	make1 := func(seed uint64, paths ...string) *Store {
		s := NewStore()
		for _, p := range paths {
			if _, err := s.Add(p, Variable{Shape: tensor.Shape{3, 5}, Trainable: true,
				Init: GlorotUniform{}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Init(seed); err != nil {
			t.Fatal(err)
		}
		return s
	}
	a, b, c := make1(1, "a", "b"), make1(1, "b", "c", "a"), make1(2, "a")
	text := func(s *Store, p string) string { return fmt.Sprint(s.Var(p).Value.F32) }
	if text(a, "a") != text(b, "a") || text(a, "b") != text(b, "b") {
		t.Error("another variable beside it changes the values")
	}
	if text(a, "a") == text(a, "b") || text(a, "a") == text(c, "a") {
		t.Error("another path or seed does not change the values")
	}
	own := make1(1, "a")
	if err := (GlorotUniform{Seeded: Seeded{new(9)}}).Fill(own.Var("a").Value.F32, tensor.Shape{3, 5},
		NewRand(1, "a")); err != nil {
		t.Fatal(err)
	}
	if text(own, "a") == text(a, "a") {
		t.Error("a seed of its own does not change the values")
	}
}

func TestStore(t *testing.T) {
	s := NewStore()
	for _, v := range []Var{
		{"d/kernel", &Variable{Shape: tensor.Shape{3, 7}, Trainable: true, Init: Ones{}}},
		{"d/mean", &Variable{Shape: tensor.Shape{7}, Kind: State}},
		{"d/bias", &Variable{Shape: tensor.Shape{7}, Trainable: true}},
		{"d/fixed", &Variable{Shape: tensor.Shape{}, Init: Ones{}}},
	} {
		if _, err := s.Add(v.Path, *v.Variable); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Add("d/bias", Variable{Shape: tensor.Shape{7}}); err == nil {
		t.Error("a path can be used twice")
	}
	for _, bad := range []tensor.Shape{{0}, {-1, 2}, {1 << 20, 1 << 20, 1 << 20}} {
		if _, err := s.Add(fmt.Sprint(bad), Variable{Shape: bad}); err == nil {
			t.Errorf("shape %v is taken", bad)
		}
	}
	if err := s.Set("d/bias", tensor.New(tensor.Float32, 7)); err == nil {
		t.Error("values are taken before there is memory")
	}
	if err := s.Init(1); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add("late", Variable{Shape: tensor.Shape{7}}); err == nil {
		t.Error("a variable can come late")
	}
	for _, v := range s.Vars() {
		if p := uintptr(unsafe.Pointer(&v.Value.F32[0])); p%64 != 0 {
			t.Errorf("%s lies at %x", v.Path, p)
		}
	}
	if n := len(s.Trainable()); n != 2 {
		t.Errorf("%d weights are trainable", n)
	}
	if n := len(s.Flat()); n != 32+16+16 {
		t.Errorf("the weights take %d numbers", n)
	}
	c, snap := s.Clone(), s.Snapshot()
	s.Var("d/bias").Value.F32[2] = 5
	s.Var("d/mean").Value.F32[3] = 6
	if c.Var("d/bias").Value.F32[2] != 0 {
		t.Error("a clone shares numbers")
	}
	if err := c.CopyFrom(s); err != nil || c.Var("d/bias").Value.F32[2] != 5 || c.Var("d/mean").Value.F32[3] != 6 {
		t.Errorf("copying gives %v, %v", c.Var("d/bias").Value.F32, err)
	}
	if err := s.Restore(snap); err != nil || s.Var("d/bias").Value.F32[2] != 0 || s.Var("d/mean").Value.F32[3] != 0 {
		t.Errorf("restoring gives %v, %v", s.Var("d/bias").Value.F32, err)
	}
	if s.Restore(snap[1:]) == nil || s.SnapshotInto(snap[1:]) == nil {
		t.Error("a snapshot of another size is taken")
	}
	if n := testing.AllocsPerRun(10, func() {
		if err := s.SnapshotInto(snap); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a snapshot into memory allocates %v times", n)
	}
	for path, v := range map[string]*tensor.Tensor{"none": tensor.New(tensor.Float32, 7),
		"d/bias": tensor.New(tensor.Float32, 8), "d/mean": tensor.New(tensor.Int32, 7)} {
		if s.Set(path, v) == nil {
			t.Errorf("%s takes %v", path, v.Shape)
		}
	}
}

func TestP9Regularizers(t *testing.T) {
	for _, c := range []struct {
		cfg    any
		l1, l2 float64
	}{{"l1", 0.01, 0}, {"l2", 0, 0.01}, {map[string]any{"l2": 0.1}, 0,
		0.1}, {map[string]any{"l1_l2": map[string]any{"l1": 0.2, "l2": 0.3}}, 0.2, 0.3},
		{map[string]any{"class_name": "L1L2", "config": map[string]any{"l1": 0.0, "l2": 0.5}}, 0,
			0.5}, {map[string]any{"l2": 0}, 0, 0}} {
		r, err := Regularizers.Decode(c.cfg)
		if err != nil {
			t.Errorf("%v: %v", c.cfg, err)
			continue
		}
		g := graph.New()
		e := &graph.Evaluator{Leaves: map[string]*graph.Array{"w": {Type: graph.F32(2), V: []float64{1, -2}}}}
		got, err := e.Value(r.Penalty(g.Input("w", graph.F32(2))))
		if want := 3*c.l1 + 5*c.l2; err != nil || math.Abs(got.V[0]-want) > 1e-6 {
			t.Errorf("%v gives %v, %v; want %v", c.cfg, got, err, want)
		}
	}
}

func ExampleStore() {
	s := NewStore()
	if _, err := s.Add("dense/bias", Variable{Shape: tensor.Shape{3}, Trainable: true,
		Init: Constant{Value: 0.5}}); err != nil {
		fmt.Println(err)
		return
	}
	if err := s.Init(42); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Var("dense/bias").Value.F32)
	// Output: [0.5 0.5 0.5]
}
