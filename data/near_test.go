package data

import (
	"slices"
	"sync"
	"testing"

	"gorae/tensor"
)

// told is a dataset that is told which samples are read next. It notes whether each was told of before it was read.
type told struct {
	*Memory
	mu      sync.Mutex
	windows [][]int
	untold  int
}

func (d *told) Spec() Spec {
	s := d.Memory.Spec()
	s.Window = 50
	s.Gather = func(samples []int) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.windows = append(d.windows, slices.Clone(samples))
	}
	return s
}

func (d *told) Read(epoch, i int, row Row) error {
	d.mu.Lock()
	if !slices.ContainsFunc(d.windows[max(0, len(d.windows)-2):], func(w []int) bool { return slices.Contains(w, i) }) {
		d.untold++
	}
	d.mu.Unlock()
	return d.Memory.Read(epoch, i, row)
}

// A loader tells a dataset which samples it reads next, window by window, in the order of the epoch and through the
// datasets around it; the batches are those of a dataset that is not told.
func TestLoaderTellsWhatIsNext(t *testing.T) {
	x := tensor.New(tensor.Float32, 333, 2)
	for i := range x.F32 {
		x.F32[i] = float32(i)
	}
	plain, err := Of(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := Range(333)[10:300]
	slices.Reverse(rows)
	for _, shuffle := range []bool{false, true} {
		for _, size := range []int{7, 10, 64, 1000} { // batches that do and do not fill windows, and larger ones
			d := &told{Memory: plain}
			y, err := WithTargets(Subset{Dataset: d, Rows: rows}, Subset{Dataset: plain, Rows: rows})
			if err != nil {
				t.Fatal(err)
			}
			a := &Loader{Data: y, Size: size, Shuffle: shuffle, Seed: 3}
			b := &Loader{Data: Subset{Dataset: plain, Rows: rows}, Size: size, Shuffle: shuffle, Seed: 3}
			for _, begin := range []int{0, 1} {
				got, err := a.Stream(0, min(begin, a.Steps()-1))
				if err != nil {
					t.Fatal(err)
				}
				want, err := b.Stream(0, min(begin, a.Steps()-1))
				if err != nil {
					t.Fatal(err)
				}
				for range 3 * a.Steps() {
					p, err := got.Next()
					if err != nil {
						t.Fatal(err)
					}
					q, err := want.Next()
					if err != nil {
						t.Fatal(err)
					}
					if !slices.Equal(p.Samples, q.Samples) || !slices.Equal(p.Inputs[0].F32, q.Inputs[0].F32) {
						t.Fatalf("batches of %d: %v, want %v", size, p.Samples, q.Samples)
					}
				}
				got.Close()
				want.Close()
			}
			d.mu.Lock()
			if d.untold > 0 {
				t.Errorf("batches of %d, shuffled %v: %d samples that were not told of", size, shuffle, d.untold)
			}
			if n := len(d.windows); n < 6 || n > 2*3*(1+290/min(50, size)) {
				t.Errorf("batches of %d, shuffled %v: %d windows", size, shuffle, n)
			}
			d.mu.Unlock()
		}
	}
}
