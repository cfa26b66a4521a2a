// Command labels writes examples/two-digits.npz, pictures of two of the embedded digits each, whose labels are the
// digits that a picture shows: go run ./examples/labels examples/two-digits.npz.
//
// x is uint8 [898, 8, 16], y uint8 [898, 10] of 0 and 1. Each of the 1,797 digits, 8 × 8 with values 0 to 16, is used
// once, in an order drawn at random: one in the left half, one in the right half.
package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"

	"gorae/data"
	"gorae/internal/file"
	"gorae/tensor"
)

const (
	side  = 8
	width = 2 * side
)

func main() {
	if err := write(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: go run ./examples/labels FILE.npz")
	}
	s, err := data.FindSample("digits")
	if err != nil {
		return err
	}
	digits, err := s.Images()
	if err != nil {
		return err
	}
	x, y := pairs(digits, rand.New(rand.NewPCG(1, 2)))
	return file.Replace(args[0], func(w io.Writer) error {
		return tensor.WriteNPZ(w, []tensor.Named{{Name: "x", Tensor: x}, {Name: "y", Tensor: y}})
	})
}

// pairs returns pictures of two digits and their labels.
func pairs(digits *data.Arrays, r *rand.Rand) (x, y *tensor.Tensor) {
	order := r.Perm(digits.Len())
	n := len(order) / 2
	x, y = tensor.New(tensor.Uint8, n, side, width), tensor.New(tensor.Uint8, n, 10)
	for i := range n {
		for half := range 2 {
			d := order[2*i+half]
			for p := range side * side {
				x.U8[(i*side+p/side)*width+half*side+p%side] = digits.X.U8[d*side*side+p]
			}
			y.U8[i*10+int(digits.Y.I32[d])] = 1
		}
	}
	return x, y
}
