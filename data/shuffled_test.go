package data

import (
	"io"
	"slices"
	"testing"

	"gorae/tensor"
)

// numbers is a stream of the numbers 0 to n−1.
func numbers(n int) *Generator {
	return &Generator{
		Fields: Spec{Inputs: []Field{{Name: "x", Shape: tensor.Shape{1}}}},
		Begin: func(int) (func(Row) error, error) {
			at := 0
			return func(row Row) error {
				if at == n {
					return io.EOF
				}
				row[0].F32[0] = float32(at)
				at++
				return nil
			}, nil
		},
	}
}

// orderOf reads a whole epoch from sample first on.
func orderOf(t *testing.T, d Dataset, epoch, first int) (order []int) {
	t.Helper()
	row := d.Spec().Row()
	for i := first; ; i++ {
		err := d.Read(epoch, i, row)
		if err == io.EOF {
			return order
		}
		if err != nil {
			t.Fatal(err)
		}
		order = append(order, int(row[0].F32[0]))
	}
}

// TestShuffled: every sample comes once in each epoch, none before the buffer can hold it; the order is the seed's and
// the epoch's; reading on from the middle gives the same rest.
func TestShuffled(t *testing.T) {
	for _, n := range []int{0, 1, 7, 100} {
		for _, buffer := range []int{1, 3, 16, 1000} {
			s := &Shuffled{Dataset: numbers(n), Buffer: buffer, Seed: 3}
			first, again, second := orderOf(t, s, 0, 0), orderOf(t, s, 0, 0), orderOf(t, s, 1, 0)
			if !slices.Equal(first, again) {
				t.Fatalf("%d samples, a buffer of %d: the same epoch has two orders", n, buffer)
			}
			if n == 100 && buffer > 1 && slices.Equal(first, second) {
				t.Errorf("a buffer of %d: two epochs have one order", buffer)
			}
			if buffer == 1 && !slices.IsSorted(first) {
				t.Error("a buffer of one sample changes the order")
			}
			for i, v := range first {
				if v >= i+buffer {
					t.Errorf("a buffer of %d: sample %d comes at place %d", buffer, v, i)
				}
			}
			if n == 100 {
				other := &Shuffled{Dataset: numbers(n), Buffer: buffer, Seed: 3}
				if rest := orderOf(t, other, 0, 60); !slices.Equal(rest, first[60:]) {
					t.Errorf("a buffer of %d: from sample 60 on %v, want %v", buffer, rest, first[60:])
				}
			}
			slices.Sort(first)
			for i, v := range first {
				if i != v {
					t.Fatalf("%d samples, a buffer of %d: sample %d is missing or doubled", n, buffer, i)
				}
			}
			if len(first) != n {
				t.Fatalf("%d of %d samples came", len(first), n)
			}
		}
	}
	s := &Shuffled{Dataset: numbers(9), Buffer: 2}
	row := s.Spec().Row()
	if err := s.Read(0, 4, row); err != nil {
		t.Fatal(err)
	}
	if err := s.Read(0, 3, row); err == nil {
		t.Error("a stream was read backwards")
	}
	if err := (&Shuffled{Dataset: numbers(9), Buffer: -1}).Read(0, 0, row); err == nil {
		t.Error("a buffer of −1 samples passes")
	}
}
