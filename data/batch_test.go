package data

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorae/tensor"
)

// numbered is n samples whose every element says which sample it is of.
func numbered(t testing.TB, n int) *Memory {
	t.Helper()
	x, y := tensor.New(tensor.Float32, n, 3), tensor.New(tensor.Int32, n)
	p := tensor.New(tensor.Uint8, n, 2, 2, 1)
	for i := range n {
		for k := range 3 {
			x.F32[3*i+k] = float32(10*i + k)
		}
		y.I32[i] = int32(i)
		for k := range 4 {
			p.U8[4*i+k] = uint8(i + k)
		}
	}
	m := &Memory{Inputs: []tensor.Named{{Name: "x", Tensor: x}, {Name: "p", Tensor: p}},
		Targets: []tensor.Named{{Name: "y", Tensor: y}}}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	return m
}

func checkBatch(t *testing.T, b *Batch, samples []int) {
	t.Helper()
	if !slices.Equal(b.Samples, samples) {
		t.Fatalf("epoch %d step %d: samples %v, want %v", b.Epoch, b.Step, b.Samples, samples)
	}
	n := len(samples)
	x, p, y := b.Inputs[0], b.Inputs[1], b.Targets[0]
	if fmt.Sprint(x.Shape, p.Shape, y.Shape) != fmt.Sprintf("(%d, 3) (%d, 2, 2, 1) (%d,)", n, n,
		n) || len(x.F32) != 3*n || len(p.U8) != 4*n || len(y.I32) != n {
		t.Fatalf("shapes %v %v %v for %d samples", x.Shape, p.Shape, y.Shape, n)
	}
	for i, s := range samples {
		if x.F32[3*i+2] != float32(10*s+2) || p.U8[4*i+3] != uint8(s+3) || y.I32[i] != int32(s) {
			t.Fatalf("place %d does not hold sample %d", i, s)
		}
	}
}

func TestLoader(t *testing.T) {
	l := &Loader{Data: numbered(t, 10), Size: 4, Seed: 7}
	b, err := l.New()
	if err != nil {
		t.Fatal(err)
	}
	if l.Steps() != 3 {
		t.Fatal(l.Steps())
	}
	for step, want := range [][]int{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9}} {
		if err := l.Fill(b, 0, step); err != nil {
			t.Fatal(err)
		}
		checkBatch(t, b, want)
	}
	if err := l.Fill(b, 0, 0); err != nil { // the small batch did not shrink the next
		t.Fatal(err)
	}
	checkBatch(t, b, []int{0, 1, 2, 3})

	l.Shuffle = true
	for epoch := range 3 {
		order := Order(10, 7, epoch)
		for step := range 3 {
			if err := l.Fill(b, epoch, step); err != nil {
				t.Fatal(err)
			}
			checkBatch(t, b, order[4*step:min(10, 4*step+4)])
		}
	}
	if slices.Equal(Order(10, 7, 0), Order(10, 7, 1)) || slices.Equal(Order(10, 7, 0), Order(10, 8, 0)) {
		t.Error("epochs or seeds share an order")
	}
	if err := l.Fill(b, 0, 3); err == nil {
		t.Error("a step beyond the epoch was filled")
	}
	if l := (&Loader{Data: numbered(t, 100)}); l.Steps() != 4 {
		t.Error("the default batch is not 32 samples")
	}
	if _, err := (&Loader{Data: numbered(t, 3), Size: -1}).New(); err == nil || !strings.Contains(err.Error(),
		"batch_size: -1") {
		t.Error(err)
	}
}

func TestFillAllocatesNothing(t *testing.T) {
	l := &Loader{Data: Subset{numbered(t, 100), Order(100, 1, 0)[:90]}, Size: 16, Shuffle: true}
	b, err := l.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Fill(b, 0, 0); err != nil {
		t.Fatal(err)
	}
	step := 0
	if n := testing.AllocsPerRun(100, func() {
		step++
		if err := l.Fill(b, step/6, step%6); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per batch", n)
	}
}

// A stream taken up anywhere gives what an uninterrupted one gives there.
func TestStreamResumes(t *testing.T) {
	l := &Loader{Data: numbered(t, 23), Size: 5, Shuffle: true, Seed: 3}
	const total = 12
	follow := func(epoch, step, n int) []string {
		s, err := l.Stream(epoch, step)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		var out []string
		for range n {
			b, err := s.Next()
			if err != nil {
				t.Fatal(err)
			}
			checkBatch(t, b, slices.Clone(b.Samples))
			out = append(out, fmt.Sprint(b.Epoch, b.Step, b.Samples))
		}
		return out
	}
	all := follow(0, 0, total)
	for k := range total {
		if got := follow(k/5, k%5, total-k); !slices.Equal(got, all[k:]) {
			t.Fatalf("from batch %d: %v, want %v", k, got, all[k:])
		}
	}
	if got := follow(0, 5, 1); got[0] != all[5] {
		t.Errorf("from the end of an epoch: %v, want %v", got[0], all[5])
	}
}

func TestStreamCloses(t *testing.T) {
	l := &Loader{Data: numbered(t, 23), Size: 5}
	s, err := l.Stream(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s.Close()
	for range 5 { // what was prepared may still come, then the end
		if _, err = s.Next(); err != nil {
			break
		}
	}
	if !errors.Is(err, errClosed) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := l.Stream(0, 6); err == nil {
		t.Error("a stream began beyond its epoch")
	}
	if _, err := (&Loader{Data: Subset{numbered(t, 3), nil}}).Stream(0, 0); err == nil {
		t.Error("a stream of no samples began")
	}
}

// failing cannot read sample 7.
type failing struct{ *Memory }

func (f failing) Read(epoch, i int, row Row) error {
	if i == 7 {
		return errors.New("unreadable")
	}
	return f.Memory.Read(epoch, i, row)
}

func TestStreamError(t *testing.T) {
	l := &Loader{Data: failing{numbered(t, 10)}, Size: 4}
	s, err := l.Stream(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := s.Next(); err == nil || err.Error() != "sample 7: unreadable" {
			t.Errorf("%v", err)
		}
	}
}

func TestDatasetIsConcurrent(t *testing.T) {
	l := &Loader{Data: numbered(t, 64), Size: 8, Shuffle: true}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			b, err := l.New()
			if err != nil {
				t.Error(err)
				return
			}
			order := Order(64, 0, g)
			for step := range l.Steps() {
				if err := l.Fill(b, g, step); err != nil || !slices.Equal(b.Samples,
					order[8*step:8*step+8]) || b.Targets[0].I32[7] != int32(order[8*step+7]) {
					t.Errorf("goroutine %d step %d: %v", g, step, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestMemoryErrors(t *testing.T) {
	x := tensor.New(tensor.Float32, 3, 2)
	if _, err := Of(x, tensor.New(tensor.Int32,
		2)); err == nil || err.Error() != `data: "y" has 2 samples where "x" has 3` {
		t.Error(err)
	}
	if _, err := Of(tensor.New(tensor.Float32), nil); err == nil {
		t.Error("a scalar became a dataset")
	}
	if err := (&Memory{}).Check(); err == nil {
		t.Error("nothing became a dataset")
	}
	m, err := Of(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []Dataset{m, Subset{m, []int{1}}} {
		if err := d.Read(0, 3, nil); err == nil {
			t.Errorf("%T read a sample that it has not", d)
		}
		if err := d.Read(0, -1, nil); err == nil {
			t.Errorf("%T read a sample that it has not", d)
		}
	}
}

func ExampleLoader() {
	x := tensor.Of([]float32{0, 1, 2, 3, 4}, 5, 1)
	d, err := Of(x, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	l := &Loader{Data: d, Size: 2}
	b, err := l.New()
	for step := 0; err == nil && step < l.Steps(); step++ {
		err = l.Fill(b, 0, step)
		fmt.Println(b.Samples, b.Inputs[0].F32)
	}
	// Output:
	// [0 1] [0 1]
	// [2 3] [2 3]
	// [4] [4]
}
