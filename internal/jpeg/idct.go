package jpeg

// natural is the place, row by row, of each coefficient in zigzag order (T.81 figure A.6), with places for the 16 that
// a damaged file may count too many, as in libjpeg.
var natural = [80]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
	63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
}

// The fixed point of libjpeg's jidctint.c: constants have 13 bits behind the point, the columns' results 2.
const (
	constBits = 13
	passBits  = 2

	k0298 = 2446  // 0.298631336
	k0390 = 3196  // 0.390180644
	k0541 = 4433  // 0.541196100
	k0765 = 6270  // 0.765366865
	k0899 = 7373  // 0.899976223
	k1175 = 9633  // 1.175875602
	k1501 = 12299 // 1.501321110
	k1847 = 15137 // 1.847759065
	k1961 = 16069 // 1.961570560
	k2053 = 16819 // 2.053119869
	k2562 = 20995 // 2.562915447
	k3072 = 25172 // 3.072711026
)

// inverse writes the 8 × 8 samples of a block of coefficients: dequantized, transformed back, 128 added, clipped.
//
// It is the algorithm of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with 12 products, along columns and then rows,
// in the order of jidctint.c, since the order of what is rounded decides the last bit.
func inverse(b *block, quant *[64]int32, to []uint8, stride int) {
	var w [64]int32
	for x := range 8 {
		dc := int32(b[x]) * quant[x]
		if b[8+x]|b[16+x]|b[24+x]|b[32+x]|b[40+x]|b[48+x]|b[56+x] == 0 { // the common case; the same value
			dc <<= passBits
			for y := 0; y < 64; y += 8 {
				w[y+x] = dc
			}
			continue
		}
		line(w[x:], 8, constBits-passBits, dc, int32(b[8+x])*quant[8+x], int32(b[16+x])*quant[16+x],
			int32(b[24+x])*quant[24+x], int32(b[32+x])*quant[32+x], int32(b[40+x])*quant[40+x],
			int32(b[48+x])*quant[48+x], int32(b[56+x])*quant[56+x])
	}
	for y := range 8 {
		r := (*[8]int32)(w[8*y:])
		line(r[:], 1, constBits+passBits+3, r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7])
		row := to[y*stride:][:8]
		for x, v := range r {
			row[x] = uint8(min(max(v+128, 0), 255))
		}
	}
}

// line is the transform of eight coefficients, rounded to drop the lowest bits, written a step apart.
func line(to []int32, step int, drop uint, c0, c1, c2, c3, c4, c5, c6, c7 int32) {
	// Even coefficients.
	z := (c2 + c6) * k0541
	e2, e3 := z-c6*k1847, z+c2*k0765
	e0, e1 := (c0+c4)<<constBits, (c0-c4)<<constBits
	half := int32(1) << (drop - 1)
	s0, s3, s1, s2 := e0+e3+half, e0-e3+half, e1+e2+half, e1-e2+half
	// Odd ones.
	z3, z4 := c7+c3, c5+c1
	z5 := (z3 + z4) * k1175
	z1, z2 := -(c7+c1)*k0899, -(c5+c3)*k2562
	z3, z4 = z5-z3*k1961, z5-z4*k0390
	o0 := c7*k0298 + z1 + z3
	o1 := c5*k2053 + z2 + z4
	o2 := c3*k3072 + z2 + z3
	o3 := c1*k1501 + z1 + z4

	_ = to[7*step]
	to[0] = (s0 + o3) >> drop
	to[7*step] = (s0 - o3) >> drop
	to[step] = (s1 + o2) >> drop
	to[6*step] = (s1 - o2) >> drop
	to[2*step] = (s2 + o1) >> drop
	to[5*step] = (s2 - o1) >> drop
	to[3*step] = (s3 + o0) >> drop
	to[4*step] = (s3 - o0) >> drop
}
