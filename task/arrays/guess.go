package arrays

import (
	"fmt"
	"strconv"

	"gorae/data"
	"gorae/graph"
	"gorae/model"
	"gorae/prep"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/tensor"
)

// Guess takes arrays and tables of numbers for any network: bytes are scaled to 0 to 1, as Keras's examples do,
// numbers go to the network as they are.
func (Task) Guess(g *task.Foreign) (task.Fitted, *task.Training, error) {
	ts, t, known, err := supervised.Guess(g.Model)
	if err != nil {
		return nil, nil, err
	}
	if g.Targets && (!known || len(ts) > 1) {
		return nil, nil, fmt.Errorf("%s: what its outputs mean cannot be told without gorae's own member in the file",
			g.Path)
	}
	if g.Targets && g.Arrays != nil {
		return nil, nil, fmt.Errorf("%s: a model that begins with layers on texts does not say what its targets are; "+
			"give texts to predict of", g.Path)
	}
	f := &foreign{Fitted: Fitted{Targets: ts}, known: known, arrays: g.Arrays, outputs: g.Outputs}
	names, open := g.Model.InputNames(), g.Model.OpenExtents()
	for i, ty := range g.Model.InputTypes(1) {
		in := Input{Name: names[i], Sample: ty.Shape[1:], open: open[i],
			Scale: &prep.Affine{Shift: []float64{0}, Divisor: []float64{1}}}
		if ty.DType == tensor.Float32 {
			in.Scale.Divisor[0] = 255 // of bytes
		}
		f.Inputs = append(f.Inputs, in)
	}
	return f, t, nil
}

// foreign is the Fitted of a network of another program.
type foreign struct {
	Fitted
	known  bool
	arrays func(s *task.Source) (*data.Arrays, error) // of a source; nil: those that it holds
	// outputs are the names that the file gives its outputs; none: predictions are numbered.
	outputs []task.ForeignOutput
}

// Check implements task.Fitted; Open compares shapes.
func (*foreign) Check(*model.Model) error { return nil }

// Open reads arrays or a table of numbers.
func (f *foreign) Open(r *task.Request) (*task.Bound, error) {
	a, err := f.read(r)
	if err != nil {
		return nil, err
	}
	if a == nil {
		return nil, fmt.Errorf("%s: neither arrays nor a table", r.Source.Name)
	}
	b := &task.Bound{Name: a.Name}
	if r.Targets {
		b.Data, err = f.pairs(a)
	} else {
		b.Data, err = f.inputs(a)
	}
	if err != nil {
		return nil, err
	}
	return b, f.words(b, r)
}

// read returns the arrays of a source, nil where it has none.
func (f *foreign) read(r *task.Request) (*data.Arrays, error) {
	if f.arrays != nil {
		return f.arrays(r.Source)
	}
	src, err := r.Source.Read()
	if err != nil {
		return nil, err
	}
	if src.Table == nil {
		return src.Arrays, nil
	}
	return f.table(src.Table, r)
}

// words returns the words for predictions: classes by number, or the outputs as they are.
func (f *foreign) words(b *task.Bound, r *task.Request) error {
	if f.known && f.Targets[0].Task == prep.Classification {
		say := supervised.NewTable(f.Targets, r.Training)
		b.Header, b.Decode = say.Header(), say.Decode
		return nil
	}
	var samples []tensor.Shape
	for _, i := range b.Data.Spec().Inputs {
		samples = append(samples, i.Shape)
	}
	types, err := r.Training.Model.OutputTypesFor(1, samples...)
	if err != nil {
		return fmt.Errorf("%s: %w", b.Name, err)
	}
	b.Header = f.header(types)
	b.Decode = func(outputs []*tensor.Tensor, i int) ([][]any, error) {
		var row []any
		for k, y := range outputs {
			size := y.Len() / max(1, y.Shape[0])
			for at := i * size; at < (i+1)*size; at++ {
				switch {
				case k < len(f.outputs) && f.outputs[k].Texts != nil:
					row = append(row, f.outputs[k].Text(y.Float(at)))
				case y.DType() == tensor.Int32:
					row = append(row, int(y.I32[at]))
				default:
					row = append(row, y.F32[at])
				}
			}
		}
		return [][]any{row}, nil
	}
	return nil
}

// header names the columns of the outputs: as the file does, else prediction, and numbered where there are several.
func (f *foreign) header(types []graph.Type) (names []string) {
	add := func(name string, width int) {
		if width == 1 {
			names = append(names, name)
			return
		}
		for k := range width {
			names = append(names, name+"_"+strconv.Itoa(k+1))
		}
	}
	if len(f.outputs) == len(types) {
		for k, t := range types {
			add(f.outputs[k].Name, t.Shape.Size())
		}
		return names
	}
	width := 0
	for _, t := range types {
		width += t.Shape.Size()
	}
	add("prediction", width)
	return names
}

// table returns a table of numbers as samples; the classes of a column of words are taken in their order.
func (f *foreign) table(t *data.Table, r *task.Request) (*data.Arrays, error) {
	if !r.Targets {
		return numbers(t, r)
	}
	name := r.Column
	if name == "" {
		name = "last"
	}
	c, err := t.Column(name)
	if err != nil {
		return nil, fmt.Errorf("target: %w", err)
	}
	g := f.Targets[0]
	if g.Task != prep.Classification {
		return numbers(t, r)
	}
	fitted, err := prep.FitTarget(t, c.Name, nil, prep.TargetOptions{Task: prep.Classification})
	if err != nil {
		return nil, err
	}
	if len(fitted.Classes) > len(g.Classes) {
		return nil, fmt.Errorf("%s: %d classes of %s, but the network tells %d apart", t.Name, len(fitted.Classes),
			c.Name, len(g.Classes))
	}
	y, err := fitted.Encode(t, c)
	if err != nil {
		return nil, err
	}
	at, err := t.Find(name)
	if err != nil {
		return nil, err
	}
	x, err := t.Without(at).Numbers()
	return &data.Arrays{Name: t.Name, X: x, Y: y}, err
}
