package philox

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestKnownAnswers are the vectors of Random123's tests/kat_vectors,
// philox4x32 with 10 rounds (D. E. Shaw Research).
func TestKnownAnswers(t *testing.T) {
	for _, k := range []struct {
		c    [4]uint32
		key  Key
		want [4]uint32
	}{
		{[4]uint32{}, Key{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, Key{0xffffffff, 0xffffffff},
			[4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, Key{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := Block(k.c, k.key); got != k.want {
			t.Errorf("Block(%#x, %#x) = %#x, want %#x", k.c, k.key, got, k.want)
		}
		eachVariant(t, func(v *variant) {
			dst := make([]uint32, chunk)
			v.words(dst, k.c[0], k.c[1], k.c[2], k.c[3], k.key.Lo, k.key.Hi)
			if [4]uint32(dst) != k.want {
				t.Errorf("%s: words(%#x) = %#x, want %#x", v.name, k.c, dst[:4], k.want)
			}
		})
	}
}

func eachVariant(t testing.TB, f func(v *variant)) {
	best := use
	defer func() { use = best }()
	for _, v := range variants() {
		use = v
		f(v)
	}
}

// TestEveryVariantEveryPlace: any run of elements, in any variant, has the bits
// that the definition gives element by element.
func TestEveryVariantEveryPlace(t *testing.T) {
	eachVariant(t, func(v *variant) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, n := range []int{0, 1, 3, 4, 5, 63, 64, 65, 67, 100, 127, 128, 129, 1023, 1025} {
			for _, start := range []uint64{0, 1, 2, 3, 4, 63, 1000, 1<<34 - 100, 1<<34 - 64, 1<<34 - 3, 1 << 34,
				1<<40 + 7} {
				key, stream, step := Key{r.Uint32(), r.Uint32()}, r.Uint32(), r.Uint64()
				words, x := make([]uint32, n+2), make([]float32, n)
				words[n], words[n+1] = 77, 77
				uni, drop := make([]float32, n+2), make([]float32, n+2)
				uni[n], drop[n] = 77, 77
				for i := range x {
					x[i] = float32(r.NormFloat64())
				}
				if n > 5 {
					x[0], x[1], x[2], x[3], x[4] = float32(math.Inf(1)), float32(math.NaN()), 1e-40, -1e-40, 0x1p-126
				}
				const rate = 0.3
				Uint32s(words[:n], key, stream, step, start)
				Uniform(uni[:n], key, stream, step, start)
				Dropout(drop[:n], x, rate, key, stream, step, start)
				in := append([]float32{}, x...)
				Dropout(in, in, rate, key, stream, step, start)
				for i := range n {
					e := start + uint64(i)
					b := Block([4]uint32{uint32(e / 4), uint32(step), stream, uint32(step>>32) ^ uint32(e/4>>32)}, key)
					w := b[e%4]
					u := float32(w>>8) / (1 << 24)
					d := float32(0)
					switch {
					case u < rate:
					case math.Abs(float64(x[i])) < 0x1p-126:
						d = x[i] * 0
					default:
						d = x[i] * (1 / float32(1-float32(rate)))
					}
					if words[i] != w || uni[i] != u ||
						math.Float32bits(drop[i]) != math.Float32bits(d) && (d == d || drop[i] == drop[i]) {
						t.Fatalf("%s: %d from %d: element %d is %#x, %v, %v, want %#x, %v, %v", v.name, n, start, i,
							words[i], uni[i], drop[i], w, u, d)
					}
					if math.Float32bits(in[i]) != math.Float32bits(drop[i]) {
						t.Fatalf("%s: %d from %d: element %d in place is %v, apart %v", v.name, n, start, i, in[i],
							drop[i])
					}
				}
				if words[n] != 77 || words[n+1] != 77 || uni[n] != 77 || uni[n+1] != 0 || drop[n] != 77 ||
					drop[n+1] != 0 {
					t.Fatalf("%s: %d from %d: wrote outside", v.name, n, start)
				}
			}
		}
	})
}

func TestDropoutRates(t *testing.T) {
	eachVariant(t, func(v *variant) {
		const n = 1 << 16
		x, y := make([]float32, n), make([]float32, n)
		for i := range x {
			x[i] = 1
		}
		for _, rate := range []float32{-1, 0, 1e-9, 0.2, 0.5, 0.9, 1 - 0x1p-24, 1, 2} {
			Dropout(y, x, rate, KeyOf(7), 1, 2, 0)
			kept := 0
			for _, v := range y {
				if v != 0 {
					kept++
				}
			}
			p := 1 - min(max(float64(rate), 0), 1)
			if d := math.Abs(float64(kept) - p*n); d > 5*math.Sqrt(n*p*(1-p))+1 {
				t.Errorf("%s: rate %v keeps %d of %d", v.name, rate, kept, n)
			}
		}
	})
}

// TestDistributions: moments of the first 2²⁰ elements, to five standard errors.
func TestDistributions(t *testing.T) {
	const n = 1 << 20
	x := make([]float32, n)
	moments := func() (mean, variance, kurtosis, lag float64) {
		for _, v := range x {
			mean += float64(v)
		}
		mean /= n
		var m4 float64
		for i, v := range x {
			d := float64(v) - mean
			variance += d * d
			m4 += d * d * d * d
			if i > 0 {
				lag += d * (float64(x[i-1]) - mean)
			}
		}
		variance /= n
		return mean, variance, m4 / n / (variance * variance), lag / n / variance
	}
	check := func(what string, got, want, se float64) {
		t.Helper()
		if math.Abs(got-want) > 5*se {
			t.Errorf("%s = %v, want %v", what, got, want)
		}
	}
	root := math.Sqrt(n)
	Uniform(x, KeyOf(1), 2, 3, 0)
	for _, v := range x {
		if v < 0 || v >= 1 {
			t.Fatalf("Uniform gave %v", v)
		}
	}
	mean, variance, kurtosis, lag := moments()
	check("uniform mean", mean, 0.5, math.Sqrt(1.0/12)/root)
	check("uniform variance", variance, 1.0/12, math.Sqrt(1.0/180)/root)
	check("uniform kurtosis", kurtosis, 1.8, 3/root)
	check("uniform lag", lag, 0, 1/root)
	Normal(x, KeyOf(1), 2, 3, 0)
	mean, variance, kurtosis, lag = moments()
	check("normal mean", mean, 0, 1/root)
	check("normal variance", variance, 1, math.Sqrt(2)/root)
	check("normal kurtosis", kurtosis, 3, math.Sqrt(24)/root)
	check("normal lag", lag, 0, 1/root)
}

func TestNormalIsPlaced(t *testing.T) {
	all := make([]float32, 100)
	Normal(all, KeyOf(9), 1, 1, 50)
	for start := range 20 {
		for n := range 9 {
			part := make([]float32, n)
			Normal(part, KeyOf(9), 1, 1, 50+uint64(start))
			for i, v := range part {
				if v != all[start+i] {
					t.Fatalf("element %d depends on where the run starts", start+i)
				}
			}
		}
	}
}

func TestNoAllocation(t *testing.T) {
	x := make([]float32, 1003)
	n := testing.AllocsPerRun(10, func() {
		Dropout(x, x, 0.5, KeyOf(1), 1, 1, 1)
		Uniform(x, KeyOf(1), 1, 1, 1)
		Normal(x, KeyOf(1), 1, 1, 1)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPhilox(b *testing.B) {
	const n = 4096
	x, w := make([]float32, n), make([]uint32, n)
	eachVariant(b, func(v *variant) {
		for name, f := range map[string]func(){
			"Uint32s": func() { Uint32s(w, KeyOf(1), 1, 1, 0) },
			"Uniform": func() { Uniform(x, KeyOf(1), 1, 1, 0) },
			"Dropout": func() { Dropout(x, x, 0.2, KeyOf(1), 1, 1, 0) },
			"Normal":  func() { Normal(x, KeyOf(1), 1, 1, 0) },
		} {
			b.Run(v.name+"/"+name, func(b *testing.B) {
				b.SetBytes(4 * n)
				for b.Loop() {
					f()
				}
			})
		}
	})
}
