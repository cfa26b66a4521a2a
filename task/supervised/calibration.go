package supervised

import (
	"context"
	"math"

	"gorae/data"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/prep"
	"gorae/task"
	"gorae/train"
)

// temperature is what the logits of a network are divided by so that its probabilities are those of the validation
// samples (Guo and others 2017): above 1 the network was too sure of itself.
type temperature struct {
	target        string
	value         float64
	samples       int
	before, after float64 // mean of −log p of the true class
}

// checkCalibration returns an error where logits cannot be divided: the last layer must be dense, and make
// probabilities or logits.
func (p *Problem) checkCalibration(t *task.Training) error {
	const key = "train.calibration"
	if t.Calibration == "" {
		return nil
	}
	rules := t.Rules()
	for k, out := range t.Model.OutputLayers() {
		g := p.Targets[k]
		if g.Task != prep.Classification {
			return task.Errorf(key, "is of the probabilities of classes, and %s is none", g.Name).AtKey().
				Fix("leave it out")
		}
		d, dense := out.Layer.(layer.Dense)
		soft := d.Activation == "sigmoid" || d.Activation == "softmax"
		if !dense || !rules[k].Probable || soft == (rules[k].Predictions == loss.Logits) {
			return task.Errorf(key, "divides the logits of a last layer that is dense, with activation sigmoid or "+
				"softmax, and this one is %s", layer.Layers.Word(out.Layer)).AtKey().Fix("leave it out")
		}
	}
	return nil
}

// calibrate divides the logits by the temperature of the least log loss on the validation samples: the weights of the
// last layers, by the same temperature in all networks of an ensemble. The predicted classes stay as they are but for
// the rare ones that an ensemble's networks disagree on.
func (p *Problem) calibrate(ctx context.Context, t *task.Training, validation data.Dataset) error {
	p.temperatures = nil
	if t.Calibration == "" || validation == nil {
		return nil
	}
	networks := t.Model.Networks()
	if networks == nil {
		networks = []*model.Model{t.Model}
	}
	rules := t.Rules()
	all := make([][]*logits, len(networks)) // by network and target
	for n, m := range networks {
		var collect consumers
		for k := range p.Targets {
			l := &logits{output: k, linear: rules[k].Predictions == loss.Logits, z: make([][]float64, validation.Len()),
				class: make([]int, validation.Len())}
			all[n], collect = append(all[n], l), append(collect, l)
		}
		if m.Store() == nil {
			if err := m.Build(0); err != nil {
				return err
			}
		}
		e := objectives(p.Targets, t)
		e.BatchSize = t.Model.PredictBatch()
		if _, err := e.Run(ctx, m, train.Data{Source: validation}, collect); err != nil {
			return err
		}
	}
	for k, g := range p.Targets {
		var of []*logits
		for n := range networks {
			of = append(of, all[n][k])
		}
		at := func(u float64) float64 { return logLoss(of, math.Exp(u)) }
		v := temperature{target: g.Name, value: math.Exp(least(at, math.Log(0.05), math.Log(20))),
			samples: validation.Len(), before: logLoss(of, 1)}
		v.after = logLoss(of, v.value)
		for _, m := range networks {
			path := m.OutputNames()[k]
			m.Commit(func() {
				for _, name := range []string{"/kernel", "/bias"} {
					if w := m.Store().Var(path + name); w != nil {
						for i := range w.Value.F32 {
							w.Value.F32[i] = float32(float64(w.Value.F32[i]) / v.value)
						}
					}
				}
			})
		}
		p.temperatures = append(p.temperatures, v)
	}
	return nil
}

// logits collects the logits of an output and the true classes of samples.
type logits struct {
	output int
	linear bool // the outputs are logits; else they are probabilities
	z      [][]float64
	class  []int
}

// tiny is the least probability that a logit is made of: a float32 may have come to 0 where the logit is far away.
const tiny = 1e-30

// Batch implements train.Consumer.
func (l *logits) Batch(b *train.EvalBatch) error {
	y := b.Outputs[l.output]
	width := y.Len() / len(b.Samples)
	for i, sample := range b.Samples {
		l.class[sample] = ClassOf(b.Targets[l.output].Rows(i, i+1))
		z := make([]float64, 0, max(width, 2))
		for _, v := range y.F32[i*width : (i+1)*width] {
			switch {
			case l.linear:
				z = append(z, float64(v))
			case width == 1:
				z = append(z, math.Log(max(float64(v), tiny))-math.Log(max(1-float64(v), tiny)))
			default:
				z = append(z, math.Log(max(float64(v), tiny)))
			}
		}
		if width == 1 {
			z = []float64{0, z[0]}
		}
		l.z[sample] = z
	}
	return nil
}

// logLoss returns the mean of −log p of the true class, where p is the mean of the networks' softmax(z/T).
func logLoss(networks []*logits, temperature float64) float64 {
	sum := 0.0
	for i, class := range networks[0].class {
		p := 0.0
		for _, l := range networks {
			top, total := math.Inf(-1), 0.0
			for _, z := range l.z[i] {
				top = max(top, z/temperature)
			}
			for _, z := range l.z[i] {
				total += math.Exp(z/temperature - top)
			}
			p += math.Exp(l.z[i][class]/temperature-top) / total / float64(len(networks))
		}
		sum -= math.Log(max(p, tiny))
	}
	return sum / float64(len(networks[0].class))
}

// least returns where a function with one minimum from a to b has it, by golden sections.
func least(f func(float64) float64, a, b float64) float64 {
	ratio := (math.Sqrt(5) - 1) / 2
	x, y := b-ratio*(b-a), a+ratio*(b-a)
	fx, fy := f(x), f(y)
	for b-a > 1e-4 {
		if fx <= fy {
			b, y, fy = y, x, fx
			x = b - ratio*(b-a)
			fx = f(x)
		} else {
			a, x, fx = x, y, fy
			y = a + ratio*(b-a)
			fy = f(y)
		}
	}
	return (a + b) / 2
}

// sayCalibration adds the temperatures to the findings.
func (p *Problem) sayCalibration(f *task.Findings) error {
	var all []map[string]any
	for _, v := range p.temperatures {
		f.Say("calibration of %s: temperature %.3g by the %d validation samples, whose log loss is %.4g with it and "+
			"was %.4g", v.target, v.value, v.samples, v.after, v.before)
		all = append(all, map[string]any{"target": v.target, "temperature": v.value, "samples": v.samples,
			"log_loss": v.after, "log_loss_before": v.before})
	}
	if all == nil {
		return nil
	}
	return f.Add("calibration", all)
}
