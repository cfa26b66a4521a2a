package baseline

import (
	"math"
	"slices"

	"gorae/tensor"
)

// number is element j of a field.
func (f *field) number(t *tensor.Tensor, j int) float64 {
	if f.bytes {
		return t.Float(j) / 255
	}
	return t.Float(j)
}

// summaries is the number of columns of each feature of a sequence.
const summaries = 6

// summarise writes, for each feature of a sequence [steps, features], its mean, standard deviation, least, greatest,
// first and last number, all of one kind side by side; and behind them, where there is room for it, the logarithm of
// one more than the number of steps. A sequence without steps is 0.
func summarise(x []float32, features int, to []float64) {
	clear(to)
	n := len(x) / features
	if len(to) > summaries*features {
		to[summaries*features] = math.Log1p(float64(n))
	}
	if n == 0 {
		return
	}
	for j := range features {
		mean, square, least, most := 0.0, 0.0, math.Inf(1), math.Inf(-1)
		for i := range n {
			v := float64(x[i*features+j])
			d := v - mean
			mean += d / float64(i+1)
			square += d * (v - mean)
			least, most = min(least, v), max(most, v)
		}
		for k, v := range [summaries]float64{mean, math.Sqrt(square / float64(n)), least, most, float64(x[j]),
			float64(x[(n-1)*features+j])} {
			to[k*features+j] = v
		}
	}
}

// bag is the ids of a sample in their order, each with its tf-idf: the number of times that it occurs, times idf, over
// the length of the vector of all ids. Before idf is fitted it is 1, and the length is left as it is.
func (f *field) bag(k int, t *tensor.Tensor) []entry {
	var ids []int32
	for _, id := range t.I32 {
		if id > 0 && id < mostIDs || id == 0 && !f.skip {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var out []entry
	for _, id := range ids {
		if n := len(out); n > 0 && out[n-1].column == id {
			out[n-1].value++
		} else {
			out = append(out, entry{int32(k), id, 1})
		}
	}
	if f.idf == nil {
		return out
	}
	out = slices.DeleteFunc(out, func(e entry) bool { return int(e.column) >= len(f.idf) })
	values := make([]float32, len(out))
	for i, e := range out {
		values[i] = e.value * f.idf[e.column]
	}
	unit(values)
	for i, v := range values {
		out[i].value = v * float32(f.factor)
	}
	return out
}

// unit divides numbers by the length of their vector.
func unit(x []float32) {
	square := 0.0
	for _, v := range x {
		square += float64(v) * float64(v)
	}
	for i := range x {
		x[i] = float32(float64(x[i]) / math.Sqrt(square))
	}
}

// weigh fits the idf of bags of words to samples whose entries are still numbers of occurrences, and makes them tf-idf:
//
//	idf(id) = ln((1 + n) / (1 + number of samples with the id)) + 1
//
// as scikit-learn's TfidfVectorizer has it (smooth_idf, norm="l2").
func (x *Design) weigh(s *Samples) {
	for k := range x.fields {
		f := &x.fields[k]
		if f.form != bag {
			continue
		}
		within := func(id int32) bool { return int(id) >= f.at && int(id) < f.at+f.width }
		count := make([]float64, f.width)
		for _, id := range s.ids {
			if within(id) {
				count[int(id)-f.at]++
			}
		}
		f.idf = make([]float32, f.width)
		for j, c := range count {
			f.idf[j] = float32(math.Log((1+float64(s.N))/(1+c)) + 1)
		}
		for i := range s.N {
			a, b := s.starts[i], s.starts[i+1]
			for a < b && !within(s.ids[a]) {
				a++
			}
			for b > a && !within(s.ids[b-1]) {
				b--
			}
			for e := a; e < b; e++ {
				s.values[e] *= f.idf[int(s.ids[e])-f.at]
			}
			unit(s.values[a:b])
		}
	}
}

// widen gives sparse fields their factors.
func (x *Design) widen(s *Samples) {
	if s.starts == nil {
		return
	}
	owner := make([]int, x.sparse)
	square := make([]float64, len(x.fields))
	for k, f := range x.fields {
		for j := range f.width {
			if !f.dense() {
				owner[f.at+j] = k
			}
		}
	}
	for i, id := range s.ids {
		square[owner[id]] += float64(s.values[i]) * float64(s.values[i])
	}
	for k := range x.fields {
		if f := &x.fields[k]; !f.dense() && square[k] > 0 && !math.IsInf(square[k], 0) {
			f.factor = math.Sqrt(float64(s.N) / square[k])
		}
	}
	for i, id := range s.ids {
		s.values[i] *= float32(x.fields[owner[id]].factor)
	}
}

// rounding is the share of a number up to which differences of float32 count as rounding.
const rounding = 1e-6

// scale centres the dense columns and scales those whose numbers lie far from 1.
func (x *Design) scale(s *Samples) {
	p, n := x.dense, float64(s.N)
	square, most := make([]float64, p), make([]float64, p)
	for i := range s.N {
		for j, v := range s.dense[i*p : (i+1)*p] {
			x.mean[j] += float64(v) / n
		}
	}
	for i := range s.N {
		for j, v := range s.dense[i*p : (i+1)*p] {
			d := float64(v) - x.mean[j]
			square[j] += d * d / n
			most[j] = max(most[j], math.Abs(d))
		}
	}
	for j := range p {
		sd := math.Sqrt(square[j])
		if most[j] <= rounding*math.Abs(x.mean[j]) {
			x.factor[j] = 0 // the same number everywhere
			continue
		}
		if (sd > 2 || most[j] < 0.1) && most[j] > 0 && sd > 0 && !math.IsInf(sd, 0) {
			x.factor[j] = 1 / sd
		}
	}
	for i := range s.N {
		for j, v := range s.dense[i*p : (i+1)*p] {
			s.dense[i*p+j] = float32((float64(v) - x.mean[j]) * x.factor[j])
		}
	}
}
