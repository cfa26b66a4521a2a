package model_test

import (
	"strings"
	"testing"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

const sourceSteps, targetSteps, ids = 5, 6, 7

// translators are networks that read a source and write a target, by name.
func translators() map[string]*model.Model {
	in := func(name string, steps int) *model.Value {
		return model.Apply(layer.Input{Base: layer.Base{Name: name}, Shape: []int{steps}, DType: "int32"})
	}
	embedded := func(x *model.Value) *model.Value {
		return model.Apply(layer.Embedding{InputDim: ids, OutputDim: 4, MaskZero: true}, x)
	}
	out := layer.Dense{Units: ids, Activation: "softmax"}
	gru := func() *model.Model {
		x, y := in("source", sourceSteps), in("target", targetSteps)
		e := model.ApplyN(layer.GRU{Units: 5, ReturnState: true}, 2, embedded(x))
		h := model.Apply(layer.GRU{Units: 5, ReturnSequences: true}, embedded(y), e[1])
		return model.New([]*model.Value{x, y}, []*model.Value{model.Apply(out, h)})
	}
	lstm := func() *model.Model {
		x, y := in("source", sourceSteps), in("target", targetSteps)
		e := model.ApplyN(layer.LSTM{Units: 5, ReturnState: true}, 3, embedded(x))
		h := model.Apply(layer.LSTM{Units: 5, ReturnSequences: true}, embedded(y), e[1], e[2])
		h = model.Apply(layer.GRU{Units: 3, ReturnSequences: true}, h)
		return model.New([]*model.Value{x, y}, []*model.Value{model.Apply(out, h)})
	}
	attention := func() *model.Model {
		x, y := in("source", sourceSteps), in("target", targetSteps)
		e := model.ApplyN(layer.GRU{Units: 5, ReturnSequences: true, ReturnState: true}, 2, embedded(x))
		h := model.Apply(layer.GRU{Units: 5, ReturnSequences: true}, embedded(y), e[1])
		weights := model.Apply(layer.Softmax{}, model.Apply(layer.Dot{Axes: []int{2}}, h, e[0]))
		context := model.Apply(layer.Dot{Axes: []int{2, 1}}, weights, e[0])
		h = model.Apply(layer.Dense{Units: 4, Activation: "tanh"}, model.Apply(layer.Concatenate{}, context, h))
		return model.New([]*model.Value{x, y}, []*model.Value{model.Apply(out, h)})
	}
	language := func() *model.Model {
		y := in("target", targetSteps)
		h := model.Apply(layer.LSTM{Units: 5, ReturnSequences: true}, embedded(y))
		return model.New([]*model.Value{y}, []*model.Value{model.Apply(out, h)})
	}
	twice := func() *model.Model { // one layer in two places
		x, y := in("source", sourceSteps), in("target", targetSteps)
		e := model.ApplyN(layer.GRU{Units: 4, ReturnState: true}, 2, embedded(x))
		shared := model.Share(layer.GRU{Units: 4, ReturnSequences: true})
		return model.New([]*model.Value{x, y}, []*model.Value{model.Apply(out, shared.Apply(shared.Apply(embedded(y),
			e[1])))})
	}
	all := map[string]*model.Model{"gru": gru(), "lstm": lstm(), "attention": attention(), "language": language(),
		"twice": twice()}
	for name, m := range transformers(in) {
		all[name] = m
	}
	return all
}

// transformers are networks whose attention looks back along the sequence that is written, by name.
func transformers(in func(name string, steps int) *model.Value) map[string]*model.Model {
	causal := layer.CallOptions{UseCausalMask: true}
	placed := func(x *model.Value) *model.Value {
		return model.Apply(layer.TokenAndPositionEmbedding{VocabularySize: ids, SequenceLength: targetSteps + 2,
			EmbeddingDim: 4, MaskZero: true}, x)
	}
	heads := func(window int) layer.Layer {
		l := layer.MultiHeadAttention{NumHeads: 2, KeyDim: 3}
		l.CallOptions, l.SlidingWindow = causal, window
		return l
	}
	// block is attention and a dense layer behind it, with sums around both.
	block := func(l layer.Layer, x *model.Value, more ...*model.Value) *model.Value {
		h := model.Apply(layer.LayerNormalization{}, x)
		x = model.Apply(layer.Add{}, x, model.Apply(l, append([]*model.Value{h}, more...)...))
		h = model.Apply(layer.Dense{Units: 4, Activation: "relu"}, model.Apply(layer.LayerNormalization{}, x))
		return model.Apply(layer.Add{}, x, h)
	}
	language := func(from func(*model.Value) *model.Value, attention ...layer.Layer) *model.Model {
		y := in("target", targetSteps)
		h := from(y)
		for _, l := range attention {
			h = block(l, h)
		}
		return model.New([]*model.Value{y}, []*model.Value{model.Apply(layer.Dense{Units: ids}, h)})
	}
	sum := func(l layer.Layer) func(*model.Value) *model.Value {
		return func(x *model.Value) *model.Value {
			e := model.Apply(layer.Embedding{InputDim: ids, OutputDim: 4}, x)
			return model.Apply(layer.Add{}, e, model.Apply(l, e))
		}
	}
	grouped := layer.GroupedQueryAttention{HeadDim: 2, NumQueryHeads: 4, NumKeyValueHeads: 2}
	grouped.CallOptions = causal
	dot, additive := layer.Attention{UseScale: true}, layer.AdditiveAttention{}
	dot.CallOptions, additive.CallOptions = causal, causal

	x, y := in("source", sourceSteps), in("target", targetSteps)
	e := block(layer.MultiHeadAttention{NumHeads: 2, KeyDim: 3}, placed(x))
	h := block(layer.MultiHeadAttention{NumHeads: 2, KeyDim: 3}, block(heads(0), placed(y)), e)
	both := model.New([]*model.Value{x, y}, []*model.Value{model.Apply(layer.Dense{Units: ids}, h)})

	y = in("target", targetSteps)
	again, within := model.Share(heads(0)), model.Apply(layer.Input{Shape: []int{targetSteps, 4}})
	attend := model.Share(model.New([]*model.Value{within}, []*model.Value{block(heads(0), within)}))
	h = again.Apply(again.Apply(attend.Apply(attend.Apply(placed(y)))))
	twice := model.New([]*model.Value{y}, []*model.Value{model.Apply(layer.Dense{Units: ids}, h)})

	inner := model.Apply(layer.Input{Shape: []int{targetSteps, 4}})
	nested := model.New([]*model.Value{inner}, []*model.Value{block(heads(0), inner)})

	return map[string]*model.Model{
		"transformer": language(placed, heads(0), heads(3)),
		"grouped":     language(sum(layer.SinePositionEncoding{}), grouped),
		"scored":      language(sum(layer.PositionEmbedding{SequenceLength: targetSteps}), dot, additive),
		"both":        both,
		"nested":      language(placed, nested),
		"seen twice":  twice,
	}
}

// TestDecoder: step by step the outputs are those of the whole sequence, also where rows go on from other rows, and
// for a second source after the first.
func TestDecoder(t *testing.T) {
	for name, m := range translators() {
		t.Run(name, func(t *testing.T) {
			if err := m.Build(3); err != nil {
				t.Fatal(err)
			}
			last := len(m.InputNames()) - 1
			d, err := m.Decoder(last)
			if err != nil {
				t.Fatal(err)
			}
			const n, times = 2, 2
			begin := func(source *tensor.Tensor, rows int) {
				t.Helper()
				if last == 1 {
					err = d.Begin(times, source)
				} else {
					err = d.Begin(rows)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			for round := range 2 {
				rows := n * times
				source := tensor.New(tensor.Int32, n, sourceSteps)
				copy(source.I32, []int32{2, 3, int32(4 + round), 0, 0, 1, 6, 2, 5, 3})
				whole := tensor.New(tensor.Int32, rows, sourceSteps)
				for r := range rows {
					copy(whole.I32[r*sourceSteps:], source.I32[r/times*sourceSteps:][:sourceSteps])
				}
				begin(source, rows)
				prefix := tensor.New(tensor.Int32, rows, targetSteps)
				for step := range targetSteps {
					if step == 3 { // as a beam search would: within a sample
						from := []int32{1, 0, 3, 3}
						copy(d.From, from)
						was := prefix.Clone()
						for r, f := range from {
							copy(prefix.I32[r*targetSteps:][:targetSteps], was.I32[int(f)*targetSteps:])
						}
					}
					for r := range rows {
						id := int32(1 + (r+step*step)%(ids-1))
						prefix.I32[r*targetSteps+step], d.IDs.I32[r] = id, id
					}
					if err := d.Next(); err != nil {
						t.Fatal(err)
					}
					x := []*tensor.Tensor{whole, prefix}
					y := predict(t, m, x[1-last:]...)
					want := tensor.New(tensor.Float32, rows, 1, ids)
					for r := range rows {
						copy(want.F32[r*ids:(r+1)*ids], y.F32[(r*targetSteps+step)*ids:])
					}
					equal(t, name, d.Y[0], want, 2e-6)
				}
			}
			begin(tensor.New(tensor.Int32, n, sourceSteps), n*times)
			if n := testing.AllocsPerRun(targetSteps-1, func() {
				if err := d.Next(); err != nil {
					t.Fatal(err)
				}
			}); n > 0 {
				t.Errorf("a step allocates %v times", n)
			}
		})
	}
}

// TestDecoderLooksBack: attention keeps as many steps as the input has.
func TestDecoderLooksBack(t *testing.T) {
	m := translators()["transformer"]
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	d, err := m.Decoder(0)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.Begin(1); err != nil {
			t.Fatal(err)
		}
		for step := range targetSteps {
			if err := d.Next(); err != nil {
				t.Fatal(step, err)
			}
		}
		if err := d.Next(); err == nil || !strings.Contains(err.Error(), "6 steps at most") {
			t.Errorf("a step too many: %v", err)
		}
	}
}

// TestDecoderRefuses: layers that look along the sequence, outputs that do not depend on it, and wrong calls.
func TestDecoderRefuses(t *testing.T) {
	x := model.Apply(layer.Input{Base: layer.Base{Name: "source"}, Shape: []int{4, 2}})
	y := model.Apply(layer.Input{Base: layer.Base{Name: "target"}, Shape: []int{4, 2}})
	both := model.Apply(layer.Bidirectional{Layer: layer.GRU{Units: 1, ReturnSequences: true}}, y)
	m := model.New([]*model.Value{x, y}, []*model.Value{model.Apply(layer.Add{}, x, both)})
	if _, err := m.Decoder(1); err == nil || !strings.Contains(err.Error(), "not built") {
		t.Errorf("not built: %v", err)
	}
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Decoder(1); err == nil || !strings.Contains(err.Error(), "bidirectional") {
		t.Errorf("bidirectional: %v", err)
	}
	if _, err := m.Decoder(2); err == nil || !strings.Contains(err.Error(), "no input 2") {
		t.Errorf("no such input: %v", err)
	}
	m = model.New([]*model.Value{x, y}, []*model.Value{model.Apply(layer.Dense{Units: 1}, x),
		model.Apply(layer.Dense{Units: 1}, y)})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Decoder(1); err == nil || !strings.Contains(err.Error(), "does not depend") {
		t.Errorf("an output of the source alone: %v", err)
	}
	m = translators()["gru"]
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	d, err := m.Decoder(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Next(); err == nil {
		t.Error("Next before Begin: no error")
	}
	if err := d.Begin(1); err == nil || !strings.Contains(err.Error(), "1 inputs") {
		t.Errorf("no source: %v", err)
	}
}
