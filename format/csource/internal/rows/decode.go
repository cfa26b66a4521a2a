package rows

import (
	"fmt"
	"math"
	"slices"

	"gorae/format/csource/internal/emit"
	"gorae/format/internal/categories"
	"gorae/loss"
	"gorae/prep"
	"gorae/task"
)

// result is an output of the network as a prediction holds it.
type result struct {
	name    string // of its member
	values  string // of the member of probabilities or scores; "": there is none
	classes string // the array of the names of classes or labels; "": there are none
	each    bool   // labels: each is 0 or 1
	size    int    // of the values, or of the numbers
	elem    string // of numbers
	says    string
	list    []string
}

// targets are those of a Fitted that has them.
type targets interface{ Target(output int) *prep.Target }

// decode writes how the outputs of the network become a prediction.
func (p *Product) decode(outs []string) {
	t := task.NewTraining(p.b.Model, p.b.Losses, p.b.Metrics)
	rules, learnt := t.Rules(), p.b.Fitted.Outputs()
	types := p.b.Model.OutputTypes(1)
	names := emit.NewNames()
	for i, y := range outs {
		suffix := ""
		if len(outs) > 1 && i < len(learnt) {
			suffix = "_" + learnt[i].Name
		}
		name := names.Unique("prediction"+suffix, fmt.Sprint("prediction_", i+1))
		r := result{name: name, size: p.f.Out[i].Size, elem: p.f.Out[i].Elem}
		switch {
		case i >= len(learnt) || t.Losses[i] == nil || len(types[i].Shape) != 2:
			r.says = "the output of " + p.f.Out[i].Layer
			p.line("memcpy(to->%s, %s, sizeof to->%[1]s);", name, y)
		case learnt[i].Classes == nil:
			r.elem, r.says = "double", learnt[i].Name
			p.block(learnt[i].Name, func() { p.numbers(i, y, r) })
		default:
			o := learnt[i]
			r.classes, r.list, r.says = p.f.Unique(p.f.Name+suffix+"_classes"), o.Classes, o.Name
			p.block(o.Name, func() { p.classes(&r, o.Rule(rules[i]), y, names, suffix) })
		}
		p.results = append(p.results, r)
	}
}

// numbers writes the numbers of an output in the units of their target.
func (p *Product) numbers(i int, y string, r result) {
	z, value := y+"[i]", "z"
	if with, ok := p.b.Fitted.(targets); ok && with.Target(i) != nil {
		g := with.Target(i)
		if g.Curve == nil {
			value = fmt.Sprintf("z * %s + %s", bracketed(g.SD), bracketed(g.Mean))
		} else if curve, known := categories.TargetCurve(g.Curve); known {
			z = fmt.Sprintf("fmin(fmax(%s, %s), %s)", z, number(g.Curve.Low), number(g.Curve.High))
			value = fmt.Sprintf("fmin(%s, %s)", p.inverted(g.Name, curve), number(math.MaxFloat64))
		} else {
			p.note(Note{What: Learnt, Column: g.Name, Of: g.Curve.Scale})
		}
	}
	p.line("for (int32_t i = 0; i < %d; i++) {", r.size)
	p.line("    const double z = %s;", z)
	p.line("    to->%s[i] = %s;", r.name, value)
	p.line("}")
}

// classes writes the predicted class and the probability, or the score, of each.
func (p *Product) classes(r *result, rule task.Rule, y string, names emit.Names, suffix string) {
	width := r.size
	word := "probabilities"
	if !rule.Probable {
		word = "scores"
	}
	r.values, r.each = names.Unique(word+suffix, word), rule.Each
	v := "to->" + r.values
	logits := rule.Probable && rule.Predictions == loss.Logits
	switch {
	case logits && (rule.Each || width == 1):
		p.line("for (int32_t i = 0; i < %d; i++) {", width)
		p.line("    %s[i] = (float)(1.0 / (1.0 + exp(-(double)%s[i])));", v, y)
		p.line("}")
	case logits:
		p.line("double most = %s[0], sum = 0.0;", y)
		p.line("for (int32_t i = 1; i < %d; i++) {", width)
		p.line("    most = fmax(most, %s[i]);", y)
		p.line("}")
		p.line("for (int32_t i = 0; i < %d; i++) {", width)
		p.line("    sum += exp(%s[i] - most);", y)
		p.line("}")
		p.line("for (int32_t i = 0; i < %d; i++) {", width)
		p.line("    %s[i] = (float)(exp(%s[i] - most) / sum);", v, y)
		p.line("}")
	default:
		p.line("memcpy(%s, %s, %d * sizeof(float));", v, y, width)
	}
	if rule.Each {
		limits := slices.Repeat([]float64{0.5}, width)
		if rule.Thresholds != nil {
			copy(limits, rule.Thresholds)
		}
		name := p.constant("thresholds"+suffix, limits)
		p.line("for (int32_t i = 0; i < %d; i++) {", width)
		p.line("    to->%s[i] = %s[i] > (float)%s[i];", r.name, v, name)
		p.line("}")
		return
	}
	single := width == 1 && rule.Probable
	if single {
		r.size = 2
		p.line("%s[1] = %[1]s[0];", v)
		p.line("%s[0] = 1.0f - %[1]s[1];", v)
	}
	d, _ := rule.Decision.(*prep.Decision)
	switch {
	case d != nil && rule.Probable && d.Costs == nil:
		p.line("to->%s = %s[1] > %sf;", r.name, v, number(float64(float32(d.Threshold))))
	case d != nil && rule.Probable:
		var costs []float64
		for _, row := range d.Costs {
			costs = append(costs, row...)
		}
		n := len(d.Costs)
		name := p.constant("costs"+suffix, costs)
		p.line("double least = INFINITY;")
		p.line("to->%s = 0;", r.name)
		p.line("for (int32_t i = 0; i < %d; i++) {", n)
		p.line("    double cost = 0.0;")
		p.line("    for (int32_t j = 0; j < %d; j++) {", n)
		p.line("        cost += %s[j] * %s[j * %d + i];", v, name, n)
		p.line("    }")
		p.line("    if (cost < least) {")
		p.line("        least = cost;")
		p.line("        to->%s = i;", r.name)
		p.line("    }")
		p.line("}")
	case width == 1:
		p.line("to->%s = (double)%s[0] > %s;", r.name, y, number(rule.Predictions.Threshold()))
	default:
		p.line("to->%s = 0;", r.name)
		p.line("for (int32_t i = 1; i < %d; i++) {", width)
		p.line("    if (%s[i] > %[1]s[to->%s]) {", y, r.name)
		p.line("        to->%s = i;", r.name)
		p.line("    }")
		p.line("}")
	}
}
