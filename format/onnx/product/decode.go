package product

import (
	"gorae/format/internal/categories"
	"gorae/format/onnx/internal/emit"
	"gorae/format/onnx/internal/pb"
	"gorae/loss"
	"gorae/prep"
	"gorae/task"
)

// decode turns the outputs of the network into predictions.
func (p *product) decode(outs []emit.Tensor) error {
	names := p.b.Model.OutputNames()
	if p.b.Fitted == nil {
		for i, y := range outs {
			p.f.Declare(y, names[i])
		}
		return nil
	}
	t := task.NewTraining(p.b.Model, p.b.Losses, p.b.Metrics)
	rules := t.Rules()
	learnt := p.b.Fitted.Outputs()
	for i, y := range outs {
		after := func(name string) string {
			if len(outs) > 1 && i < len(learnt) {
				return name + "_" + learnt[i].Name
			}
			return name
		}
		switch {
		case i >= len(learnt) || t.Losses[i] == nil || len(y.Dims) != 2:
			p.f.Declare(y, names[i])
		case learnt[i].Classes == nil:
			p.f.Declare(p.value(i, y), after("prediction"))
		default:
			o := learnt[i]
			if err := p.metadata(o); err != nil {
				return err
			}
			p.classes(o, o.Rule(rules[i]), y, after)
		}
	}
	return nil
}

// targets are those of a Fitted that has them.
type targets interface{ Target(output int) *prep.Target }

// value is the number of an output in the units of its target.
func (p *product) value(i int, y emit.Tensor) emit.Tensor {
	with, ok := p.b.Fitted.(targets)
	if !ok || with.Target(i) == nil {
		return y
	}
	g := with.Target(i)
	f := p.f
	one := func(op string, in ...string) string { return f.One(g.Name, op, in) }
	if g.Curve == nil {
		if g.Mean != 0 || g.SD != 1 {
			y.Name = curves{f, g.Name}.linear(y.Name, g.SD, g.Mean)
		}
		return y
	}
	curve, known := categories.TargetCurve(g.Curve)
	if !known {
		p.note("%s: ONNX has no operator that undoes its scale (%s); the file gives it as it was learnt", g.Name,
			g.Curve.Scale)
		return y
	}
	z := one("Min", one("Max", y.Name, f.Scalar(g.Curve.Low)), f.Scalar(g.Curve.High))
	y.Name = curves{f, g.Name}.invert(curve, z)
	return y
}

// classes is the predicted class and the probability, or the score, of each.
func (p *product) classes(o task.Output, r task.Rule, y emit.Tensor, after func(string) string) {
	f := p.f
	one := func(op string, in ...string) string { return f.One(o.Name, op, in) }
	width := int(y.Dims[1].Value)
	values := y.Name
	if r.Probable {
		switch {
		case r.Predictions != loss.Logits:
		case r.Each || width == 1:
			values = one("Sigmoid", values)
		default:
			values = f.One(o.Name, "Softmax", []string{values}, emit.Int("axis", 1))
		}
	}
	if r.Each {
		limits := make([]float32, width)
		for k := range limits {
			if limits[k] = 0.5; r.Thresholds != nil {
				limits[k] = float32(r.Thresholds[k])
			}
		}
		said := one("Greater", values, f.Floats("thresholds", []int64{1, int64(width)}, limits...))
		f.Declare(emit.Tensor{Name: f.Cast(o.Name, said, pb.I64), Elem: pb.I64, Dims: y.Dims}, after("prediction"))
		f.Declare(emit.Tensor{Name: values, Elem: pb.F32, Dims: y.Dims}, after("probabilities"))
		return
	}
	word := "probabilities"
	if !r.Probable {
		word = "scores"
	}
	single := values
	if width == 1 && r.Probable {
		values = f.One(o.Name, "Concat", []string{one("Sub", f.Scalar(1), values), values}, emit.Int("axis", 1))
	}
	class := ""
	above := func(v string, limit float64) string {
		return f.Squeeze(o.Name, f.Cast(o.Name, one("Greater", v, f.Scalar(limit)), pb.I64), 1)
	}
	switch d := r.Decision.(type) {
	case *prep.Decision:
		if d.Costs == nil || !r.Probable {
			class = above(f.Slice(o.Name, values, []int{1}, []int{2}, []int{1}, []int{1}), d.Threshold)
			break
		}
		var costs []float32
		for _, row := range d.Costs {
			for _, v := range row {
				costs = append(costs, float32(-v))
			}
		}
		n := int64(len(d.Costs))
		gain := one("MatMul", values, f.Floats("gains", []int64{n, n}, costs...))
		class = f.One(o.Name, "ArgMax", []string{gain}, emit.Int("axis", 1), emit.Int("keepdims", 0))
	default:
		if width == 1 {
			class = above(y.Name, r.Predictions.Threshold())
		} else {
			class = f.One(o.Name, "ArgMax", []string{y.Name}, emit.Int("axis", 1), emit.Int("keepdims", 0))
		}
	}
	if !r.Probable {
		values = single
	}
	keys := make([]int64, len(o.Classes))
	for k := range keys {
		keys[k] = int64(k)
	}
	name := f.MLNode(o.Name, "LabelEncoder", []string{class}, 1,
		&pb.Attribute{Name: "keys_int64s", Type: pb.Ints, Ints: keys}, emit.Texts("values_strings", o.Classes...),
		emit.Text("default_string", ""))[0]
	f.Declare(emit.Tensor{Name: name, Elem: pb.Text, Dims: y.Dims[:1]}, after("prediction"))
	dims := y.Dims
	if width == 1 && r.Probable {
		dims = []pb.Dim{y.Dims[0], {Value: 2}}
	}
	f.Declare(emit.Tensor{Name: values, Elem: pb.F32, Dims: dims}, after(word))
}
