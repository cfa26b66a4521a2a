// Package conv convolves channels-last float32 arrays in one, two or three
// dimensions: forward, the gradient of the input, the gradient of the weights, with
// what usually follows (bias, relu, the gradient through a relu, a test for NaN)
// done while the result is still in registers. Pooling is here too.
//
// It stands at the bottom of gorae, in the kernels: slices and numbers, no tensors
// and no graph. A Plan is made once per shape and cut into phases of blocks, which
// the caller schedules on as many threads as it likes, one phase after the other.
// The work of a block depends on the shape and the instruction set alone, so the
// bits of the result do not depend on the number of threads.
//
// Which method a plan uses depends on its shape alone, by constants that
// BenchmarkConv chose; nothing is measured when a plan is made.
//   - The implicit matrix product (inner.go, outer.go) of Chetlur et al., cuDNN:
//     Efficient Primitives for Deep Learning (2014), in the channels-last form: for a
//     line of output pixels, kernel tap and input channel together are the inner
//     dimension, and taps that lie side by side in a line of the input are one run of
//     memory. The matrix of patches is never made; where there is padding, the part of
//     the input that a block reads is copied once, with its zeros, to where it stays
//     in cache. The gradient of the input with a stride is one such product for each
//     residue of the position by the stride.
//   - Winograd's F(4×4, 3×3) and, on one axis, F(4, 3) (winograd.go, winograd_grad.go) for
//     3×3 and for 3 with stride 1: a quarter or half of the multiplications, within 10⁻⁴ of
//     the greatest result of the exact one (TestWinogradError). Used where enough of the
//     tiles is result and the channels outweigh the transforms (winogradForm). F(2×2, 3×3) is
//     not here: on an axis of n results it makes 4⌈n/2⌉ products and F(4) 6⌈n/4⌉, which is as
//     many for 5 and 6 and fewer only for 1 and 2, and there the implicit product, which leaves out
//     taps beyond the edge, makes hardly more than F(2×2): 24 to 16 for 2×2 results, less than
//     the transforms cost.
//   - Direct sums with channels along the lanes (depth.go) for depthwise convolution and
//     groups of few channels.
//   - The products of the definition one by one, without those on padding (clipped.go), where
//     hardly a tap of a huge kernel meets a pixel.
package conv

import "fmt"

// Shape is a convolution of x [N, In…, C] with w [Kernel…, C/Groups, F] to
// y [N, Out…, F]:
//
//	y[n, o, f] = Σ_t Σ_c x[n, o·Stride + t·Dilation − Pad, c]·w[t, c, f]
//
// where o and t run over three axes and x is 0 outside. Unused leading axes have
// extent 1: a convolution in one dimension uses the last. Pad is what lies before;
// Out decides what lies after. Channel f belongs to group f/(F/Groups) and sums
// over the channels c of x of the same group. Groups, Kernel, Stride and Dilation
// may be left 0 for 1.
type Shape struct {
	N, C, F, Groups                        int
	In, Out, Kernel, Stride, Dilation, Pad [3]int
}

// Epilogue is what happens to the sums before they are stored, in this order.
type Epilogue struct {
	Bias  bool // add bias[channel]
	Relu  bool // max(·, 0), through which NaN passes
	Mask  bool // 0 where mask > 0 does not hold; mask is laid out as the result: the gradient through a relu
	Check bool // report whether all that was stored is finite
}

// String says the shape as the planner prints it: 64x32x32x3 * 3x3 -> 32x32x32.
func (s Shape) String() string {
	s = s.natural()
	in, out, kernel := "", "", ""
	first := true
	for a := range 3 {
		if first && a < 2 && s.In[a] == 1 && s.Out[a] == 1 && s.Kernel[a] == 1 {
			continue
		}
		if !first {
			kernel += "x"
		}
		first = false
		in += fmt.Sprintf("%dx", s.In[a])
		out += fmt.Sprintf("%dx", s.Out[a])
		kernel += fmt.Sprint(s.Kernel[a])
	}
	t := fmt.Sprintf("%dx%s%d * %s -> %s%d", s.N, in, s.C, kernel, out, s.F)
	for _, m := range []struct {
		name string
		v    [3]int
		no   int
	}{{"stride", s.Stride, 1}, {"dilation", s.Dilation, 1}, {"pad", s.Pad, 0}} {
		if m.v != [3]int{m.no, m.no, m.no} {
			t += fmt.Sprintf(" %s %v", m.name, m.v)
		}
	}
	if s.Groups > 1 {
		t += fmt.Sprintf(" groups %d", s.Groups)
	}
	return t
}

// Flops is the number of operations of the direct convolution, a multiplication and
// an addition counted as two; those on padding count.
func (s Shape) Flops() float64 {
	s = s.natural()
	return 2 * float64(s.N) * float64(s.Out[0]*s.Out[1]*s.Out[2]) * float64(s.taps()*s.C/s.Groups) * float64(s.F)
}

// natural fills in what was left out.
func (s Shape) natural() Shape {
	s.Groups = max(s.Groups, 1)
	for a := range 3 {
		for _, v := range []*[3]int{&s.Kernel, &s.Stride, &s.Dilation} {
			if v[a] == 0 {
				v[a] = 1
			}
		}
	}
	return s
}

// valid panics on a shape that no array can have: a mistake of the program.
func (s Shape) valid() {
	fail := func(what string) { panic(fmt.Sprintf("conv: %+v: %s", s, what)) }
	if s.N < 0 || s.C < 0 || s.F < 0 {
		fail("a negative extent")
	}
	if s.C%s.Groups != 0 || s.F%s.Groups != 0 {
		fail("the channels do not divide into groups")
	}
	for a := range 3 {
		if s.In[a] < 0 || s.Out[a] < 0 || s.Pad[a] < 0 {
			fail("a negative extent")
		}
		if s.Kernel[a] < 1 || s.Stride[a] < 1 || s.Dilation[a] < 1 {
			fail("kernel, stride and dilation are at least 1")
		}
	}
}

func volume(v [3]int) int { return v[0] * v[1] * v[2] }

// taps is the number of places of the kernel.
func (s Shape) taps() int { return volume(s.Kernel) }

// The numbers of floats of x, w and y.
func (s Shape) sizeX() int { return s.N * volume(s.In) * s.C }
func (s Shape) sizeW() int { return s.taps() * s.C / s.Groups * s.F }
func (s Shape) sizeY() int { return s.N * volume(s.Out) * s.F }

// ceil is n/d rounded up, d > 0.
func ceil(n, d int) int {
	if n <= 0 {
		return -(-n / d)
	}
	return (n + d - 1) / d
}
