package data

import (
	"slices"
	"testing"

	"gorae/tensor"
)

// told is a dataset that is told in which order its samples are read. It notes how many come otherwise.
type told struct {
	*Memory
	t      *testing.T
	order  []int
	next   int
	open   int // orders of which it was told and not that they end
	orders int
	untold int
}

func (d *told) Spec() Spec {
	s := d.Memory.Spec()
	s.Arrange = func(n int, order func(place int) int) Arrangement {
		d.order, d.next = nil, 0
		for place := range n {
			d.order = append(d.order, order(place))
		}
		d.open++
		d.orders++
		return d
	}
	return s
}

func (d *told) Seek(place int) { d.next = place }

func (d *told) Close() {
	if d.open--; d.open < 0 {
		d.t.Error("an order ends twice")
	}
}

func (d *told) Read(epoch, i int, row Row) error {
	if d.open != 1 || d.next >= len(d.order) || d.order[d.next] != i {
		d.untold++
	}
	d.next++
	return d.Memory.Read(epoch, i, row)
}

// A loader tells a dataset in which order it reads the samples of an epoch, through the datasets around it; the batches
// are those of a dataset that is not told.
func TestLoaderTellsTheOrder(t *testing.T) {
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
	lists := [][]int{Range(290)[:200], Range(290)[80:], Range(290)[50:260]}
	for k := range 12 {
		shuffle, lists := k%2 == 1, [][][]int{nil, lists}[k/2%2]
		size := []int{7, 64, 1000}[k/4]
		d := &told{Memory: plain, t: t}
		y, err := WithTargets(Subset{Dataset: d, Rows: rows}, Subset{Dataset: plain, Rows: rows})
		if err != nil {
			t.Fatal(err)
		}
		a := &Loader{Data: y, Size: size, Shuffle: shuffle, Seed: 3, Lists: lists}
		b := &Loader{Data: Subset{Dataset: plain, Rows: rows}, Size: size, Shuffle: shuffle, Seed: 3, Lists: lists}
		same := func(p, q *Batch) {
			t.Helper()
			if !slices.Equal(p.Samples, q.Samples) || !slices.Equal(p.Inputs[0].F32, q.Inputs[0].F32) ||
				!slices.Equal(p.Inputs[0].F32, p.Targets[0].F32) {
				t.Fatalf("batches of %d: %v, want %v", size, p.Samples, q.Samples)
			}
		}
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
				same(p, q)
			}
			got.Close()
			want.Close()
			if d.open != 0 {
				t.Errorf("%d orders that do not end with the stream", d.open)
			}
		}
		p, _ := a.New()
		q, _ := b.New()
		before := d.orders
		for _, step := range []int{0, 1, 2, 1, 0, a.Steps() - 1} {
			step = min(step, a.Steps()-1)
			if err := a.Fill(p, 5, step); err != nil {
				t.Fatal(err)
			}
			if err := b.Fill(q, 5, step); err != nil {
				t.Fatal(err)
			}
			same(p, q)
		}
		p.Release()
		if d.untold > 0 || d.open != 0 || d.orders != before+1 {
			t.Errorf("batches of %d, shuffled %v: %d samples that were not told of, %d orders that do not end, "+
				"%d of one epoch", size, shuffle, d.untold, d.open, d.orders-before)
		}
	}
}
