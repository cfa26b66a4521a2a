package word2vec

import "math"

// Plane returns the coordinates of words on the two principal components of their vectors, divided by their lengths,
// and the share of the variance that each component has. A component has the sign that makes its greatest loading
// positive.
func (v *Vectors) Plane(ids []int) (points [][2]float64, share [2]float64) {
	x := make([][]float64, len(ids))
	mean := make([]float64, v.Size)
	for i, id := range ids {
		x[i] = make([]float64, v.Size)
		for d, f := range v.Vector(id) {
			x[i][d] = float64(f) * float64(v.scale[id])
			mean[d] += x[i][d] / float64(len(ids))
		}
	}
	cov := columns(v.Size, v.Size)
	total := 0.0
	for _, r := range x {
		for d := range r {
			r[d] -= mean[d]
		}
		for d, f := range r {
			add(cov[d], r, f)
		}
		total += inner(r, r)
	}
	values, vectors := eigen(cov)
	points = make([][2]float64, len(ids))
	for k := range min(2, len(vectors)) {
		w := vectors[k]
		sign, most := 1.0, 0.0
		for _, f := range w {
			if math.Abs(f) > most {
				most, sign = math.Abs(f), math.Copysign(1, f)
			}
		}
		for i, r := range x {
			points[i][k] = sign * inner(r, w)
		}
		if total > 0 {
			share[k] = max(0, values[k]) / total
		}
	}
	return points, share
}
