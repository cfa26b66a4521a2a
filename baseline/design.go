package baseline

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

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
	mostRead   = 1 << 32 // numbers that are read
	mostWeight = 1 << 21 // columns × outputs
	mostRows   = 1 << 18 // samples; more hardly change what a linear model learns
)

// form is how an input becomes columns.
type form uint8

const (
	dense  form = iota // a column for each number
	sparse             // the same, without the zeros
	bag                // ids: a column for each id, its tf-idf
	steps              // a sequence [steps, features]: its summary, see summarise
	none               // a mask: no columns
)

// Design is how inputs become columns of numbers. It is fitted to training samples.
type Design struct {
	fields []field
	dense  int // columns that are kept dense
	sparse int // columns that are kept sparse, behind the others
	most   int // samples that are kept at a time

	// A dense column x is taken as (x − mean)·factor. The factor is 1 but where the column's numbers lie far from 1:
	// a standard deviation above 2, or no number beyond 0.1.
	mean, factor []float64
}

// field is an input.
type field struct {
	form   form
	inputs int     // numbers of a sample
	at     int     // first column among the dense or the sparse ones
	width  int     // columns
	factor float64 // of sparse columns: rows have a mean square length of 1
	skip   bool    // of ids: 0 is padding
	bytes  bool    // values 0 … 255
	ragged bool    // of steps: samples have lengths of their own
	idf    []float32
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
// Where they would take much memory or time, it takes a random share of them, which follows from the seed; Samples.N is
// their number. Inputs that are too wide for a linear model are an error.
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
	read := 0.0 // numbers of a sample, most of which may be 0
	for _, f := range x.fields {
		read += float64(f.inputs)
	}
	x.most = int(min(mostDense/stored, mostRead/read, mostRows))
	rows := pick(d.Len(), x.most, seed)
	x.mean, x.factor = make([]float64, x.dense), make([]float64, x.dense)
	for j := range x.factor {
		x.factor[j] = 1
	}
	s, err := x.read(d, rows)
	if err != nil {
		return nil, nil, err
	}
	x.weigh(s)
	x.widen(s)
	if size := (x.dense + x.sparse) * outputs; size > mostWeight {
		return nil, nil, fmt.Errorf("a linear model would need %d weights, more than %d", size, mostWeight)
	}
	x.scale(s)
	return x, s, nil
}

// pick is a number of samples in their order, at random from the seed; all where there are no more.
func pick(samples, n int, seed uint64) []int {
	if n = max(1, n); n >= samples {
		return data.Range(samples)
	}
	all := make([]uint32, samples) // half the memory of ints
	for i := range all {
		all[i] = uint32(i)
	}
	r := rand.New(rand.NewPCG(seed, 0xba5e))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	slices.Sort(all[:n])
	rows := make([]int, n)
	for k, i := range all[:n] {
		rows[k] = int(i)
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
		f := field{inputs: in.Shape.Size(), width: in.Shape.Size(), factor: 1, bytes: in.DType == tensor.Uint8}
		share := float64(filled[k]) / float64(n)
		switch {
		case in.DType == tensor.Int32 && !plain[k]:
			f.form, f.skip, f.width = bag, in.Shape.Size() > 1, 0
		case f.width >= wide && share < sparseness*float64(f.width):
			f.form = sparse
		case in.Ragged && len(in.Shape) != 2:
			f.form, f.width, share = none, 0, 0
		case in.DType == tensor.Float32 && len(in.Shape) == 2 && in.Shape[0] > 1:
			f.form, f.ragged, f.width = steps, in.Ragged, summaries*in.Shape[1]
			if f.ragged {
				f.width++
			}
			share = float64(f.width)
		default:
			share = float64(f.width)
		}
		if f.dense() {
			f.at, x.dense = x.dense, x.dense+f.width
		} else {
			f.at, x.sparse = x.sparse, x.sparse+f.width
		}
		stored += share
		x.fields = append(x.fields, f)
	}
	return max(stored, 1), nil
}

// dense reports whether the columns of a field are dense.
func (f *field) dense() bool { return f.form == dense || f.form == steps || f.form == none }

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
	entries [][]entry // by sample; nil where all fields are dense
	scratch []data.Row
	numbers [][]float64 // room of each worker
	failed  []error     // by block
}

const readBlock = 64

// Run reads a block of samples.
func (r *reader) Run(block, worker int) {
	if r.scratch[worker] == nil {
		r.scratch[worker], r.numbers[worker] = r.spec.Row(), make([]float64, r.x.dense)
	}
	row := r.scratch[worker]
	for i := block * readBlock; i < min((block+1)*readBlock, len(r.rows)); i++ {
		r.fit(row, r.rows[i])
		if err := r.d.Read(0, r.rows[i], row); err != nil {
			r.failed[block] = err
			return
		}
		r.sample(i, row, r.numbers[worker])
	}
}

// fit gives the ragged fields of a row the length of a sample, so that there is no padding.
func (r *reader) fit(row data.Row, sample int) {
	for k, f := range r.spec.Fields() {
		if f.Ragged {
			n := min(f.Shape[0], max(1, r.spec.Length(sample)))
			row[k] = *tensor.New(f.DType, append([]int{n}, f.Shape[1:]...)...)
		}
	}
}

// sample takes sample i. room is for the dense columns.
func (r *reader) sample(i int, row data.Row, room []float64) {
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
		case steps:
			all := room[:f.width]
			summarise(v.F32, v.Shape[1], all)
			for j, u := range all {
				at := f.at + j
				to[at] = float32((u - x.mean[at]) * x.factor[at])
			}
		case sparse:
			if v.F32 != nil { // most of the numbers of a wide field are 0
				for j, u := range v.F32 {
					if u != 0 {
						r.entries[i] = append(r.entries[i], entry{int32(k), int32(j), u * float32(f.factor)})
					}
				}
				break
			}
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

// Read returns the samples of a dataset with the same inputs, a quarter at most of what NewDesign would take: they are
// to choose a penalty by. Other inputs are an error.
func (x *Design) Read(d data.Dataset, seed uint64) (*Samples, error) {
	if err := x.fits(d); err != nil {
		return nil, err
	}
	return x.read(d, pick(d.Len(), x.most/4, seed))
}

// fits refuses a dataset of other inputs.
func (x *Design) fits(d data.Dataset) error {
	inputs := d.Spec().Inputs
	if len(inputs) != len(x.fields) {
		return fmt.Errorf("samples of %d inputs, but the linear model takes %d", len(inputs), len(x.fields))
	}
	for k, in := range inputs {
		f := &x.fields[k]
		fits := in.Shape.Size() == f.inputs || f.ragged && in.Ragged
		switch f.form {
		case bag:
			fits = in.DType == tensor.Int32
		case none:
			fits = in.Ragged
		case steps:
			fits = fits && in.DType == tensor.Float32 && len(in.Shape) == 2 &&
				in.Shape[1] == f.width/summaries && f.ragged == in.Ragged
		default:
			fits = fits && f.bytes == (in.DType == tensor.Uint8)
		}
		if !fits {
			return fmt.Errorf("samples of shape %v, but the linear model takes %d numbers", in.Shape, f.inputs)
		}
	}
	return nil
}

// About says what became of inputs that are no plain numbers; "" where there are none.
func (x *Design) About() string {
	var words []string
	for _, f := range x.fields {
		about := map[form]string{bag: "tf-idf", steps: "of summaries of the steps"}[f.form]
		if about != "" && !slices.Contains(words, about) {
			words = append(words, about)
		}
	}
	return strings.Join(words, ", ")
}

// Targets returns the targets of all samples of a dataset, without columns.
func Targets(d data.Dataset) (*Samples, error) { return (&Design{}).read(d, data.Range(d.Len())) }

func (x *Design) read(d data.Dataset, rows []int) (*Samples, error) {
	r := &reader{x: x, d: d, spec: d.Spec(), rows: rows, to: &Samples{N: len(rows)}}
	r.to.dense = make([]float32, len(rows)*x.dense)
	for _, f := range r.spec.Targets {
		r.to.Targets = append(r.to.Targets, tensor.New(f.DType, append([]int{len(rows)}, f.Shape...)...))
	}
	blocks := (len(rows) + readBlock - 1) / readBlock
	r.failed = make([]error, blocks)
	if slices.ContainsFunc(x.fields, func(f field) bool { return !f.dense() }) {
		r.entries = make([][]entry, len(rows))
	}
	pool := par.Default()
	r.scratch, r.numbers = make([]data.Row, pool.Threads()), make([][]float64, pool.Threads())
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
			if f := &x.fields[k]; !f.dense() {
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
