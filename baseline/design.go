package baseline

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gorae/data"
	"gorae/internal/par"
	"gorae/tensor"
)

const (
	probed     = 512     // samples whose inputs decide how a field becomes columns
	wide       = 256     // columns from which a field that is mostly zeros is kept sparse
	sparseness = 0.1     // greatest share of values other than zero in a sparse field
	mostIDs    = 1 << 20 // ids of a bag of words
	mostDense  = 1 << 26 // numbers of all samples together, 256 MB
	mostWork   = 1 << 28 // samples × columns × outputs
	mostWeight = 1 << 21 // columns × outputs
)

// form is how an input becomes columns.
type form uint8

const (
	dense  form = iota // a column for each number
	sparse             // the same, without the zeros
	bag                // ids: a column for each id, its share of the sample's ids
)

// Design is how inputs become columns of numbers. It is fitted to training samples.
type Design struct {
	fields []field
	dense  int // columns that are kept dense
	sparse int // columns that are kept sparse, behind the others

	// A dense column x is taken as (x − mean)·factor. The factor is 1 but where the column's numbers lie far from 1:
	// a standard deviation above 2, or no number beyond 0.1.
	mean, factor []float64
}

// field is an input.
type field struct {
	form   form
	at     int     // first column among the dense or the sparse ones
	width  int     // columns
	factor float64 // of sparse columns: rows have a mean square length of 1
	skip   bool    // of ids: 0 is padding
	bytes  bool    // values 0 … 255
}

// Samples are samples in the columns of a design.
type Samples struct {
	N       int
	Targets []*tensor.Tensor // by target, [N, …], as the dataset holds them

	dense  []float32 // [N, design.dense]
	starts []int     // of each sample's entries; nil without sparse columns
	ids    []int32   // columns of the entries, counted from the first sparse one
	values []float32
}

// NewDesign fits a design to the training samples d for models of a number of outputs, and returns them in its columns.
// Where they are so many that fitting would take long, or much memory, it takes a random share of them, which follows
// from the seed; Samples.N is their number. Inputs that are too wide for a linear model are an error.
func NewDesign(d data.Dataset, outputs int, seed uint64) (*Design, *Samples, error) {
	if d.Len() < 1 {
		return nil, nil, fmt.Errorf("there are no training samples in memory")
	}
	x := &Design{}
	stored, err := x.probe(d)
	if err != nil {
		return nil, nil, err
	}
	if size := (x.dense + x.sparse) * outputs; size > mostWeight {
		return nil, nil, fmt.Errorf("a linear model would need %d weights, more than %d", size, mostWeight)
	}
	rows := share(d.Len(), stored, outputs, seed)
	x.mean, x.factor = make([]float64, x.dense), make([]float64, x.dense)
	for j := range x.factor {
		x.factor[j] = 1
	}
	s, err := x.read(d, rows)
	if err != nil {
		return nil, nil, err
	}
	x.widen(s)
	if size := (x.dense + x.sparse) * outputs; size > mostWeight {
		return nil, nil, fmt.Errorf("a linear model would need %d weights, more than %d", size, mostWeight)
	}
	x.scale(s)
	return x, s, nil
}

// share is the samples to fit to, in their order: all, or as many as keep the time and the memory bounded.
func share(samples int, stored float64, outputs int, seed uint64) []int {
	rows := data.Range(samples)
	most := min(mostDense/stored, mostWork/(stored*float64(outputs)))
	if n := max(1, int(most)); n < len(rows) {
		r := rand.New(rand.NewPCG(seed, 0xba5e))
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		rows = rows[:n]
		slices.Sort(rows)
	}
	return rows
}

// probe chooses the form of each input from the first samples. stored is the number of numbers that a sample takes.
func (x *Design) probe(d data.Dataset) (stored float64, err error) {
	spec := d.Spec()
	n := min(d.Len(), probed)
	filled, plain := make([]int, len(spec.Inputs)), make([]bool, len(spec.Inputs))
	row := spec.Row()[:len(spec.Inputs)]
	for i := range n {
		if err := d.Read(0, i*d.Len()/n, row); err != nil {
			return 0, err
		}
		for k := range row {
			for j := range row[k].Len() {
				if v := row[k].Float(j); v != 0 {
					filled[k]++
					plain[k] = plain[k] || v < 0 || v >= mostIDs
				}
			}
		}
	}
	for k, in := range spec.Inputs {
		f := field{width: in.Shape.Size(), factor: 1, bytes: in.DType == tensor.Uint8}
		share := float64(filled[k]) / float64(n)
		switch {
		case in.DType == tensor.Int32 && !plain[k]:
			f.form, f.skip, f.width = bag, in.Shape.Size() > 1, 0
		case f.width >= wide && share < sparseness*float64(f.width):
			f.form = sparse
		default:
			share = float64(f.width)
		}
		if f.form == dense {
			f.at, x.dense = x.dense, x.dense+f.width
		} else {
			f.at, x.sparse = x.sparse, x.sparse+f.width
		}
		stored += share
		x.fields = append(x.fields, f)
	}
	return max(stored, 1), nil
}

// entry is a number of a sparse column of a field.
type entry struct {
	field, column int32
	value         float32
}

// reader reads samples in blocks.
type reader struct {
	x       *Design
	d       data.Dataset
	spec    data.Spec
	rows    []int
	to      *Samples
	entries [][]entry // by sample
	scratch []data.Row
	failed  []error // by block
}

const readBlock = 64

// Run reads a block of samples.
func (r *reader) Run(block, worker int) {
	if r.scratch[worker] == nil {
		r.scratch[worker] = r.spec.Row()
	}
	row := r.scratch[worker]
	for i := block * readBlock; i < min((block+1)*readBlock, len(r.rows)); i++ {
		if err := r.d.Read(0, r.rows[i], row); err != nil {
			r.failed[block] = err
			return
		}
		r.sample(i, row)
	}
}

// sample takes sample i.
func (r *reader) sample(i int, row data.Row) {
	x := r.x
	to := r.to.dense[i*x.dense : (i+1)*x.dense]
	for k, f := range x.fields {
		v := &row[k]
		n := v.Len()
		switch f.form {
		case dense:
			for j := range n {
				at := f.at + j
				to[at] = float32((f.number(v, j) - x.mean[at]) * x.factor[at])
			}
		case sparse:
			for j := range n {
				if u := f.number(v, j); u != 0 {
					r.entries[i] = append(r.entries[i], entry{int32(k), int32(j), float32(u * f.factor)})
				}
			}
		case bag:
			r.entries[i] = append(r.entries[i], f.bag(k, v)...)
		}
	}
	for k, t := range r.to.Targets {
		from := &row[len(r.spec.Inputs)+k]
		size := from.Len()
		switch {
		case t.F32 != nil:
			copy(t.F32[i*size:], from.F32)
		case t.I32 != nil:
			copy(t.I32[i*size:], from.I32)
		default:
			copy(t.U8[i*size:], from.U8)
		}
	}
}

// number is element j of a field.
func (f *field) number(t *tensor.Tensor, j int) float64 {
	if f.bytes {
		return t.Float(j) / 255
	}
	return t.Float(j)
}

// bag is the ids of a sample in their order, each with its share.
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
	for i := range out {
		out[i].value *= float32(f.factor / float64(len(ids)))
	}
	return out
}

// Read returns all samples of a dataset with the same inputs.
func (x *Design) Read(d data.Dataset) (*Samples, error) { return x.read(d, data.Range(d.Len())) }

func (x *Design) read(d data.Dataset, rows []int) (*Samples, error) {
	r := &reader{x: x, d: d, spec: d.Spec(), rows: rows, to: &Samples{N: len(rows)}}
	r.to.dense = make([]float32, len(rows)*x.dense)
	for _, f := range r.spec.Targets {
		r.to.Targets = append(r.to.Targets, tensor.New(f.DType, append([]int{len(rows)}, f.Shape...)...))
	}
	blocks := (len(rows) + readBlock - 1) / readBlock
	r.entries, r.failed = make([][]entry, len(rows)), make([]error, blocks)
	pool := par.Default()
	r.scratch = make([]data.Row, pool.Threads())
	pool.Run(blocks, r)
	for _, err := range r.failed {
		if err != nil {
			return nil, err
		}
	}
	r.pack()
	return r.to, nil
}

// pack lays the entries of all samples out one behind the other. While a design is fitted, bags have no width yet: the
// greatest id gives it.
func (r *reader) pack() {
	x, total := r.x, 0
	open := slices.ContainsFunc(x.fields, func(f field) bool { return f.form == bag && f.width == 0 })
	if open {
		widths := make([]int, len(x.fields))
		for _, es := range r.entries {
			for _, e := range es {
				widths[e.field] = max(widths[e.field], int(e.column)+1)
			}
		}
		x.sparse = 0
		for k := range x.fields {
			if f := &x.fields[k]; f.form != dense {
				if f.form == bag {
					f.width = max(1, widths[k])
				}
				f.at, x.sparse = x.sparse, x.sparse+f.width
			}
		}
	}
	if x.sparse == 0 {
		return
	}
	for _, es := range r.entries {
		total += len(es)
	}
	s := r.to
	s.starts = make([]int, 1, s.N+1)
	s.ids, s.values = make([]int32, 0, total), make([]float32, 0, total)
	for _, es := range r.entries {
		for _, e := range es {
			if f := x.fields[e.field]; int(e.column) < f.width {
				s.ids = append(s.ids, int32(f.at)+e.column)
				s.values = append(s.values, e.value)
			}
		}
		s.starts = append(s.starts, len(s.ids))
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
			if f.form != dense {
				owner[f.at+j] = k
			}
		}
	}
	for i, id := range s.ids {
		square[owner[id]] += float64(s.values[i]) * float64(s.values[i])
	}
	for k := range x.fields {
		if f := &x.fields[k]; f.form != dense && square[k] > 0 && !math.IsInf(square[k], 0) {
			f.factor = math.Sqrt(float64(s.N) / square[k])
		}
	}
	for i, id := range s.ids {
		s.values[i] *= float32(x.fields[owner[id]].factor)
	}
}

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
