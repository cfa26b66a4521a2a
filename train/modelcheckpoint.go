package train

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/config"
	"gorae/format"
	"gorae/internal/pattern"
)

// ModelCheckpoint saves the model as it is trained, with the state of its optimizer (of a Loop all models, without), to
// Filepath, in the format of its extension: after every epoch, or every SaveFreq batches; with SaveBestOnly only
// when Monitor has improved. Braces in Filepath are filled as Python's format does: {epoch:02d}, {val_loss:.2f}.
// With SaveWeightsOnly the file is Keras's of weights alone, and its name ends in .weights.h5; [format.LoadWeights]
// gives them to a model of the same layers.
//
// A file is replaced at once: a run killed while it saves leaves the former file.
//
// Source: Keras, keras/src/callbacks/model_checkpoint.py.
type ModelCheckpoint struct {
	// Filepath is the file; its braces are filled with the epoch, the batch and the metrics.
	Filepath string `keras:"filepath,main,required"`
	// Monitor is the metric that SaveBestOnly goes by.
	Monitor string `keras:"monitor,default=val_loss"`
	// SaveBestOnly saves only where Monitor has improved.
	SaveBestOnly bool `keras:"save_best_only"`
	// SaveWeightsOnly saves the weights without the model, to a file whose name ends in .weights.h5.
	SaveWeightsOnly bool `keras:"save_weights_only"`
	// Mode says whether Monitor is to fall (min) or to rise (max); auto asks the metric.
	Mode     string `keras:"mode,default=auto,oneof=auto|min|max"`
	SaveEach string `keras:"save_freq,default=epoch,oneof=epoch"`    // epoch, or a number of batches
	SaveFreq int    `keras:"save_freq,min=1,what=number of batches"` // 0: every epoch
	// Initial is the value that Monitor must improve on at first.
	Initial *float64 `keras:"initial_value_threshold"`
	_       struct{} `keras:"verbose~0"`

	watch watch
	best  float64
	seen  uint64 // batches since the last saving
}

// On saves.
func (c *ModelCheckpoint) On(e Event) error {
	every := uint64(c.SaveFreq)
	switch e.Kind {
	case TrainBegin:
		return c.begin(e)
	case BatchEnd:
		if c.seen++; every > 0 && c.seen >= every {
			c.seen = 0
			return c.save(e)
		}
	case EpochEnd:
		if every == 0 {
			return c.save(e)
		}
	}
	return nil
}

func (c *ModelCheckpoint) begin(e Event) (err error) {
	if err := config.Check(c); err != nil {
		return config.Under("model_checkpoint", err)
	}
	if c.Filepath == "" {
		return config.Errorf("model_checkpoint.filepath",
			"is missing").Fix("give the file to write").Coded(config.Missing)
	}
	*c = config.Filled(*c)
	if c.SaveBestOnly {
		if c.watch, err = watchOf(e.Run, "model_checkpoint", c.Monitor, c.Mode); err != nil {
			return err
		}
	}
	c.seen, c.best = 0, c.watch.worst()
	if c.Initial != nil {
		c.best = *c.Initial
	}
	example := Metrics{}
	for _, n := range e.Run.Names {
		example = append(example, Metric{Name: n})
	}
	path, err := expand(c.Filepath, 1, 1, example)
	if err != nil {
		return err
	}
	// An extension of no format and a directory that is not there are found out now, not after the first epoch.
	if err := c.extension(e.Run, path); err != nil {
		return err
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return fmt.Errorf("model_checkpoint: filepath %q: there is no directory %s; make it, or name another",
			c.Filepath, filepath.Dir(path))
	}
	return nil
}

// extension checks that there is a format for the file's name.
func (c *ModelCheckpoint) extension(r *Run, path string) error {
	if !c.SaveWeightsOnly {
		if _, err := format.ForPath(path); err != nil {
			return fmt.Errorf("model_checkpoint: filepath: %w", err)
		}
		return nil
	}
	if n := len(r.Models); n > 1 {
		return fmt.Errorf("model_checkpoint: save_weights_only: the run has %d models, and a file of weights holds "+
			"those of one; leave it out", n)
	}
	if _, err := format.ForWeights(path); err != nil {
		return fmt.Errorf("model_checkpoint: filepath: %w", err)
	}
	return nil
}

func (c *ModelCheckpoint) save(e Event) error {
	v := 0.0
	if c.SaveBestOnly {
		var ok bool
		if v, ok = e.Metrics.Lookup(c.Monitor); !ok || !c.watch.better(v, c.best, 0) {
			return nil
		}
	}
	path, err := expand(c.Filepath, e.Epoch, e.Batch, e.Metrics)
	if err != nil {
		return err
	}
	f := modelFile(e.Run.Models, e.Run.loop.config.Members)
	f.Optimizer = e.Run.loop.optimizerOf()
	save := format.Save
	if c.SaveWeightsOnly {
		save = format.SaveWeights
	}
	if err := save(path, f); err != nil {
		return fmt.Errorf("model_checkpoint: %w", err)
	}
	if c.SaveBestOnly {
		c.best = v
	}
	return nil
}

// State is the best value so far and the batches since the last saving.
func (c *ModelCheckpoint) State() []byte {
	var w writer
	w.f64(c.best)
	w.u64(c.seen)
	return w.b
}

// Restore takes back what State gave.
func (c *ModelCheckpoint) Restore(state []byte) error {
	r := reader{b: state}
	c.best, c.seen = r.f64(), r.u64()
	return r.err
}

var field = pattern.Pattern{Expr: `\{([^{}:]*)(?::([^{}]*))?\}`}

// expand fills the braces of a file name as Python's format does.
func expand(path string, epoch, batch int, f Metrics) (string, error) {
	var wrong error
	out := field.Regexp().ReplaceAllStringFunc(path, func(s string) string {
		m := field.Regexp().FindStringSubmatch(s)
		var text string
		var err error
		if v, ok := f.Lookup(m[1]); ok {
			text, err = formatted(m[2], v, false)
		} else if m[1] == "epoch" {
			text, err = formatted(m[2], float64(epoch), true)
		} else if m[1] == "batch" {
			text, err = formatted(m[2], float64(batch), true)
		} else {
			err = fmt.Errorf("no metric %q%s", m[1], config.DidYouMean(m[1], append(f.Names(), "epoch", "batch")))
		}
		if err != nil && wrong == nil {
			wrong = fmt.Errorf("model_checkpoint: filepath %q: %s: %w", path, s, err)
		}
		return text
	})
	return out, wrong
}

var spec = pattern.Pattern{Expr: `^(0?)([1-9]?[0-9]?)(?:\.([0-9]))?([defg]?)$`}

// formatted prints a number by a Python format: 02d, .2f, .3e.
func formatted(format string, v float64, whole bool) (string, error) {
	m := spec.Regexp().FindStringSubmatch(format)
	if m == nil || (m[4] == "d" && (!whole || m[3] != "")) {
		return "", fmt.Errorf("%q is not a format that fits; give one as 02d for whole numbers, .2f for others", format)
	}
	verb, dot := m[4], ""
	if m[3] != "" {
		dot = "." + m[3]
	}
	if whole && (verb == "" || verb == "d") {
		return fmt.Sprintf("%"+m[1]+m[2]+"d", int(v)), nil
	}
	if verb == "" {
		verb = "g"
		if dot == "" {
			return strings.TrimSpace(fmt.Sprintf("%"+m[1]+m[2]+"v", v)), nil
		}
	}
	return fmt.Sprintf("%"+m[1]+m[2]+dot+verb, v), nil
}
