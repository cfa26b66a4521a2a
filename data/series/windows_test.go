package series

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/tensor"
)

// minutes is n steps of 3 channels; channel c of step t (from 1) is t + c/4, so that
// each number tells where it stood.
func minutes(n int) *tensor.Tensor {
	x := tensor.New(tensor.Float32, n, 3)
	for i := range x.F32 {
		x.F32[i] = float32(i/3+1) + float32(i%3)/4
	}
	return x
}

// TestD9: the chapter's numbers on 39,001 minutes.
func TestD9(t *testing.T) {
	x := minutes(39001)
	for _, c := range []struct{ stride, samples int }{{390, 100}, {1, 38611}} {
		w := &Windows{X: x, Length: 390, Stride: c.stride, Targets: []int{0}}
		if err := w.Check(); err != nil {
			t.Fatal(err)
		}
		if w.Len() != c.samples {
			t.Errorf("stride %d: %d samples, want %d", c.stride, w.Len(), c.samples)
		}
		s := w.Spec()
		whole := append([]int{w.Len()}, s.Inputs[0].Shape...)
		if want := []int{c.samples, 390, 3}; !slices.Equal(whole, want) {
			t.Errorf("X is %v, want %v", whole, want)
		}
		if !s.Targets[0].Shape.Equal(tensor.Shape{1}) {
			t.Errorf("y is %v, want (1)", s.Targets[0].Shape)
		}
		l := data.Loader{Data: w, Size: 1}
		b, err := l.New()
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Fill(b, 0, w.Len()-1); err != nil {
			t.Fatal(err)
		}
		if y := b.Targets[0].F32[0]; y != 39001 {
			t.Errorf("stride %d: the last target is minute %v, want 39001", c.stride, y)
		}
		if first, last := b.Inputs[0].F32[0], b.Inputs[0].F32[389*3+2]; first != 39001-390 || last != 39000.5 {
			t.Errorf("stride %d: the last window runs from %v to %v", c.stride, first, last)
		}
	}
}

// TestViews: a window is the series' own memory, and reading one allocates nothing.
func TestViews(t *testing.T) {
	w := &Windows{X: minutes(1000), Length: 390, Targets: []int{0, 2}, Horizon: 5, Steps: 2}
	if err := w.Check(); err != nil {
		t.Fatal(err)
	}
	v := w.View(7)
	if &v.F32[0] != &w.X.F32[7*3] || len(v.F32) != 390*3 {
		t.Error("a view is a copy")
	}
	row := data.Row{*tensor.New(tensor.Float32, 390, 3), *tensor.New(tensor.Float32, 4)}
	if n := testing.AllocsPerRun(20, func() {
		if err := w.Read(0, 7, row); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("Read allocates %v times", n)
	}
	if !slices.Equal(row[0].F32, v.F32) {
		t.Error("Read and View differ")
	}
	// Window 7 holds the minutes 8 … 397; five steps on is minute 402.
	if want := []float32{402, 402.5, 403, 403.5}; !slices.Equal(row[1].F32, want) {
		t.Errorf("targets %v, want %v", row[1].F32, want)
	}
	part := &Windows{X: w.X, Length: 2, Features: []int{2, 0}}
	if err := part.Check(); err != nil {
		t.Fatal(err)
	}
	row = data.Row{*tensor.New(tensor.Float32, 2, 2)}
	if err := part.Read(0, 998, row); err != nil || !slices.Equal(row[0].F32, []float32{999.5, 999, 1000.5, 1000}) {
		t.Errorf("chosen features: %v %v", row[0].F32, err)
	}
	if part.Read(0, 999, row) == nil || part.Read(0, -1, row) == nil {
		t.Error("a window beyond the end was read")
	}
}

// TestNoLeak: no step belongs to two parts, inputs and targets counted, over many
// lengths, horizons and strides.
func TestNoLeak(t *testing.T) {
	for _, c := range []struct{ length, horizon, steps, stride int }{{1, 1, 1, 1}, {24, 1, 1, 1}, {24, 12, 1, 5},
		{10, 3, 4, 10}, {7, 1, 7, 2}} {
		w := &Windows{X: minutes(500), Length: c.length, Horizon: c.horizon, Steps: c.steps, Stride: c.stride,
			Targets: []int{1}}
		if err := w.Check(); err != nil {
			t.Fatal(err)
		}
		learn, val, hold, err := w.Split(0.15, 0.15)
		if err != nil {
			t.Fatal(err)
		}
		owner := map[int]int{}
		for k, part := range [][]int{learn, val, hold} {
			for _, i := range part {
				for s := w.Begin(i); s <= w.Origin(i); s++ {
					claim(t, owner, s, k)
				}
				for s := range c.steps {
					claim(t, owner, w.Origin(i)+c.horizon+s, k)
				}
			}
		}
		if c.stride == 1 {
			// All windows but those on the two borders belong to a part.
			if got, want := len(learn)+len(val)+len(hold), w.Len()-2*(w.Extent()-1); got != want {
				t.Errorf("%+v: %d windows in parts, want %d", c, got, want)
			}
		}
	}
}

func claim(t *testing.T, owner map[int]int, step, part int) {
	t.Helper()
	if was, ok := owner[step]; ok && was != part {
		t.Fatalf("step %d belongs to parts %d and %d", step, was, part)
	}
	owner[step] = part
}

func TestBreaks(t *testing.T) {
	w := &Windows{X: minutes(20), Length: 3, Targets: []int{0}, Breaks: []int{5, 8, 12}}
	if err := w.Check(); err != nil {
		t.Fatal(err)
	}
	var begins []int
	for i := range w.Len() {
		begins = append(begins, w.Begin(i))
	}
	// Segments 0–4, 5–7, 8–11 and 12–19 hold 2, 0, 1 and 5 extents of 4.
	if want := []int{0, 1, 8, 12, 13, 14, 15, 16}; !slices.Equal(begins, want) {
		t.Errorf("windows begin at %v, want %v", begins, want)
	}
}

func TestWindowErrors(t *testing.T) {
	x := minutes(100)
	for want, w := range map[string]*Windows{
		"float32 of shape":                       {},
		"series.window: 0 is no number of steps": {X: x},
		"horizon: -1 is no":                      {X: x, Length: 3, Horizon: -1},
		"channel 3 of 3":                         {X: x, Length: 3, Targets: []int{3}},
		"need 101 steps in a row, the series has 100; give a shorter window": {X: x, Length: 100, Targets: []int{0}},
		"between its 1 breaks":                           {X: x, Length: 60, Breaks: []int{50}},
		"break at step 4":                                {X: x, Length: 6, Breaks: []int{50, 4}},
		"exceed any series":                              {X: x, Length: 1 << 62, Horizon: 1 << 62, Targets: []int{0}},
		"series.features: none; name at least one colum": {X: x, Length: 3, Features: []int{}},
	} {
		if err := w.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	w := &Windows{X: x, Length: 30, Targets: []int{0}}
	if err := w.Check(); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := w.Split(0.15, 0.15); err == nil || !strings.Contains(err.Error(),
		"validation span of 15 steps holds no window of 31") {
		t.Errorf("got %v", err)
	}
}

func ExampleWindows() {
	minutes := tensor.New(tensor.Float32, 39001, 3) // Open, High, Low
	for _, stride := range []int{390, 1} {
		w := &Windows{X: minutes, Length: 390, Stride: stride, Targets: []int{0}}
		if err := w.Check(); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(w.Len(), w.Spec().Inputs[0].Shape, w.Spec().Targets[0].Shape)
	}
	// Output:
	// 100 (390, 3) (1,)
	// 38611 (390, 3) (1,)
}
