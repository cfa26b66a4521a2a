package philox

import "math"

// generic is portable Go.
var generic = &variant{name: "generic", words: wordsGeneric, uniform: uniformGeneric, dropout: dropoutGeneric}

func wordsGeneric(dst []uint32, c0, c1, c2, c3, k0, k1 uint32) {
	for ; len(dst) >= 4; dst, c0 = dst[4:], c0+1 {
		b := Block([4]uint32{c0, c1, c2, c3}, Key{k0, k1})
		copy(dst, b[:])
	}
}

func uniformGeneric(dst []float32, c0, c1, c2, c3, k0, k1 uint32) {
	for ; len(dst) >= 4; dst, c0 = dst[4:], c0+1 {
		for i, w := range Block([4]uint32{c0, c1, c2, c3}, Key{k0, k1}) {
			dst[i] = unit(w)
		}
	}
}

func dropoutGeneric(dst, x []float32, least uint32, scale float32, c0, c1, c2, c3, k0, k1 uint32) {
	for ; len(dst) >= 4; dst, x, c0 = dst[4:], x[4:], c0+1 {
		for i, w := range Block([4]uint32{c0, c1, c2, c3}, Key{k0, k1}) {
			dst[i] = keep(x[i], scale, w >= least)
		}
	}
}

// unit is the upper 24 bits over 2²⁴.
func unit(w uint32) float32 { return float32(w>>8) * (1.0 / (1 << 24)) }

// threshold is the least word whose unit is at least rate, for 0 < rate < 1.
func threshold(rate float32) uint32 {
	return uint32(math.Ceil(float64(rate)*(1<<24))) << 8
}

// keep is x·scale if kept, else 0; scale ≥ 1, so that only a denormal x can
// meet a processor that flushes.
func keep(x, scale float32, kept bool) float32 {
	switch {
	case !kept:
		return 0
	case math.Float32bits(x)&0x7f800000 == 0:
		return math.Float32frombits(math.Float32bits(x) & (1 << 31))
	}
	return x * scale
}
