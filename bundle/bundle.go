// Package bundle is the product of a training in one file: the network, and with it everything that
// raw samples need on their way to the network and back. Keras opens the file as a plain model.
package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/format"
	"gorae/format/keras"
	"gorae/internal/file"
	"gorae/internal/words"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
	"gorae/weight"
)

// Member is the name of the member of a model file that holds what a bundle has beside the network.
const Member = "gorae/prep.json"

// version is that of the member's content. Version 1 was written before 2026-12.
const version = 2

// mostBatch is the greatest batch size that is taken from a file.
const mostBatch = 1 << 20

// Bundle is a trained network and the fitted task that it was trained for. Any number of goroutines
// may predict with one.
type Bundle struct {
	Name   string // of the experiment; "" for a file of another program
	Model  *model.Model
	Fitted task.Fitted // nil for a file of another program

	// Losses and Metrics are those that the network was trained with; Evaluate uses them again.
	Losses  spec.Losses
	Metrics spec.Metrics

	// Batches are those of the training, in which the losses of masked steps are evaluated, as they are means by
	// batches.
	Batches task.Batches

	task string
	kept json.RawMessage // the baselines; see task.Keeper

	check *check // of the file; see Verify
	path  string
	size  int64 // of the file; 0 if it was not read from one
	disk  bool  // path is that of a file on disk

	arrays Arrays // of a file of another program with layers before the network; else nil
	// outputs are those of a file of another program that names them.
	outputs []format.Output
}

// Arrays makes the arrays of a network's inputs of raw samples.
type Arrays func(s *task.Source) (*data.Arrays, error)

// Loader reads a model file of size bytes. Arrays is nil where the network takes raw samples as they are.
type Loader func(r io.ReaderAt, size int64) (*format.File, Arrays, error)

// networks is the Loader of files that hold a network alone, and gorae's own.
func networks(r io.ReaderAt, size int64) (*format.File, Arrays, error) {
	m, members, err := keras.Load(r, size)
	return &format.File{Model: m, Members: members}, nil, err
}

// content is the member as JSON. Losses and metrics stand there as an experiment file has them.
type content struct {
	Version int             `json:"version"`
	Name    string          `json:"name,omitempty"`
	Task    string          `json:"task"`
	Fitted  json.RawMessage `json:"fitted"`
	Losses  any             `json:"losses"`
	Metrics any             `json:"metrics"`
	Batches task.Batches    `json:"batches,omitzero"`
	// Baselines are those of the training, as task.Keeper.Kept returned them.
	Baselines json.RawMessage `json:"baselines,omitempty"`
	Check     *check          `json:"check,omitempty"`
}

// New returns the bundle of a network that was trained for a task.
func New(name, task string, m *model.Model, f task.Fitted) *Bundle {
	return &Bundle{Name: name, Model: m, Fitted: f, task: task}
}

// Keep takes the baselines of the training ([task.Keeper]) into the file; nil: none.
func (b *Bundle) Keep(baselines any) (err error) {
	b.kept = nil
	if baselines != nil {
		b.kept, err = json.Marshal(baselines)
	}
	return err
}

// Task is the name of the task that the network was trained for; "" for a file of another program.
func (b *Bundle) Task() string { return b.task }

// Target says in a few words what the network predicts: "Survived (2 classes)"; "" for a file of another program.
func (b *Bundle) Target() string {
	if b.Fitted == nil {
		return ""
	}
	return task.Predicts(b.Fitted.Outputs())
}

// Path returns the file that the bundle was read from; "" if it was not.
func (b *Bundle) Path() string { return b.path }

// Save writes the bundle as a .keras file: all of it, or nothing.
func (b *Bundle) Save(path string) error {
	if b.arrays != nil {
		return fmt.Errorf("%s: the layers on texts before the network cannot be written; save the model in Keras",
			b.path)
	}
	fitted, err := json.Marshal(b.Fitted)
	if err != nil {
		return err
	}
	made, err := b.computed(context.Background())
	if err != nil { // a network that takes no such samples is saved without them
		made = nil
	}
	member, err := json.Marshal(content{version, b.Name, b.task, fitted, b.Losses.MarshalConfig(),
		b.Metrics.MarshalConfig(), b.Batches, b.kept, made})
	if err != nil {
		return err
	}
	return file.Replace(path, func(w io.Writer) error {
		return keras.Save(w, b.Model, keras.Member{Name: Member, Data: member})
	})
}

// Open reads a model file.
func Open(path string) (*Bundle, error) { return OpenBy(path, networks) }

// OpenBy is Open with a Loader, such as that of package bundle/rawtext.
func OpenBy(path string, load Loader) (*Bundle, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, file.OpenError(path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	st, err := f.Stat()
	if err != nil {
		return nil, file.OpenError(path, err)
	}
	const saved = "saved_model.pb"
	if _, err := os.Stat(filepath.Join(path, saved)); err == nil || filepath.Base(path) == saved {
		return nil, fmt.Errorf("%s: a SavedModel of TensorFlow's, whose operations are no layers; save the model as "+
			".keras", path)
	}
	if st.IsDir() {
		return nil, fmt.Errorf("%s: a directory; name the model file in it, such as model.keras", path)
	}
	b, err := readBy(load, f, st.Size(), path)
	if err == nil {
		b.disk = true
	}
	return b, err
}

// OpenFS reads a model file of a file system, such as one made by go:embed.
func OpenFS(fsys fs.FS, name string) (*Bundle, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	return Read(strings.NewReader(string(b)), int64(len(b)), name)
}

// Read reads the content of a model file; path is for messages.
func Read(r io.ReaderAt, size int64, path string) (*Bundle, error) {
	return readBy(networks, r, size, path)
}

func readBy(load Loader, r io.ReaderAt, size int64, path string) (_ *Bundle, err error) {
	defer words.Printable(&err)
	f, arrays, err := load(r, size)
	var bad *weight.NonFinite
	if errors.As(err, &bad) {
		return nil, fmt.Errorf("%s: %w; train again with a lower learning rate or clipped gradients, or take an "+
			"earlier file", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; give a model file that gorae or Keras wrote", path, err)
	}
	b := &Bundle{Model: f.Model, path: path, size: size, arrays: arrays, outputs: f.Outputs}
	for _, x := range f.Members {
		if x.Name != Member {
			continue
		}
		if err := b.restore(x.Data); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, Member, err)
		}
	}
	return b, nil
}

// restore reads the member of a file.
func (b *Bundle) restore(member []byte) error {
	var c content
	if err := json.Unmarshal(member, &c); err != nil {
		return err
	}
	if c.Version != version {
		return fmt.Errorf("version %d; this program reads version %d: train the model again, or use the program that "+
			"wrote it", c.Version, version)
	}
	restore, ok := task.FindReader(c.Task)
	if !ok {
		return fmt.Errorf("the task %q is none of this program's (%s); link the package that registers it", c.Task,
			strings.Join(task.Names(), ", "))
	}
	f, err := restore(c.Fitted)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Task, err)
	}
	if n := len(b.Model.OutputNames()); len(f.Outputs()) != n {
		return fmt.Errorf("%d predictions of a network with %d outputs", len(f.Outputs()), n)
	}
	if err := f.Check(b.Model); err != nil {
		return err
	}
	for k, o := range f.Outputs() {
		if n, shape := len(o.Classes), b.Model.OutputTypes(1)[k].Shape; !o.Fits(shape[len(shape)-1]) {
			return fmt.Errorf("%d classes of %s, but the network gives %d values", n, o.Name, shape[len(shape)-1])
		}
	}
	var d config.Decoder
	if err := d.Decode(&b.Losses, c.Losses); err != nil {
		return config.Under("losses", err)
	}
	if err := d.Decode(&b.Metrics, c.Metrics); err != nil {
		return config.Under("metrics", err)
	}
	if c.Batches.Size < 0 || c.Batches.Size > mostBatch {
		return fmt.Errorf("batches of %d samples; a size is a number from 0 to %d", c.Batches.Size, mostBatch)
	}
	b.Name, b.task, b.Fitted, b.Batches, b.kept, b.check = c.Name, c.Task, f, c.Batches, c.Baselines, c.Check
	_, err = b.training()
	return err
}

// training returns the network with the losses and metrics that it was trained with; it has none where the task
// evaluates it in a way of its own.
func (b *Bundle) training() (*task.Training, error) {
	t := task.NewTraining(b.Model, b.Losses, b.Metrics)
	t.Batches = b.Batches
	if _, own := b.Fitted.(task.Evaluator); own {
		return t, nil
	}
	for i, l := range t.Losses {
		if l == nil {
			return nil, fmt.Errorf("no loss of the output %s", b.Model.OutputNames()[i])
		}
	}
	return t, nil
}
