package series

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorae/data"
	"gorae/data/series"
	"gorae/internal/picture"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// The default network, by the number of training windows. Measured on three series with the same rules
// (bench/forecasts): of 56 windows a straight line is forecast best, if it is given the time to be found; of some
// thousand five networks of a line and an LSTM each.
const (
	units       = 32   // of the LSTM
	mostLine    = 500  // windows up to which the network is a line
	mostSeveral = 5000 // windows up to which several networks are trained
	networks    = 5

	lineEpochs, linePatience = 1000, 50
)

// problem is one run of a series.
type problem struct {
	name    string // of the experiment
	fitted  *Fitted
	all     *series.Problem
	train   data.Subset
	windows [3]windows

	collected *collector // of the part that is reported on
	part      task.Part
}

// windows is some windows of a series.
type windows struct {
	of   *series.Problem
	part data.Subset
}

// Network returns one LSTM of 32 units and an output for each step of each target. For few windows a straight line of
// the whole window is added to it, and for very few it is the network.
func (p *problem) Network() *spec.Network {
	out := layer.Dense{Units: p.fitted.values()}
	n := p.windows[task.Train].part.Len()
	switch {
	case p.fitted.Spec.Every:
		return spec.Chain(layer.LSTM{Units: units, ReturnSequences: true}, out)
	case n > mostSeveral:
		return spec.Chain(layer.LSTM{Units: units}, out)
	case n <= mostLine:
		return spec.Chain(layer.Flatten{}, out)
	}
	return &spec.Network{Steps: []spec.Step{
		{Name: "window", Layer: layer.Flatten{}},
		{Name: "line", Layer: out},
		{Name: "lstm", Layer: layer.LSTM{Units: units}, Inputs: []string{spec.OwnInput}},
		{Name: "curve", Layer: out},
		{Name: "forecast", Layer: layer.Add{}, Inputs: []string{"line", "curve"}},
	}}
}

// recipe sets what the section train leaves open for a default network of few windows.
func (p *problem) recipe(in *task.Input) {
	t, n := &in.Spec.Train, p.windows[task.Train].part.Len()
	switch {
	case in.Spec.Model != nil || n > mostSeveral || p.fitted.Spec.Every:
	case n <= mostLine:
		if t.Epochs == 0 {
			t.Epochs = lineEpochs
		}
		if t.Callbacks == nil && t.Monitor == "" && p.windows[task.Validation].part.Len() > 0 {
			t.Callbacks = []train.Callback{&train.EarlyStopping{Monitor: "val_loss", Patience: linePatience,
				RestoreBestWeights: true}}
		}
	case t.Ensemble == nil && t.StartFrom == "" && len(t.Freeze) == 0 && t.Truncate == 0:
		t.Ensemble = &spec.Ensemble{Networks: networks}
	}
}

// Fits returns an error unless the network has steps × targets outputs, flat or as two axes; with every, for each step
// of the window.
func (p *problem) Fits(outputs []tensor.Shape) error {
	fail := func(format string, args ...any) error { return &task.OutputError{Msg: fmt.Sprintf(format, args...)} }
	if len(outputs) != 1 {
		return task.Errorf("model.outputs", "%d outputs; the network of a series has one, which holds all targets",
			len(outputs))
	}
	out, s, k := outputs[0], p.fitted.Spec, p.fitted.values()
	if s.Every {
		if len(out) == 3 && out[1] == s.Window && out[2] == k {
			return nil
		}
		return fail("the model gives %v for a window, but %v is wanted (series.every: %s from each step); give "+
			"recurrent layers return_sequences: true, and end with dense: %d",
			tensor.Shape(out[1:]), tensor.Shape{s.Window, k}, words.Plural(k, "value"), k)
	}
	if len(out) == 2 && out[1] == k || len(out) == 3 && out[1] == s.Steps && out[2]*s.Steps == k {
		return nil
	}
	what := words.Plural(len(s.Targets), "target")
	if n := len(s.Quantiles); n > 0 {
		what = words.Plural(n, "quantile") + " of " + what
	}
	if s.Steps > 1 {
		what = words.Plural(s.Steps, "step") + " of " + what
	}
	if len(out) > 2 {
		return fail("the model gives %v for a window, but %v is wanted (%s); end with a recurrent layer without "+
			"return_sequences, or flatten, and dense: %d",
			tensor.Shape(out[1:]), tensor.Shape{k}, what, k)
	}
	return fail("%s, but %s: give %d", words.Plural(out[1], "output"), what, k)
}

// Losses implements task.Problem.
func (p *problem) Losses(*model.Model) []string {
	if p.fitted.Spec.Quantiles != nil {
		return []string{"pinball"}
	}
	return []string{"mean_squared_error"}
}

// Metrics returns the default metrics, without r2: next to the variance of a level that drifts, any forecast looks
// good.
func (*problem) Metrics() [][]string { return [][]string{{"rmse", "mae"}} }

// Check returns an error for losses and metrics of classes, and for those that need unscaled numbers where the targets
// are scaled.
func (p *problem) Check(t *task.Training) error {
	s := p.fitted
	if t.Truncate > 0 && !s.Spec.Every {
		return task.Errorf("train.truncate", "%d, but a window is compared by its last step alone, which chunks "+
			"before it do not reach; give data.series.every: true", t.Truncate)
	}
	word, takes := loss.Losses.Word(t.Losses[0]), loss.TraitsOf(t.Losses[0]).Targets
	switch {
	case takes.Classes():
		return task.Errorf(t.LossPath(0), "%s is for classes, but a series predicts numbers; give mean_squared_error",
			word)
	case takes == loss.Amounts && (s.Spec.Scale != "none" ||
		slices.ContainsFunc(s.Units(), func(u series.Unit) bool { return u.Gain || u.Log })):
		return task.Errorf(t.LossPath(0), "%s is for numbers as they are, but the targets are scaled or transformed; "+
			"give data.series.scale: none", word)
	}
	if err := task.CheckQuantiles(t.Losses[0], s.Spec.Quantiles, t.LossPath(0)); err != nil {
		return err
	}
	for i, m := range t.Metrics[0] {
		if metric.TraitsOf(m.Metric).Targets.Classes() {
			return task.Errorf(t.MetricPath(0, i),
				"%s is for classes, but a series predicts numbers; give rmse or mae", m.Name)
		}
	}
	return nil
}

// About names the targets and how far ahead they lie.
func (p *problem) About() string {
	s := p.fitted.Spec
	ahead := words.Plural(s.Horizon, "step") + " ahead"
	if s.Steps > 1 {
		ahead = fmt.Sprintf("%d to %d steps ahead", s.Horizon, s.Horizon+s.Steps-1)
	}
	return strings.Join(s.Targets, ", ") + " (" + ahead + ")"
}

// Observe collects the forecasts of the validation span, and then those of the test span, which take their place.
func (p *problem) Observe(part task.Part, _ data.Dataset, _ *task.Training) train.Consumer {
	if part == task.Train {
		return nil
	}
	p.collected, p.part = newCollector(p.windows[part]), part
	return p.collected
}

// Complete fits the baselines; it implements task.Completer.
func (p *problem) Complete(_ context.Context, f *task.Finish) error {
	var notes []string
	p.fitted.Baselines, notes = p.all.FitBaselines(p.train)
	f.Findings.Words = append(f.Findings.Words, notes...)
	return nil
}

// Finish compares the network with the baselines, says whether its errors still hold something that could be predicted,
// and draws both.
func (p *problem) Finish(ctx context.Context, f *task.Finish) error {
	if err := mixed(f.Findings, windows{p.all, p.train}, f.Training.Metrics[0]); err != nil {
		return err
	}
	if p.collected == nil {
		return nil
	}
	net, err := p.collected.forecasts()
	if err != nil {
		f.Findings.Say("the network was not compared with the baselines: %v", err)
		return nil
	}
	w := p.windows[p.part]
	if f.Baselines {
		if err := compare(f.Findings, w, net, &p.fitted.Baselines); err != nil {
			return err
		}
	}
	sayResiduals(f.Findings, w, net)
	if err := f.Findings.Add(task.CasesKey, cases(w.of, net, p.part)); err != nil {
		return err
	}
	return f.Draw(ForecastFile, func() (picture.Vector, error) {
		return drawForecasts(f.Name, w.of, net, p.part), nil
	})
}
