package tensor

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// sameBits compares float32 values by their bits, so that NaN equals itself and −0 differs from 0.
var sameBits = cmp.Comparer(func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) })

// anyTensor draws a tensor of any element type, of rank 0 to 4, with any bits as values; an extent may be 0.
func anyTensor() *rapid.Generator[*Tensor] {
	return rapid.Custom(func(t *rapid.T) *Tensor {
		shape := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 4).Draw(t, "shape")
		x := New(rapid.SampledFrom([]DType{Float32, Int32, Uint8}).Draw(t, "type"), shape...)
		for i := range x.F32 {
			x.F32[i] = math.Float32frombits(rapid.Uint32().Draw(t, "bits"))
		}
		for i := range x.I32 {
			x.I32[i] = rapid.Int32().Draw(t, "number")
		}
		for i := range x.U8 {
			x.U8[i] = rapid.Uint8().Draw(t, "byte")
		}
		return x
	})
}

// TestNPYRoundTrip: a written tensor is read back with its type, shape and bits, and written again it gives the same
// bytes.
func TestNPYRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyTensor().Draw(t, "tensor")
		var first, second bytes.Buffer
		if err := WriteNPY(&first, x); err != nil {
			t.Fatal(err)
		}
		y, err := ReadNPY(bytes.NewReader(first.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(x, y, sameBits); d != "" {
			t.Fatalf("written and read (-written +read):\n%s", d)
		}
		if err := WriteNPY(&second, y); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Fatalf("written again: %v, other bytes", err)
		}
	})
}

// TestNPZRoundTrip: arrays come back in their order with their names.
func TestNPZRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z가-힣][a-z0-9_가-힣]{0,8}(/[a-z]{1,3})?`), 0, 5,
			rapid.ID).
			Draw(t, "names")
		var arrays []Named
		for i, name := range names {
			arrays = append(arrays, Named{Name: name, Tensor: anyTensor().Draw(t, fmt.Sprint("tensor ", i))})
		}
		var b bytes.Buffer
		if err := WriteNPZ(&b, arrays); err != nil {
			t.Fatal(err)
		}
		got, err := ReadNPZ(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(arrays, got, sameBits); d != "" {
			t.Fatalf("written and read (-written +read):\n%s", d)
		}
	})
}
