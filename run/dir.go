package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gorae/internal/file"
	"gorae/spec"
)

// The files of a run directory.
const (
	ExperimentFile = "experiment.yaml" // the resolved experiment, which repeats the run
	ModelFile      = "model.keras"     // the network of the best epoch, with its preprocessing
	LastFile       = "last.keras"      // the checkpoint that --resume continues from
	HistoryFile    = "history.csv"     // a line for each epoch
	MetricsFile    = "metrics.json"    // written last: a run that has it is finished
	InputsFile     = "inputs.json"     // hashes of the data and of the split, and the instruction set
	LooksFile      = "looks.json"      // which rows of which data the network was tested on
	CurveFile      = "learning-curve"  // .png and .svg
	StatisticsFile = "statistics.json" // of activations, gradients, weights and updates, by epoch
	FailureFile    = "failure.json"    // why the training ended with an error; only then
	NormsFile      = "gradient-norms"  // .csv, .png and .svg: of recurrent layers, by time step
)

// runsDir is the parent of run directories without --out.
const runsDir = "runs"

// state is the state of a run directory.
type state uint8

const (
	fresh    state = iota // no run yet
	begun                 // an unfinished run
	finished              // a finished run
)

// openDir finds or makes the run directory, locks it until unlock is called, writes the
// resolved experiment there, and returns its state.
func (p *Prepared) openDir(ctx context.Context, o Options) (dir string, s state, unlock func(), err error) {
	if dir, unlock, err = claimDir(p.Name, o); err != nil {
		return "", 0, nil, err
	}
	if s, err = p.take(ctx, dir, o); err != nil {
		unlock()
		return "", 0, nil, err
	}
	return dir, s, unlock, nil
}

// claimDir finds or makes the directory of a run of an experiment's name, and locks it until unlock is called.
func claimDir(name string, o Options) (dir string, unlock func(), err error) {
	switch {
	case o.Out != "":
		dir = o.Out
	case o.Resume:
		dir = LatestRun(name)
	}
	if dir == "" {
		if dir, err = nextDir(name); err != nil {
			return "", nil, err
		}
	} else if err := file.MakeDir(dir); err != nil {
		if st, serr := os.Stat(dir); serr == nil && !st.IsDir() {
			return "", nil, fmt.Errorf("%s: a file, not a directory; name another with --out", dir)
		}
		return "", nil, fmt.Errorf("%s: cannot make this directory: %w; name another with --out", dir, file.Cause(err))
	}
	if err := file.Confined(dir); err != nil { // a run directory may be another person's
		return "", nil, err
	}
	if unlock, err = file.Lock(dir); errors.Is(err, file.ErrLocked) {
		return "", nil, fmt.Errorf("%w; wait for it, or name another with --out", err)
	} else if err != nil {
		return "", nil, fmt.Errorf("%w; name another with --out", err)
	}
	return dir, unlock, nil
}

// take returns the state of a locked directory, and writes the resolved experiment and inputs.json there.
func (p *Prepared) take(ctx context.Context, dir string, o Options) (state, error) {
	empty, err := emptyDir(dir, o)
	if err != nil {
		return 0, err
	}
	in, err := p.inputs(ctx)
	if err != nil {
		return 0, err
	}
	p.found = in
	if empty {
		if err := in.write(dir); err != nil {
			return 0, err
		}
		if err := p.write(dir); err != nil {
			return 0, err
		}
		return takeOver(dir, o.Trained)
	}
	return p.reopen(dir, in, o)
}

// takeOver copies the checkpoint of a trial into a fresh directory, and returns its state.
func takeOver(dir, trained string) (state, error) {
	if trained == "" {
		return fresh, nil
	}
	from := filepath.Join(trained, LastFile)
	f, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return fresh, nil // it is trained anew, to the same bits
	} else if err != nil {
		return 0, file.OpenError(from, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	return begun, file.Replace(filepath.Join(dir, LastFile), func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	})
}

// Claim finds or makes the directory of a work of several runs, such as a study, and locks it until unlock is called:
// Options.Out, else runs/NAME-N. One with files in it is an error without Options.Resume.
func Claim(name string, o Options) (dir string, unlock func(), err error) {
	if dir, unlock, err = claimDir(name, o); err != nil {
		return "", nil, err
	}
	if _, err := emptyDir(dir, o); err != nil {
		unlock()
		return "", nil, err
	}
	return dir, unlock, nil
}

// emptyDir reports whether a locked directory holds no run yet. One that does is an error without --resume.
func emptyDir(dir string, o Options) (bool, error) {
	file.RemovePartials(dir) // of processes that were killed: this one has the lock
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, fmt.Errorf("%s: %w; name another with --out", dir, file.Cause(err))
	}
	// Where inputs.json is alone, the process was killed before the experiment was written.
	empty := !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return e.Name() != file.LockName && e.Name() != InputsFile
	})
	if !empty && !o.Resume {
		return false, fmt.Errorf("%s: there is a run in it already; go on with it by --resume, or name another with "+
			"--out", dir)
	}
	return empty, nil
}

// reopen checks that a run may be continued: its data are the same, and its experiment but for the number of epochs.
func (p *Prepared) reopen(dir string, in *Inputs, o Options) (state, error) {
	former, err := p.former(dir)
	if err != nil {
		return 0, err
	}
	was, err := ReadInputs(dir)
	if err != nil {
		return 0, err
	}
	if err := was.sameData(dir, in); err != nil {
		return 0, err
	}
	metrics := filepath.Join(dir, MetricsFile)
	_, missing := os.Stat(metrics)
	if missing == nil && p.Spec.Train.Epochs <= former.Train.Epochs {
		return finished, nil
	}
	note, err := was.sameCPU(dir, in, o.AnyCPU)
	if err != nil {
		return 0, err
	}
	if note != "" {
		p.Notes = append(p.Notes, note)
	}
	if missing == nil { // more epochs are wanted: the run is not finished any more
		if err := file.Remove(metrics); err != nil {
			return 0, fmt.Errorf("%s: %w", metrics, file.Cause(err))
		}
	}
	if err := in.write(dir); err != nil {
		return 0, err
	}
	return begun, p.write(dir)
}

// former returns the experiment of a run directory; one that differs from the present one in more than the number of
// epochs is an error.
func (p *Prepared) former(dir string) (*spec.Experiment, error) {
	path := filepath.Join(dir, ExperimentFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: holds no %s, so it is no run; name another with --out", dir, ExperimentFile)
	} else if err != nil {
		return nil, file.OpenError(path, err)
	}
	former, err := spec.Parse(path, p.Name, text)
	if err != nil {
		return nil, err
	}
	was, is := canonical(former, &former.Experiment), canonical(p.file, p.Spec)
	paths := slices.AppendSeq(slices.Collect(maps.Keys(is)), maps.Keys(was))
	slices.Sort(paths)
	for _, path := range paths {
		if was[path] == is[path] || path == "train.epochs" {
			continue
		}
		return nil, fmt.Errorf("%s: the experiment has changed: %s was %s, is %s; undo that, or begin another run "+
			"with --out", dir, path, cmp.Or(was[path], "absent"), cmp.Or(is[path], "absent"))
	}
	return &former.Experiment, nil
}

// canonical returns every setting of an experiment by its path, with absolute paths of files. Variables in paths are
// not expanded: their values may be secret, and the hashes of the data identify the files.
func canonical(f *spec.File, e *spec.Experiment) map[string]string {
	e = e.Clone()
	for _, ref := range spec.Files(e) {
		s := *ref.Value
		if local(s) && !strings.HasPrefix(s, "$") {
			s = asWritten(f.Dir, s)
		}
		if abs, err := filepath.Abs(s); err == nil && local(s) && !strings.HasPrefix(s, "$") {
			s = abs
		}
		*ref.Value = s
	}
	return spec.Flatten(e)
}

// write puts the resolved experiment into a run directory.
func (p *Prepared) write(dir string) error {
	return writeExperiment(filepath.Join(dir, ExperimentFile), p.file, p.Spec, "Everything that this run did, what "+
		"was inferred included.\nThe same again: gorae train "+ExperimentFile)
}

// Save writes an experiment file that means what f means, with a comment at its top.
func Save(path string, f *spec.File, comment string) error {
	return writeExperiment(path, f, &f.Experiment, comment)
}

// writeExperiment writes an experiment as a file. Relative paths become relative to it, so that it gives the same run
// from where it lies; variables in them stay as they are written.
func writeExperiment(path string, f *spec.File, e *spec.Experiment, comment string) error {
	e = e.Clone()
	for _, ref := range spec.Files(e) {
		s := *ref.Value
		if !local(s) || strings.HasPrefix(s, "$") || filepath.IsAbs(s) {
			continue
		}
		*ref.Value = relative(filepath.Dir(path), asWritten(f.Dir, s))
	}
	text, err := spec.Marshal(e, spec.Comment{Text: comment})
	if err != nil {
		return err
	}
	return file.Replace(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// runs lists the numbers of the existing runs of a name.
func runs(name string) ([]int, error) {
	entries, err := os.ReadDir(runsDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w; name another directory with --out", runsDir, file.Cause(err))
	}
	var numbers []int
	for _, d := range entries {
		if s, ok := strings.CutPrefix(d.Name(), name+"-"); ok {
			if n, err := strconv.Atoi(s); err == nil && n > 0 && d.IsDir() {
				numbers = append(numbers, n)
			}
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// LatestRun returns the directory of the last run of an experiment's name, "" if there
// is none.
func LatestRun(name string) string {
	numbers, err := runs(name)
	if err != nil || len(numbers) == 0 {
		return ""
	}
	return filepath.Join(runsDir, name+"-"+strconv.Itoa(numbers[len(numbers)-1]))
}

// nextDir makes runs/NAME-N, where N is one more than the greatest number in use.
func nextDir(name string) (string, error) {
	if err := file.MakeDir(runsDir); err != nil {
		return "", fmt.Errorf("%s: cannot make this directory: %w; name another with --out", runsDir, file.Cause(err))
	}
	for {
		numbers, err := runs(name)
		if err != nil {
			return "", err
		}
		n := 1
		if len(numbers) > 0 {
			n = numbers[len(numbers)-1] + 1
		}
		dir := filepath.Join(runsDir, name+"-"+strconv.Itoa(n))
		// Mkdir fails where another process has just made it: then the next number is ours.
		if err = file.NewDir(dir); err == nil {
			return dir, nil
		} else if !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("%s: cannot make this directory: %w; name another with --out", dir, file.Cause(err))
		}
	}
}
