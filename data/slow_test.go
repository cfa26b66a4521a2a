package data

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"gorae/tensor"
)

// varying is numbers that tell their epoch, read by several goroutines at a time.
type varying struct {
	n, workers int
	busy, most *atomic.Int64
	bad        map[int]bool
}

func (v varying) Spec() Spec {
	return Spec{
		Inputs: []Field{{Name: "x", DType: tensor.Int32, Shape: tensor.Shape{}}},
		Traits: Traits{Workers: v.workers, Varying: true},
	}
}
func (v varying) Len() int { return v.n }
func (v varying) Read(epoch, i int, row Row) error {
	n := v.busy.Add(1)
	defer v.busy.Add(-1)
	for old := v.most.Load(); n > old && !v.most.CompareAndSwap(old, n); old = v.most.Load() {
	}
	if v.bad[i] {
		return fmt.Errorf("broken %d", i)
	}
	row[0].I32[0] = int32(1000*epoch + i)
	return nil
}

// TestSlow: batches of a slow, varying dataset are the same for any number of workers, know their epoch
// through a Subset, and name the first bad sample of a batch.
func TestSlow(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		v := varying{n: 40, workers: workers, busy: new(atomic.Int64), most: new(atomic.Int64)}
		rows := []int{3, 1, 4, 15, 9, 2, 6, 5, 35, 8}
		l := Loader{Data: Subset{v, rows}, Size: 4, Shuffle: true, Seed: 5}
		b, err := l.New()
		if err != nil {
			t.Fatal(err)
		}
		for epoch := range 3 {
			want := Order(len(rows), 5, epoch)
			for step := range l.Steps() {
				if err := l.Fill(b, epoch, step); err != nil {
					t.Fatal(err)
				}
				for i := range b.Samples {
					if w := int32(1000*epoch + rows[want[4*step+i]]); b.Inputs[0].I32[i] != w {
						t.Errorf("workers %d epoch %d step %d: %d, want %d", workers, epoch, step, b.Inputs[0].I32[i],
							w)
					}
				}
			}
		}
		if most := v.most.Load(); most > int64(workers) {
			t.Errorf("%d samples read at a time, %d wanted", most, workers)
		}
		v.bad = map[int]bool{7: true, 5: true, 6: true}
		l = Loader{Data: v, Size: 10}
		if err := l.Fill(b2(t, &l), 0, 0); err == nil || !strings.Contains(err.Error(), "sample 5: broken 5") {
			t.Errorf("workers %d: %v", workers, err)
		}
	}
}

func b2(t *testing.T, l *Loader) *Batch {
	t.Helper()
	b, err := l.New()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
