package run

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"gorae/config"
	"gorae/internal/file"
	"gorae/loss"
	"gorae/metric"
	"gorae/optim"
	"gorae/spec"
	"gorae/task"
	"gorae/train"
)

// Defaults of the train section; defaultPatience is the number of epochs without progress before early stopping.
const (
	defaultEpochs   = 100
	defaultBatch    = 32
	defaultPatience = 10
)

// settleObjective sets the losses and metrics of each output.
func (m *supervised) settleObjective() error {
	t := &m.Spec.Train
	outputs := m.Model.OutputNames()
	if err := knownOutputs(t, outputs); err != nil {
		return err
	}
	of := func(i int) string { // an only output goes without its name
		if len(outputs) == 1 {
			return ""
		}
		return outputs[i]
	}
	settled := make(spec.Losses, len(outputs))
	defaults := m.problem.Losses(m.Model)
	for i, out := range outputs {
		l := t.Loss.Of(out)
		if l == nil {
			var err error
			if l, err = loss.New(defaults[i]); err != nil {
				return fmt.Errorf("the default loss of %s: %w", out, err)
			}
		}
		settled[i] = spec.Loss{Output: of(i), Loss: l}
	}
	t.Loss = settled
	if t.Metrics == nil {
		t.Metrics = spec.Metrics{}
		for i, names := range m.problem.Metrics() {
			for _, name := range names {
				x, err := metric.New(name)
				if err != nil {
					return fmt.Errorf("the default metric of %s: %w", outputs[i], err)
				}
				t.Metrics = append(t.Metrics, spec.Metric{Output: of(i), Name: name, Metric: x})
			}
		}
	}
	m.Training = task.NewTraining(m.Model, t.Loss, t.Metrics)
	m.Training.Threshold, m.Training.Costs, m.Training.Calibration = t.Threshold, t.Costs, t.Calibration
	m.Training.Truncate = t.Truncate
	return nil
}

// knownOutputs returns an error for losses, weights of losses and metrics of outputs that the model does not have.
func knownOutputs(t *spec.Train, outputs []string) error {
	check := func(key, name string) error {
		if name == "" || slices.Contains(outputs, name) {
			return nil
		}
		return task.Errorf("train."+key+"."+config.Step(name), "the model has no output %q%s", name,
			config.DidYouMean(name, outputs))
	}
	for _, l := range t.Loss {
		if err := check("loss", l.Output); err != nil {
			return err
		}
	}
	for _, m := range t.Metrics {
		if err := check("metrics", m.Output); err != nil {
			return err
		}
	}
	for name := range t.LossWeights {
		if err := check("loss_weights", name); err != nil {
			return err
		}
	}
	return nil
}

// settleTrain sets the other defaults of the train section.
func (m *supervised) settleTrain() {
	t := &m.Spec.Train
	if t.Optimizer == nil {
		t.Optimizer = optim.Adam{}
	}
	if t.BatchSize == 0 {
		t.BatchSize = defaultBatch
	}
	if t.Epochs == 0 {
		t.Epochs = defaultEpochs
	}
	if t.Callbacks == nil {
		t.Callbacks = []train.Callback{}
		if t.Optimizer.Options().UseEMA { // what is measured and kept is what the training ends with
			t.Callbacks = append(t.Callbacks, train.SwapEMAWeights{SwapOnEpoch: true})
		}
		if m.Rows(task.Validation) > 0 {
			monitor := t.Monitor
			if monitor == "" {
				monitor = "val_loss"
			}
			t.Callbacks = append(t.Callbacks, &train.EarlyStopping{Monitor: monitor, Patience: defaultPatience,
				RestoreBestWeights: true})
		}
	}
}

// columns names the metrics of an epoch in the order of history.csv.
func (m *supervised) columns() []string {
	names := []string{"loss"}
	outputs := m.Model.OutputNames()
	several := len(outputs) > 1
	if several {
		for _, out := range outputs {
			names = append(names, out+"_loss")
		}
	}
	for i, ms := range m.Training.Metrics {
		for _, x := range ms {
			if several {
				names = append(names, outputs[i]+"_"+x.Name)
			} else {
				names = append(names, x.Name)
			}
		}
	}
	if m.Rows(task.Validation) > 0 {
		for _, n := range names[:len(names):len(names)] {
			names = append(names, "val_"+n)
		}
	}
	return names
}

// callbackPath returns the path of callback i in the experiment file.
func callbackPath(i int, c train.Callback) string {
	return "train.callbacks" + config.Index(i) + "." + train.Callbacks.Word(c)
}

// checkMonitors returns an error for monitors that name no metric, before the training starts.
func (p *Prepared) checkMonitors() error {
	names := p.how.columns()
	check := func(path, name string) error {
		if name == "" || slices.Contains(names, name) {
			return nil
		}
		if p.targeted() == nil && strings.HasPrefix(name, "val_") && p.Rows(task.Validation) == 0 {
			return task.Errorf(path, "%s, but there are no validation samples; raise split.validation, or monitor %s",
				name, strings.TrimPrefix(name, "val_"))
		}
		return task.Errorf(path, "no metric %q%s", name, config.DidYouMean(name, names))
	}
	if err := check("train.monitor", p.Spec.Train.Monitor); err != nil {
		return err
	}
	for i, c := range p.Spec.Train.Callbacks {
		monitor, ok := config.Encode(c).Get("monitor").(string)
		if !ok {
			continue
		}
		path := callbackPath(i, c) + ".monitor"
		if err := check(path, monitor); err != nil {
			return err
		}
	}
	return nil
}

// checkFiles returns an error for files of callbacks outside of the run directory, and those that the run itself
// writes.
func (p *Prepared) checkFiles() error {
	for i, c := range p.Spec.Train.Callbacks {
		f, ok := c.(train.FileCallback)
		if !ok {
			continue
		}
		key, name := f.File()
		path := callbackPath(i, c) + "." + key
		local := filepath.FromSlash(name)
		first, _, _ := strings.Cut(filepath.ToSlash(filepath.Clean(local)), "/")
		switch {
		case name == "": // the callback says so
		case !filepath.IsLocal(local):
			return task.Errorf(path, "%q lies outside of the run directory; an experiment writes below it alone",
				name).Fix("give a relative path without .., such as %s", filepath.ToSlash(filepath.Base(local)))
		case slices.ContainsFunc(ownFiles, func(own string) bool {
			return strings.EqualFold(own, first) // Windows and macOS know one name
		}):
			return task.Errorf(path, "%q is a file of the run itself", first).Fix("give another name")
		}
	}
	return nil
}

// ownFiles are the names of a run directory's files that no callback may write.
var ownFiles = []string{ExperimentFile, InputsFile, ModelFile, LastFile, HistoryFile, MetricsFile, file.LockName}
