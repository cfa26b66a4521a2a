package run

import (
	"cmp"
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

	"gorae/data"
	"gorae/internal/file"
	"gorae/spec"
)

// The files of a run directory.
const (
	ExperimentFile = "experiment.yaml" // as resolved: it gives the same run again
	ModelFile      = "model.keras"     // the best epoch, with its preprocessing
	LastFile       = "last.keras"      // everything that going on needs
	HistoryFile    = "history.csv"     // an epoch a line
	MetricsFile    = "metrics.json"    // written last: a run that has it is finished
	CurveFile      = "learning-curve"  // .png and .svg
	NormsFile      = "gradient-norms"  // .csv, .png and .svg: of recurrent layers, by time step
)

// runsDir is where runs go that are not told where.
const runsDir = "runs"

// state is what a run directory turned out to hold.
type state uint8

const (
	fresh    state = iota // nothing yet
	begun                 // a run that has not ended
	finished              // a run that has
)

// openDir finds or makes the run directory, locks it until unlock is called, writes the
// resolved experiment there, and tells what it holds.
func (p *Prepared) openDir(out string, resume bool) (dir string, s state, unlock func(), err error) {
	switch {
	case out != "":
		dir = out
	case resume:
		dir = LatestRun(p.Name)
	}
	if dir == "" {
		if dir, err = nextDir(p.Name); err != nil {
			return "", 0, nil, err
		}
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		if st, serr := os.Stat(dir); serr == nil && !st.IsDir() {
			return "", 0, nil, fmt.Errorf("%s: a file, not a directory; name another with --out", dir)
		}
		return "", 0, nil, fmt.Errorf("%s: cannot make this directory: %w; name another with --out", dir,
			file.Cause(err))
	}
	if unlock, err = file.Lock(dir); errors.Is(err, file.ErrLocked) {
		return "", 0, nil, fmt.Errorf("%w; wait for it, or name another with --out", err)
	} else if err != nil {
		return "", 0, nil, fmt.Errorf("%w; name another with --out", err)
	}
	if s, err = p.take(dir, resume); err != nil {
		unlock()
		return "", 0, nil, err
	}
	return dir, s, unlock, nil
}

// take tells what a directory holds, and writes the resolved experiment there.
func (p *Prepared) take(dir string, resume bool) (state, error) {
	entries, err := os.ReadDir(dir)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s: %w; name another with --out", dir, file.Cause(err))
	case !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return !file.Partial(e.Name()) &&
			e.Name() != file.LockName
	}):
		return fresh, p.write(dir) // empty, or killed before the experiment was written
	case !resume:
		return 0, fmt.Errorf("%s: there is a run in it already; go on with it by --resume, or name another with --out",
			dir)
	}
	return p.reopen(dir)
}

// reopen takes a run up again, if its experiment is still the same but for the number of epochs.
func (p *Prepared) reopen(dir string) (state, error) {
	path := filepath.Join(dir, ExperimentFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("%s: holds no %s, so it is no run; name another with --out", dir, ExperimentFile)
	} else if err != nil {
		return 0, file.OpenError(path, err)
	}
	former, err := spec.Parse(path, p.Name, text)
	if err != nil {
		return 0, err
	}
	was, err := canonical(former, &former.Experiment)
	if err != nil {
		return 0, err
	}
	is, err := canonical(p.file, p.Spec)
	if err != nil {
		return 0, err
	}
	paths := slices.AppendSeq(slices.Collect(maps.Keys(is)), maps.Keys(was))
	slices.Sort(paths)
	for _, path := range paths {
		if was[path] == is[path] || path == "train.epochs" {
			continue
		}
		return 0, fmt.Errorf("%s: the experiment has changed: %s was %s, is %s; undo that, or begin another run with "+
			"--out",
			dir, path, cmp.Or(was[path], "absent"), cmp.Or(is[path], "absent"))
	}
	metrics := filepath.Join(dir, MetricsFile)
	if _, err := os.Stat(metrics); err == nil {
		if p.Spec.Train.Epochs <= former.Experiment.Train.Epochs {
			return finished, nil
		}
		// More epochs are wanted: the run is not finished any more.
		if err := os.Remove(metrics); err != nil {
			return 0, fmt.Errorf("%s: %w", metrics, file.Cause(err))
		}
	}
	return begun, p.write(dir)
}

// canonical is every setting of an experiment by its path, files by where they are.
func canonical(f *spec.File, e *spec.Experiment) (map[string]string, error) {
	e = e.Clone()
	for _, ref := range spec.Files(e) {
		full, err := expand(f, ref.Path, *ref.Value)
		if err != nil {
			return nil, err
		}
		if abs, err := filepath.Abs(full); err == nil && !strings.HasPrefix(*ref.Value, data.Embed) {
			full = abs
		}
		*ref.Value = full
	}
	return spec.Flatten(e), nil
}

// write puts the resolved experiment into a run directory. Relative paths become relative to it, so that the file
// gives the same run from where it lies.
func (p *Prepared) write(dir string) error {
	e := p.Spec.Clone()
	for _, ref := range spec.Files(e) {
		s := *ref.Value
		if strings.HasPrefix(s, data.Embed) || strings.HasPrefix(s, "$") || filepath.IsAbs(s) {
			continue
		}
		full, err := expand(p.file, ref.Path, s)
		if err != nil {
			return err
		}
		*ref.Value = relative(dir, full)
	}
	text, err := spec.Marshal(e, spec.Comment{Text: "Everything that this run did, what was inferred included.\nThe " +
		"same again: gorae train " + ExperimentFile})
	if err != nil {
		return err
	}
	return file.Replace(filepath.Join(dir, ExperimentFile), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// runs lists the numbers of the runs of a name that there are.
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

// LatestRun is the directory of the last run of an experiment's name, "" if there
// is none.
func LatestRun(name string) string {
	numbers, err := runs(name)
	if err != nil || len(numbers) == 0 {
		return ""
	}
	return filepath.Join(runsDir, name+"-"+strconv.Itoa(numbers[len(numbers)-1]))
}

// nextDir makes runs/NAME-N, N being one more than the greatest there is.
func nextDir(name string) (string, error) {
	if err := os.MkdirAll(runsDir, 0o755); err != nil {
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
		if err = os.Mkdir(dir, 0o755); err == nil {
			return dir, nil
		} else if !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("%s: cannot make this directory: %w; name another with --out", dir, file.Cause(err))
		}
	}
}
