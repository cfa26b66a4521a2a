package language

import (
	"cmp"
	"context"
	"fmt"

	"gorae/data"
	"gorae/generate"
	"gorae/model"
	"gorae/prep/text"
	"gorae/task"
	"gorae/tensor"
)

// Fitted is the vocabulary of a language model; its length is the window's.
type Fitted struct {
	task.Plain
	Vocabulary *text.Vocabulary `json:"vocabulary"`
}

// Outputs returns the next token.
func (f *Fitted) Outputs() []task.Output {
	return []task.Output{{Name: "next " + token(f.Vocabulary.Spec)}}
}

// Unit implements task.Fitted.
func (*Fitted) Unit() string { return "window" }

// Check returns an error unless the network takes the windows.
func (f *Fitted) Check(m *model.Model) error {
	in := m.InputTypes(1)
	if len(in) != 1 || !in[0].Shape.Equal(tensor.Shape{1, f.Vocabulary.Spec.Length}) {
		return fmt.Errorf("a text becomes windows of %d ids, but the network takes %v", f.Vocabulary.Spec.Length,
			in[0].Shape[1:])
	}
	return nil
}

// Open reads a text, or an array of ids.
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	if r.Column != "" {
		return nil, fmt.Errorf("--target %s: a language model predicts its text; leave it out", r.Column)
	}
	if ext := r.Source.Extension(); ext == ".npy" || ext == ".npz" {
		return f.array(r)
	}
	name := r.Source.Name
	s, err := r.Source.Text()
	if err != nil {
		return nil, err
	}
	ids := f.Vocabulary.EncodeLong(s)
	if len(ids) == 0 {
		return nil, fmt.Errorf("%s: it holds no %s", name, token(f.Vocabulary.Spec))
	}
	b := &task.Bound{Name: name, Header: f.header(), Dependence: task.Dependence{Serial: true}}
	window := f.Vocabulary.Spec.Length
	last := len(r.Training.Model.OutputTypes(1)[0].Shape) == 2
	if r.Targets {
		t := &text.Stream{IDs: ids, Length: window, Stride: window, Last: last}
		if err := t.Check(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		b.Data = t
		whole := endToEnd{f.Vocabulary.Spec, ids, s, name}
		b.Report = func(ctx context.Context, to *task.Findings) error {
			return whole.report(ctx, r.Training.Model, r.Training.Logits()[0], to)
		}
		return b, nil
	}
	b.Data = pieces{ids, window}
	b.Decode = f.decoder(r, ids, last)
	return b, nil
}

// array returns ids that go to the network as they are.
func (f *Fitted) array(r *task.Request) (*task.Bound, error) {
	src, err := r.Source.Read()
	if err != nil {
		return nil, err
	}
	if src.Arrays == nil || src.Arrays.X == nil || r.Targets {
		return nil, fmt.Errorf("%s: no text; give a .txt file", r.Source.Name)
	}
	d, err := data.Of(src.Arrays.X, nil)
	if err != nil {
		return nil, err
	}
	return &task.Bound{Name: r.Source.Name, Data: d, Header: f.header(), Decode: f.decoder(r, nil, false)}, nil
}

func (f *Fitted) header() []string {
	return []string{cmp.Or(f.Vocabulary.Spec.Unit, "word"), "prediction", "p"}
}

// decoder words the outputs of windows: each token of the text with the token that the network expects next, and
// its probability; or a row a window where the network predicts only what follows the window.
func (f *Fitted) decoder(r *task.Request, ids []int32, last bool) func([]*tensor.Tensor, int) ([][]any, error) {
	v, window, logits := f.Vocabulary, f.Vocabulary.Spec.Length, r.Training.Logits()[0]
	return func(outputs []*tensor.Tensor, i int) ([][]any, error) {
		out := outputs[0]
		k := out.Shape[len(out.Shape)-1]
		steps := out.Len() / out.Shape[0] / k
		p := make([]float32, k)
		var rows [][]any
		for t := range steps {
			at := i*window + t // of the token that the network has seen last
			if last {
				at = min(len(ids), (i+1)*window) - 1
			}
			seen := ""
			if ids != nil {
				if at >= len(ids) {
					break // the last window was filled up
				}
				seen = v.Token(ids[at])
			}
			row := out.F32[(i*steps+t)*k : (i*steps+t+1)*k]
			if logits {
				task.Softmax(p, row)
				row = p
			}
			best := task.ArgMax(row)
			rows = append(rows, []any{seen, v.Token(int32(best)), row[best]})
		}
		return rows, nil
	}
}

// pieces is ids in windows side by side, the last one filled up with padding.
type pieces struct {
	ids    []int32
	window int
}

// Spec returns one input.
func (p pieces) Spec() data.Spec {
	return data.Spec{Inputs: []data.Field{{Name: "x", DType: tensor.Int32, Shape: tensor.Shape{p.window}}}}
}

// Len returns the number of windows.
func (p pieces) Len() int { return (len(p.ids) + p.window - 1) / p.window }

// Read copies window i.
func (p pieces) Read(_, i int, row data.Row) error {
	n := copy(row[0].I32, p.ids[i*p.window:])
	clear(row[0].I32[n:])
	return nil
}

// Writer goes on with text; the same seed draws the same text.
func (f *Fitted) Writer(m *model.Model, logits bool, seed uint64) (*generate.Writer, error) {
	return generate.NewWriter(m, f.Vocabulary, logits, seed)
}
