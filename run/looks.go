package run

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/internal/file"
	"gorae/task"
)

// Looks is how often the samples that a network was tested on were looked at by other networks. Whoever takes the best
// of several networks by their test figures has a figure that is better than that network is on new data, since the
// choice profits from chance.
type Looks struct {
	// Runs is the number of other runs in the parent of the run directory that were tested on half or more of the same
	// samples, in training or by gorae evaluate.
	Runs int
}

// looked is the content of looks.json: what the network of a run was tested on.
type looked struct {
	Test      *tested  `json:"test,omitempty"`      // by the run itself
	Evaluated []string `json:"evaluated,omitempty"` // SHA-256 of sources that it was evaluated on as a whole
}

// tested is samples of a source.
type tested struct {
	Source  string `json:"source"`  // the SHA-256 of its content
	Samples int    `json:"samples"` // that the source holds
	Rows    ranges `json:"rows"`    // the numbers of those that were tested on, from 0
}

// tested returns what the run is tested on; nil where there are no test samples, or where the source cannot be told
// from others.
func (p *Prepared) tested() *tested {
	d := p.Parts[task.Test]
	if d == nil || p.found == nil {
		return nil
	}
	if p.Spec.Data.Test != nil {
		return whole(p.found.Sources["data.test.source"], d.Len())
	}
	t := &tested{Source: p.found.Sources["data.source"], Rows: subset(d)}
	if t.Samples = sourceLen(d); t.Rows == nil { // the last of all samples
		t.Samples = p.Rows(task.Train) + p.Rows(task.Validation) + p.Rows(task.Test)
		t.Rows = data.Range(t.Samples)[t.Samples-d.Len():]
	}
	if t.Source == "" {
		return nil
	}
	t.Rows = slices.Sorted(slices.Values(t.Rows))
	return t
}

// whole is all n samples of a source, nil where the source is not known.
func whole(source string, n int) *tested {
	if source == "" || n < 1 {
		return nil
	}
	return &tested{Source: source, Samples: n, Rows: data.Range(n)}
}

// sourceLen returns the number of samples of which a part is a choice, 0 where it is none.
func sourceLen(d data.Dataset) int {
	for d != nil {
		if s, ok := d.(data.Subset); ok {
			return s.Dataset.Len()
		}
		inner, ok := d.(interface{ Unwrap() data.Dataset })
		if !ok {
			return 0
		}
		d = inner.Unwrap()
	}
	return 0
}

// covered returns which share of the samples of t is among those of other. Where windows of other lengths or strides
// were cut from the source, so that it holds another number of samples, spans without gaps are compared by their
// places.
func (t *tested) covered(other *tested) float64 {
	n := len(t.Rows)
	switch {
	case n == 0 || len(other.Rows) == 0 || t.Source != other.Source:
		return 0
	case t.Samples == other.Samples:
		both := 0
		for _, r := range t.Rows {
			if _, ok := slices.BinarySearch(other.Rows, r); ok {
				both++
			}
		}
		return float64(both) / float64(n)
	case !t.gapless() || !other.gapless():
		return 0
	}
	low, high := t.span()
	from, to := other.span()
	return max(0, min(high, to)-max(low, from)) / (high - low)
}

func (t *tested) gapless() bool { return t.Rows[len(t.Rows)-1]-t.Rows[0] == len(t.Rows)-1 }

// span returns where the samples begin and end, as shares of the source.
func (t *tested) span() (from, to float64) {
	return float64(t.Rows[0]) / float64(t.Samples), float64(t.Rows[len(t.Rows)-1]+1) / float64(t.Samples)
}

// saw reports whether the network was tested on half or more of the samples.
func (l *looked) saw(t *tested) bool {
	return slices.Contains(l.Evaluated, t.Source) || l.Test != nil && t.covered(l.Test) >= 0.5
}

// readLooked reads the looks.json of a run directory; false where there is none that can be read.
func readLooked(dir string) (l looked, ok bool) {
	return l, readJSON(filepath.Join(dir, LooksFile), &l) == nil
}

// looksBeside counts the other runs in the parent of a run directory that were tested on the samples. A
// cross-validation is one run, tested on what its folds were tested on.
func looksBeside(dir string, t *tested) Looks {
	full, err := filepath.Abs(dir)
	if t == nil || err != nil {
		return Looks{}
	}
	var out Looks
	entries, err := os.ReadDir(filepath.Dir(full))
	if err != nil {
		return Looks{} // nobody can list what lies beside
	}
	for _, e := range entries {
		beside := filepath.Join(filepath.Dir(full), e.Name())
		if beside == full || !e.IsDir() {
			continue
		}
		l, ok := readLooked(beside)
		if !ok {
			l = folded(beside)
		}
		if l.saw(t) {
			out.Runs++
		}
	}
	return out
}

// folded puts together what the folds of a cross-validation were tested on.
func folded(dir string) (all looked) {
	folds, err := filepath.Glob(filepath.Join(dir, "fold-*", LooksFile))
	if err != nil {
		return all // a name with brackets
	}
	for _, path := range folds {
		l, ok := readLooked(filepath.Dir(path))
		switch {
		case !ok || l.Test == nil:
		case all.Test == nil:
			all.Test = l.Test
		case all.Test.Source == l.Test.Source && all.Test.Samples == l.Test.Samples:
			all.Test.Rows = slices.Compact(slices.Sorted(slices.Values(slices.Concat(all.Test.Rows, l.Test.Rows))))
		}
		all.Evaluated = append(all.Evaluated, l.Evaluated...)
	}
	return all
}

// look counts the runs beside this one, and notes what it was tested on for those to come.
func (p *Prepared) look(to *Result) error {
	t := p.tested()
	to.Looks = looksBeside(to.Dir, t)
	l, _ := readLooked(to.Dir) // of a run that goes on; what it was evaluated on stays
	l.Test = t
	return writeJSON(filepath.Join(to.Dir, LooksFile), l)
}

// Look notes in the run directory of a model file that the network was evaluated on a source as a whole, and returns
// how many other runs were tested on it. Beside a model file that lies in no run directory, and for standard input or a
// source that cannot be read a second time, nothing is noted and none is counted. A directory that cannot be written to
// is no fault of an evaluation.
func Look(ctx context.Context, model, source string) Looks {
	dir := filepath.Dir(model)
	l, ok := readLooked(dir)
	if !ok || source == "-" {
		return Looks{}
	}
	h := hasher{ctx: ctx, sum: sha256.New()}
	if err := h.source(source); err != nil || h.sum == nil {
		return Looks{}
	}
	sum := h.String()
	if !slices.Contains(l.Evaluated, sum) {
		l.Evaluated = append(l.Evaluated, sum)
		if err := file.Confined(dir); err == nil {
			_ = writeJSON(filepath.Join(dir, LooksFile), l)
		}
	}
	// A run that was tested on part of the source is none of those that saw it, unless it is the whole.
	all := &tested{Source: sum, Samples: 1, Rows: ranges{0}}
	return looksBeside(dir, all)
}

// ranges is sorted numbers, in JSON the text "0-4 7 9-12".
type ranges []int

// MarshalText writes spans of numbers.
func (r ranges) MarshalText() ([]byte, error) {
	var b strings.Builder
	for i := 0; i < len(r); {
		k := i
		for k+1 < len(r) && r[k+1] == r[k]+1 {
			k++
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Itoa(r[i]))
		if k > i {
			b.WriteString("-" + strconv.Itoa(r[k]))
		}
		i = k + 1
	}
	return []byte(b.String()), nil
}

// mostRows bounds the numbers that are read.
const mostRows = 1 << 24

// UnmarshalText reads what MarshalText wrote.
func (r *ranges) UnmarshalText(text []byte) error {
	*r = nil
	next := 0
	for _, word := range strings.Fields(string(text)) {
		first, last, span := strings.Cut(word, "-")
		if !span {
			last = first
		}
		from, err := strconv.Atoi(first)
		if err != nil {
			return err
		}
		to, err := strconv.Atoi(last)
		if err != nil {
			return err
		}
		if from < next || to < from || len(*r)+to-from >= mostRows {
			return fmt.Errorf("%q: no sorted numbers", word)
		}
		for i := from; i <= to; i++ {
			*r = append(*r, i)
		}
		next = to + 1
	}
	return nil
}
