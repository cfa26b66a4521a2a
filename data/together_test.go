package data

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/tensor"
)

// A batch holds what Read gives of its samples, for every type of elements, through subsets, joined datasets and
// reconstructions, and where a dataset of others has a Read alone, also one that it has in place of an embedded one's.
func TestReadBatch(t *testing.T) {
	const n = 40
	pixels, ids, one := tensor.New(tensor.Uint8, n, 2, 3), tensor.New(tensor.Int32, n, 2), tensor.New(tensor.Float32, n)
	wide := tensor.New(tensor.Float32, n, 5)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range pixels.U8 {
		pixels.U8[i] = uint8(random.Uint32())
	}
	for i := range ids.I32 {
		ids.I32[i] = int32(random.Uint32())
	}
	for _, x := range [][]float32{one.F32, wide.F32} {
		for i := range x {
			x[i] = random.Float32()
		}
	}
	all := &Memory{Inputs: []tensor.Named{{Name: "p", Tensor: pixels}, {Name: "x", Tensor: wide}},
		Targets: []tensor.Named{{Name: "id", Tensor: ids}, {Name: "y", Tensor: one}}}
	y, err := Tensors(tensor.Named{Name: "y", Tensor: one}, tensor.Named{Name: "id", Tensor: ids})
	if err != nil {
		t.Fatal(err)
	}
	joined, err := WithTargets(Subset{Dataset: all, Rows: random.Perm(n)}, y)
	if err != nil {
		t.Fatal(err)
	}
	for k, d := range []Dataset{all, failing{numbered(t, n)}, Untargeted{all}, joined, Reconstruction(all),
		Subset{Dataset: Subset{Dataset: joined, Rows: random.Perm(n)}, Rows: []int{3, 3, 0, 39, 12, 8}}} {
		spec := d.Spec()
		samples := []int{5, 0, 2, 2, 4}
		for fields := range len(spec.Fields()) + 1 {
			var to []*tensor.Tensor
			for _, f := range spec.Fields()[:fields] {
				to = append(to, tensor.New(f.DType, append([]int{len(samples)}, f.Shape...)...))
			}
			if got, err := ReadBatch(d, 0, samples, to); got != len(samples) || err != nil {
				t.Fatalf("dataset %d: %d samples, %v", k, got, err)
			}
			row := spec.Row()[:fields]
			for i, sample := range samples {
				if err := d.Read(0, sample, row); err != nil {
					t.Fatal(err)
				}
				for j := range row {
					got := to[j].Rows(i, i+1)
					if !slices.Equal(got.F32, row[j].F32) || !slices.Equal(got.I32, row[j].I32) ||
						!slices.Equal(got.U8, row[j].U8) {
						t.Errorf("dataset %d, sample %d, field %d: %v, want %v", k, sample, j, got, row[j])
					}
				}
			}
			for _, wrong := range []int{-1, d.Len()} {
				if at, err := ReadBatch(d, 0, []int{1, wrong, 0}, to[:min(1, fields)]); err == nil || at > 1 {
					t.Errorf("dataset %d: sample %d was read, %d", k, wrong, at)
				}
			}
		}
	}
	l := &Loader{Data: Subset{Dataset: failing{numbered(t, n)}, Rows: []int{1, 2, 7}}, Size: 3}
	b, err := l.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Fill(b, 0, 0); err == nil || !strings.HasPrefix(err.Error(), "sample 2: unreadable") {
		t.Errorf("%v", err)
	}
	if _, err := (&Loader{Data: endless{}}).New(); err == nil || !strings.Contains(err.Error(), "4294967295") {
		t.Errorf("%v", err)
	}
}

// endless has more samples than can be put in order.
type endless struct{}

func (endless) Spec() Spec { return Spec{Inputs: []Field{{Name: "x"}}} }

func (endless) Len() int { return 1 << 40 }

func (endless) Read(int, int, Row) error { return errors.New("read") }

// An order is that of Fisher and Yates's method, element by element, whatever it is held in.
func TestPermute(t *testing.T) {
	for _, n := range []int{0, 1, 2, 255, 256, 257, 258, 1000, 12345} {
		want, r := Range(n), stream(3, streamOrder, 4)
		for i := n - 1; i > 0; i-- {
			j := below(&r, uint64(i+1))
			want[i], want[j] = want[j], want[i]
		}
		if !slices.Equal(Order(n, 3, 4), want) {
			t.Errorf("the order of %d samples differs", n)
		}
		for i, v := range order[uint32](nil, n, true, 3, 4) {
			if int(v) != want[i] {
				t.Fatalf("place %d of %d: %d, want %d", i, n, v, want[i])
			}
		}
	}
}
