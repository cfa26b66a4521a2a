package supervised

import (
	"fmt"
	"slices"

	"gorae/data"
	"gorae/prep"
	"gorae/stat"
	"gorae/task"
	"gorae/train"
)

// Key is a column that may say to whom the rows of a table belong: a person, a machine, a day.
type Key struct {
	Name string
	// Groups returns the numbers of the values of rows of the table (nil: of all), −1 where the value is missing.
	Groups func(rows []int) []int
}

// Residuals collects the errors of a network on rows of a table, and says whether rows that stand near each other in
// the file, or rows with the same key, have errors that are alike. An error is y − ŷ of a number, y − p of two classes
// (0 and 1), and 1 − p of the true class of several.
type Residuals struct {
	targets Targets
	rules   []task.Rule
	seed    uint64
	rows    []int       // of the table, by sample; nil: sample i is row i
	keys    []Key       // by row of the table
	errors  [][]float64 // by target and sample
	truth   [][]float64 // the number, or the number of the class
}

// NewResiduals returns a consumer for n samples, which are rows of the table (nil: all, in their order).
func NewResiduals(ts Targets, rules []task.Rule, n int, rows []int, keys []Key, seed uint64) *Residuals {
	r := &Residuals{targets: ts, rules: rules, rows: rows, keys: keys, seed: seed}
	for range ts {
		r.errors, r.truth = append(r.errors, make([]float64, n)), append(r.truth, make([]float64, n))
	}
	return r
}

// Batch implements train.Consumer.
func (r *Residuals) Batch(b *train.EvalBatch) error {
	for k, g := range r.targets {
		width := b.Outputs[k].Len() / len(b.Samples)
		for i, sample := range b.Samples {
			y, out := b.Targets[k].Rows(i, i+1), b.Outputs[k].F32[i*width:(i+1)*width]
			truth, e := 0.0, 0.0
			if g.Task == prep.Regression {
				truth = g.Number(y.F32)
				e = truth - g.Point(out)
			} else {
				class := ClassOf(y)
				truth = float64(class)
				if p := r.rules[k].Values(out); len(p) == 2 {
					e = truth - float64(p[1])
				} else {
					e = 1 - float64(task.Support(p, class))
				}
			}
			r.errors[k][sample], r.truth[k][sample] = e, truth
		}
	}
	return nil
}

// Alike is errors of samples that are alike beyond chance.
type Alike struct {
	Target string `json:"target"`
	Column string `json:"column,omitempty"` // of the key; "": samples near each other in the file
	Groups int    `json:"groups,omitempty"`
	// Correlation is that of two samples of one group, or the mean of those at up to three places from each other.
	Correlation float64 `json:"correlation"`
	P           float64 `json:"p"`
}

const (
	fewestErrors = 30   // samples from which errors are tested
	nearLags     = 3    // distances in the file at which samples are near
	alikeLevel   = 0.01 // of the test of the order, and of all tests of keys together: 2 % in all
	// Different values of a key from which it is tested. A grade or another attribute with few values tells rows of one
	// kind from others, and not to whom they belong; intervals by groups need as many, too.
	fewestKeys = stat.FewestClusters
)

// Find returns what is alike. The order of the file is not tested where it is that of the target: sorted numbers, or
// each class by itself. Then a network that is wrong in one direction for large numbers, as networks are, has errors
// that are alike in that order.
func (r *Residuals) Find() []Alike {
	var out []Alike
	for k, g := range r.targets {
		n := len(r.errors[k])
		if n < fewestErrors || g.Task == prep.Classification && !r.rules[k].Probable {
			continue
		}
		level := alikeLevel / float64(len(r.targets))
		order := r.order(n)
		errors, truth := make([]float64, n), make([]float64, n)
		for at, sample := range order {
			errors[at], truth[at] = r.errors[k][sample], r.truth[k][sample]
		}
		if !inOrder(truth, g.Task == prep.Classification) {
			if c, p, err := stat.Neighbours(errors, nearLags); err == nil && p < level {
				out = append(out, Alike{Target: g.Name, Correlation: c, P: p})
			}
		}
		for _, key := range r.keys {
			groups, ok := r.groups(key)
			if !ok {
				continue
			}
			if a, err := stat.Intraclass(r.errors[k], groups, r.seed); err == nil &&
				a.P < level/float64(len(r.keys)) {
				out = append(out, Alike{g.Name, key.Name, a.Groups, a.ICC, a.P})
			}
		}
	}
	return out
}

// order returns the samples in the order of the file.
func (r *Residuals) order(n int) []int {
	order := data.Range(n)
	if r.rows != nil {
		slices.SortFunc(order, func(a, b int) int { return r.rows[a] - r.rows[b] })
	}
	return order
}

// groups returns the groups of the samples; false where the key is none: it has few values, or hardly any of them
// twice.
func (r *Residuals) groups(key Key) ([]int, bool) {
	out := key.Groups(r.rows)
	count := map[int]int{}
	for _, g := range out {
		if g >= 0 {
			count[g]++
		}
	}
	shared := 0
	for _, n := range count {
		if n > 1 {
			shared += n
		}
	}
	return out, len(count) >= fewestKeys && shared >= fewestErrors/2
}

// inOrder reports whether values are sorted, rising or falling, or, of classes, each class stands by itself.
func inOrder(x []float64, classes bool) bool {
	up, down, changes := true, true, 0
	seen := map[float64]bool{}
	for i, v := range x {
		seen[v] = true
		if i > 0 {
			up, down = up && v >= x[i-1], down && v <= x[i-1]
			if v != x[i-1] {
				changes++
			}
		}
	}
	return up || down || classes && changes < len(seen)
}

// Say adds a sentence for each of those that are alike. samples names the samples, such as test rows; split says that
// they are a part of a run, of which another split is the remedy.
func (r *Residuals) Say(f *task.Findings, samples string, split bool) error {
	found := r.Find()
	if len(found) == 0 {
		return nil
	}
	for _, a := range found {
		p := stat.Result{P: a.P, Bound: "="}.Probability()
		switch {
		case a.Column == "" && split:
			f.Say("%s: errors of %s that stand near each other in the file are alike (correlation %.2g "+
				"at 1 to 3 places, %s): rows depend on each other, or their order tells what the network has not "+
				"learnt; if the order is that of time, split: {by: time} tests on later rows", a.Target, samples,
				a.Correlation, p)
		case a.Column == "":
			f.Say("%s: errors of %s that stand near each other in the file are alike (correlation %.2g "+
				"at 1 to 3 places, %s): rows depend on each other, or their order tells what the network has not "+
				"learnt", a.Target, samples, a.Correlation, p)
		case split:
			f.Say("%s: errors of %s with the same %s are alike (intraclass correlation %.2g over %d of them, %s), so "+
				"that intervals that take rows for independent are too narrow; split: {group: %s} keeps each in one "+
				"part", a.Target, samples, a.Column, a.Correlation, a.Groups, p, Quoted(a.Column))
		default:
			f.Say("%s: errors of %s with the same %s are alike (intraclass correlation %.2g over %d of them, %s), so "+
				"that intervals that take rows for independent are too narrow", a.Target, samples, a.Column,
				a.Correlation, a.Groups, p)
		}
	}
	return f.Add("dependence", found)
}

// Quoted is a name of a column as a value in YAML.
func Quoted(name string) string {
	for _, r := range name {
		if !(r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80) {
			return fmt.Sprintf("%q", name)
		}
	}
	return name
}
