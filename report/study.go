package report

import (
	"cmp"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/internal/file"
	"gorae/metric"
	"gorae/tune/study"
)

// Study is the search for values by which the experiment of a run was found.
type Study struct {
	*study.Result
	Drawn []Picture
}

// readStudy reads the study of a directory with its pictures in a language; nil where the directory is that of a run.
func readStudy(dir, language string) (*Study, error) {
	if _, err := os.Stat(filepath.Join(dir, study.ResultFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	r, err := study.Read(dir)
	if err != nil {
		return nil, err
	}
	s := &Study{Result: r}
	for _, name := range r.Pictures {
		base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
		kind, content, err := drawing(dir, base, language)
		if errors.Is(err, fs.ErrNotExist) {
			continue // somebody has removed it
		}
		if err != nil {
			return nil, file.OpenError(filepath.Join(dir, name), err)
		}
		s.Drawn = append(s.Drawn, Picture{base, dataURL(kind, content)})
	}
	return s, nil
}

// Ended is the number of trials that were trained to their end.
func (s *Study) Ended() (n int) {
	for _, t := range s.Trials {
		if t.State == "finished" {
			n++
		}
	}
	return n
}

// studyRow is a parameter of a study: its value in the best trial and in trial 0, which has the user's own values.
type studyRow struct {
	study.Param
	BestValue, OwnValue string
}

// Rows returns the parameters, those first that matter most.
func (s *Study) Rows() (rows []studyRow) {
	value := func(trial int, name string) string {
		if trial < 0 || trial >= len(s.Trials) {
			return ""
		}
		return s.Trials[trial].Values[name]
	}
	for _, p := range s.Params {
		rows = append(rows, studyRow{p, value(s.Best, p.Name), value(0, p.Name)})
	}
	slices.SortStableFunc(rows, func(a, b studyRow) int { return cmp.Compare(b.Importance, a.Importance) })
	return rows
}

// mostTrials is how many trials a page lists.
const mostTrials = 100

// Ranked returns the trials from the best to the worst, at most mostTrials. A trial without a value is the worst.
func (s *Study) Ranked() []study.Trial {
	cost := func(t study.Trial) float64 {
		switch {
		case t.Value == nil:
			return math.Inf(1)
		case s.Direction == metric.Max:
			return -*t.Value
		}
		return *t.Value
	}
	out := slices.Clone(s.Trials)
	slices.SortStableFunc(out, func(a, b study.Trial) int { return cmp.Compare(cost(a), cost(b)) })
	return out[:min(len(out), mostTrials)]
}
