package sgns

// generic is portable Go.
var generic = &variant{name: "generic", dots: dotsGeneric, update: updateGeneric, fetch: fetchGeneric}

func dotsGeneric(dst, a, b []float32, ia []int32, ib *[Width]int32, ld int) {
	ld /= 4
	for i, id := range ia {
		x := a[int(id)*ld:][:ld]
		for j, jd := range ib {
			dst[i*Stride+j] = dot(x, b[int(jd)*ld:][:ld])
		}
	}
}

// dot is Σ x·y in four lanes; both are multiples of Lane long.
func dot(x, y []float32) float32 {
	var s0, s1, s2, s3 float32
	for len(x) >= 4 && len(y) >= 4 {
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
		x, y = x[4:], y[4:]
	}
	return (s0 + s1) + (s2 + s3)
}

func updateGeneric(a, o, b []float32, ia, io []int32, ib *[Width]int32, g []float32, ld, from, to int) {
	ld, from, to = ld/4, from/4, to/4
	// Blocks of columns keep what b was on the stack.
	for ; from < to; from += Lane {
		var was [Width][Lane]float32
		for j, jd := range ib {
			copy(was[j][:], b[int(jd)*ld+from:])
		}
		now := was
		for i := range ia {
			var h [Lane]float32
			copy(h[:], a[int(ia[i])*ld+from:])
			r := o[int(io[i])*ld+from:][:Lane]
			for j := range ib {
				c := g[i*Stride+j]
				for d := range r {
					r[d] += c * was[j][d]
					now[j][d] += c * h[d]
				}
			}
		}
		for j, jd := range ib {
			copy(b[int(jd)*ld+from:][:Lane], now[j][:])
		}
	}
}

func fetchGeneric([]float32, []int32, int) {}
