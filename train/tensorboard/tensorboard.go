package tensorboard

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gorae/config"
	"gorae/format/keras"
	"gorae/train"
)

func init() { train.Callbacks.Register(&TensorBoard{}, "tensorboard") }

// TensorBoard writes event files for TensorBoard into LogDir: the losses and metrics of each epoch with the learning
// rate, those of batches, histograms and pictures of the weights, and the model's graph. Keras's callback of that name,
// with its defaults, its folders and its tags; tensorboard --logdir DIR shows them.
//
// The folder train has epoch_loss, epoch_METRIC and epoch_learning_rate by epoch, from 0, batch_loss and batch_METRIC
// by batch, from 1, and PATH/histogram and PATH/image of each weight by epoch. The folder validation has epoch_loss and
// epoch_METRIC by epoch and evaluation_METRIC_vs_iterations by steps of the optimizer.
//
// A continued run goes on in the same files: what they have beyond the checkpoint is cut off and comes again, so that
// no step is there twice and none is missing.
//
// Source: Keras, keras/src/callbacks/tensorboard.py.
type TensorBoard struct {
	// LogDir is the folder in which the folders train and validation are made.
	LogDir string `keras:"log_dir,main,default=logs"`
	// HistogramFreq is the number of epochs between two histograms of every weight, beginning with the first; 0: none.
	HistogramFreq int `keras:"histogram_freq,min=0,what=number of epochs"`
	// NoGraph leaves the model's layers and the operations of its prediction out.
	NoGraph bool `keras:"!write_graph"`
	// WriteImages writes weights as pictures beside their histograms: vectors, matrices and kernels of one channel.
	WriteImages bool `keras:"write_images"`
	// WriteStepsPerSecond writes batch_steps_per_second and epoch_steps_per_second.
	WriteStepsPerSecond bool `keras:"write_steps_per_second"`
	// UpdateEach is epoch or batch; UpdateFreq is the number of batches between two writings of the running averages of
	// losses and metrics.
	UpdateEach string   `keras:"update_freq,default=epoch,oneof=epoch|batch"`
	UpdateFreq int      `keras:"update_freq,min=1,what=number of batches"`
	_          struct{} `keras:"profile_batch=0,embeddings_freq=0,embeddings_metadata=null"`

	run               *train.Run
	train, validation *events
	scalars           scalars
	tags              map[string]string // batch_NAME by name
	batches           int64             // of the run
	first             int64             // batches before the epoch
	began             time.Time         // the batch
}

// part is what State says of an event file.
type part struct {
	Name string
	End  int64
}

// state is what State gives.
type state struct {
	Train, Validation part
	Batches, First    int64
}

// On writes what the event brings.
func (t *TensorBoard) On(e train.Event) error {
	if err := t.on(e); err != nil {
		return config.Under("tensorboard", err)
	}
	return nil
}

func (t *TensorBoard) on(e train.Event) error {
	switch e.Kind {
	case train.TrainBegin:
		return t.begin(e)
	case train.EpochBegin:
		t.first, t.began = t.batches, time.Now()
	case train.BatchEnd:
		return t.batch(e)
	case train.EpochEnd:
		return t.epoch(e)
	case train.TrainEnd:
		return t.sync()
	}
	return nil
}

// begin checks the settings and makes the first file; a continued run has its own, which Restore opens.
func (t *TensorBoard) begin(e train.Event) (err error) {
	if err := config.Check(t); err != nil {
		return err
	}
	*t = config.Filled(*t)
	if t.UpdateFreq == 0 && t.UpdateEach == "batch" {
		t.UpdateFreq = 1
	}
	t.run, t.train, t.validation = e.Run, nil, nil
	t.batches, t.first, t.began = 0, 0, time.Now()
	t.tags = map[string]string{}
	for _, n := range e.Run.Names {
		t.tags[n] = "batch_" + n
	}
	if e.Run.Resumed() {
		return nil
	}
	return t.create()
}

// create makes the files that are not there. That of the validation is made before the first checkpoint, so that
// every checkpoint knows it.
func (t *TensorBoard) create() (err error) {
	if t.train == nil {
		if err := t.createTrain(); err != nil {
			return err
		}
	}
	validated := slices.ContainsFunc(t.run.Names, func(n string) bool { return strings.HasPrefix(n, "val_") })
	if validated && t.validation == nil {
		t.validation, err = create(filepath.Join(t.LogDir, "validation"), fileName(1))
	}
	return err
}

// createTrain makes the file of the training, with the graphs of the models.
func (t *TensorBoard) createTrain() (err error) {
	if t.train, err = create(filepath.Join(t.LogDir, "train"), fileName(0)); err != nil {
		return err
	}
	if t.NoGraph {
		return nil
	}
	for i, m := range t.run.Models {
		tag := "keras"
		if m.Name != "" {
			tag += "_" + m.Name
		}
		layers, err := keras.Config(m.Model)
		if err != nil {
			return err
		}
		if err := t.train.value(0, text(tag, "graph_keras_model", "1", string(layers))); err != nil {
			return err
		}
		if i > 0 { // a file has one graph of operations
			continue
		}
		operations, err := graphDef(m.Model)
		if err != nil {
			return err
		}
		t.train.graph(operations)
	}
	return t.train.flush()
}

// fileName is the name of an event file: the time, the machine, the process and a number tell files apart.
func fileName(number int) string {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return fmt.Sprintf("events.out.tfevents.%010d.%s.%d.%d.v2", time.Now().UnixMicro()/1e6, host, os.Getpid(), number)
}

// batch writes the running averages every UpdateFreq batches.
func (t *TensorBoard) batch(e train.Event) error {
	t.batches++
	began := t.began
	t.began = time.Now()
	if t.UpdateFreq == 0 || t.batches%int64(t.UpdateFreq) != 0 {
		return nil
	}
	if t.WriteStepsPerSecond {
		rate := 1 / max(t.began.Sub(began).Seconds(), 1e-9)
		if err := t.train.value(t.batches, t.scalars.of("batch_steps_per_second", rate)); err != nil {
			return err
		}
	}
	for i := range e.Metrics {
		x := &e.Metrics[i]
		if err := t.train.value(t.batches, t.scalars.of(t.tags[x.Name], x.Value)); err != nil {
			return err
		}
	}
	return nil
}

// epoch writes what an epoch's end brings.
func (t *TensorBoard) epoch(e train.Event) error {
	step := int64(e.Epoch - 1)
	if err := t.validated(e, step); err != nil {
		return err
	}
	put := func(name string, v float64) error { return t.train.value(step, t.scalars.of("epoch_"+name, v)) }
	for _, x := range e.Metrics {
		if strings.HasPrefix(x.Name, "val_") {
			continue
		}
		if err := put(x.Name, x.Value); err != nil {
			return err
		}
	}
	for _, s := range e.Run.Steps() {
		name := "learning_rate"
		if s.Name != "" {
			name += "_" + s.Name
		}
		rate, err := s.Step.PresentRate()
		if err == nil {
			err = put(name, rate)
		}
		if err != nil {
			return err
		}
	}
	if t.WriteStepsPerSecond {
		if err := put("steps_per_second", float64(t.batches-t.first)/max(e.Seconds, 1e-9)); err != nil {
			return err
		}
	}
	if t.HistogramFreq > 0 && step%int64(t.HistogramFreq) == 0 {
		if err := t.weights(step); err != nil {
			return err
		}
	}
	return t.flush()
}

// validated writes the metrics of the validation samples.
func (t *TensorBoard) validated(e train.Event, epoch int64) error {
	iterations := int64(e.Step)
	if steps := e.Run.Steps(); len(steps) > 0 {
		iterations = int64(steps[0].Step.Count())
	}
	for _, x := range e.Metrics {
		name, ok := strings.CutPrefix(x.Name, "val_")
		if !ok {
			continue
		}
		err := t.validation.value(iterations, t.scalars.of("evaluation_"+name+"_vs_iterations", x.Value))
		if err == nil {
			err = t.validation.value(epoch, t.scalars.of("epoch_"+name, x.Value))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// weights writes histograms and pictures of all weights and states.
func (t *TensorBoard) weights(step int64) error {
	for _, m := range t.run.Models {
		prefix, err := pathPrefix(m)
		if err != nil {
			return err
		}
		for _, v := range m.Store().Vars() {
			path := prefix + v.Path
			if err := t.train.value(step, histogram(path+"/histogram", v.Value)); err != nil {
				return err
			}
			if !t.WriteImages {
				continue
			}
			if picture, ok, err := weightImage(path+"/image", v.Value); err != nil {
				return err
			} else if ok {
				if err := t.train.value(step, picture); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// pathPrefix is what Keras puts before the paths of a model's weights: the name of a Sequential, which builds its
// layers, and nothing for a Functional, whose layers were built before it. Several models have their names in a run.
func pathPrefix(m train.NamedModel) (string, error) {
	if m.Name != "" {
		return m.Name + "/", nil
	}
	c, err := m.Config()
	if err != nil {
		return "", err
	}
	if class, _ := c.Get("class_name").(string); class == "Sequential" {
		return m.Model.Name + "/", nil
	}
	return "", nil
}

// files are the files that are open.
func (t *TensorBoard) files() []*events {
	var list []*events
	for _, e := range []*events{t.train, t.validation} {
		if e != nil {
			list = append(list, e)
		}
	}
	return list
}

func (t *TensorBoard) flush() error {
	for _, e := range t.files() {
		if err := e.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (t *TensorBoard) sync() error {
	for _, e := range t.files() {
		if err := e.sync(); err != nil {
			return err
		}
	}
	return nil
}

// Close closes the files.
func (t *TensorBoard) Close() error {
	var first error
	for _, e := range t.files() {
		if err := e.close(); first == nil {
			first = err
		}
	}
	t.train, t.validation, t.run = nil, nil, nil
	return first
}

// State is the names of the event files and how much of them belongs to the steps so far.
func (t *TensorBoard) State() []byte {
	s := state{Batches: t.batches, First: t.first}
	for e, to := range map[*events]*part{t.train: &s.Train, t.validation: &s.Validation} {
		if e != nil {
			_ = e.sync() // what is not written is not counted, and the next writing fails the same way
			*to = part{filepath.Base(e.path), e.end}
		}
	}
	b, _ := json.Marshal(s)
	return b
}

// Restore takes back what State gave: records of later steps, which come again, are cut off.
func (t *TensorBoard) Restore(saved []byte) (err error) {
	var s state
	if err := json.Unmarshal(saved, &s); err != nil {
		return err
	}
	t.batches, t.first = s.Batches, s.First
	if t.train, err = t.reopen("train", s.Train); err != nil {
		return err
	}
	if t.validation, err = t.reopen("validation", s.Validation); err != nil {
		return err
	}
	return t.create()
}

// reopen opens a file of a former process; nil where there was none or it is gone.
func (t *TensorBoard) reopen(folder string, p part) (*events, error) {
	if p.Name == "" || filepath.Base(p.Name) != p.Name {
		return nil, nil
	}
	return reopen(filepath.Join(t.LogDir, folder, p.Name), p.End)
}

// File implements train.FileCallback.
func (t *TensorBoard) File() (key, path string) { return "log_dir", config.Filled(*t).LogDir }

// Within implements train.FileCallback.
func (t *TensorBoard) Within(dir string) train.Callback {
	d := config.Filled(*t)
	d.LogDir = train.Within(dir, d.LogDir)
	return &d
}
