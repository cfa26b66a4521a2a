package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/bundle"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	_ "gorae/task/all"
	"gorae/train"
	"gorae/tune"
	"gorae/tune/study"
)

const (
	configurations = 800
	trainings      = 3 // of each, with seeds of their own
)

// row is a configuration of a table and what came of it.
type row struct {
	Values []float64   `json:"v"`
	Curves [][]float64 `json:"c"` // the objective by training and epoch
	Test   []float64   `json:"t"` // the test metric by training, of the epoch that was best on validation samples
	Time   float64     `json:"s"` // seconds of an epoch
}

// table is the recorded trainings of an experiment.
type table struct {
	experiment
	space  tune.Space
	search *spec.Search
	rows   []row
}

//go:embed tables
var tables embed.FS

// search reads the experiment with its ranges.
func (e experiment) parse(shared string) (*spec.Search, error) {
	return spec.ParseSearch("", e.name, []byte(strings.Replace(e.yaml, "SOURCE", e.source(shared), 1)))
}

// table reads the recorded table of an experiment.
func (e experiment) table() (*table, error) {
	b, err := tables.ReadFile("tables/" + e.name + ".jsonl.gz")
	if err != nil {
		return nil, fmt.Errorf("%s: no table is recorded: %w", e.name, err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	t := &table{experiment: e}
	if t.search, err = e.parse("."); err != nil {
		return nil, err
	}
	t.space = study.Space(t.search)
	d := json.NewDecoder(unpacked)
	for d.More() {
		var r row
		if err := d.Decode(&r); err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
		t.rows = append(t.rows, r)
	}
	return t, nil
}

// record trains all configurations. Each is a line of tables/NAME.jsonl as soon as it is trained, so that a recording
// goes on where it was stopped; at the end the file is compressed.
func record(ctx context.Context, e experiment) error {
	s, first, err := e.prepared(ctx)
	if err != nil {
		return err
	}
	space, path := study.Space(s), e.path()
	if err := unpack(path); err != nil {
		return err
	}
	done, err := lines(path)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	for i := done; i < configurations; i++ {
		values := space.Start()
		if i > 0 {
			values, _ = tune.Random{}.Sample(space, nil, i, rand.New(rand.NewPCG(7, uint64(i))))
		}
		r, err := e.train(ctx, s, first, values)
		if err != nil {
			return cmp.Or(fmt.Errorf("configuration %d: %w", i, err), out.Close())
		}
		b, err := json.Marshal(r)
		if err == nil {
			_, err = out.Write(append(b, '\n'))
		}
		if err != nil {
			return cmp.Or(err, out.Close())
		}
		if i%20 == 19 {
			fmt.Fprintf(os.Stderr, "%s: %d of %d configurations\n", e.name, i+1, configurations)
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return pack(path)
}

// lines counts the whole lines of a file, and cuts off a part of one behind them.
func lines(path string) (int, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	whole := b[:bytes.LastIndexByte(b, '\n')+1]
	return bytes.Count(whole, []byte{'\n'}), os.Truncate(path, int64(len(whole)))
}

// unpack writes the lines of a compressed file that is there, to go on behind them.
func unpack(path string) error {
	b, err := os.ReadFile(path + ".gz")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return err
	}
	all, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, all, 0o666); err != nil {
		return err
	}
	return os.Remove(path + ".gz")
}

// pack compresses a file and removes it.
func pack(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := os.WriteFile(path+".gz", packed.Bytes(), 0o666); err != nil {
		return err
	}
	return os.Remove(path)
}

// train trains a configuration with each seed.
func (e experiment) train(ctx context.Context, s *spec.Search, first *run.Prepared, values tune.Values) (row, error) {
	r := row{Values: values}
	var seconds []float64
	for k := range trainings {
		p, t, err := e.trial(ctx, s, first, values, k)
		if err != nil {
			return r, err
		}
		curve := make([]float64, p.Spec.Train.Epochs)
		for i := range curve {
			curve[i] = 1e9 // diverged: JSON has no word for infinity
			if i < len(t.Rows) {
				curve[i] = rounded(t.Rows[i].Metrics.Of(e.objective))
				seconds = append(seconds, t.Rows[i].Seconds)
			}
		}
		test := 1e9
		if t.Diverged == "" {
			ms, err := bundle.Evaluation(p.Fitted, p.Training).Run(ctx, p.Model, train.Data{Source: p.Parts[task.Test]})
			if err != nil {
				return r, err
			}
			test = rounded(ms.Of(e.test))
		}
		r.Curves, r.Test = append(r.Curves, curve), append(r.Test, test)
	}
	r.Time = median(seconds)
	return r, nil
}

// trial trains a configuration with seed k.
func (e experiment) trial(ctx context.Context, s *spec.Search, first *run.Prepared, values tune.Values, k int) (
	*run.Prepared, *run.Trial, error) {
	f, err := s.With(values)
	if err != nil {
		return nil, nil, err
	}
	f.Split.Seed, f.Seed, f.Train.Monitor = new(f.Seed), f.Seed+uint64(k), e.objective
	p, err := first.Again(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", "gorae-tune-")
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // it is temporary
	t, err := run.RunTrial(ctx, p, run.TrialOptions{Out: filepath.Join(dir, "run")})
	return p, t, err
}

// median is the median of seconds, which other work on the machine and a process that is stopped change little.
func median(seconds []float64) float64 {
	if len(seconds) == 0 {
		return 0
	}
	slices.Sort(seconds)
	return rounded(seconds[len(seconds)/2])
}

// time measures the seconds of an epoch of each configuration of a table anew, with one training: for a table that was
// recorded beside other work.
func (e experiment) time(ctx context.Context) error {
	t, err := e.table()
	if err != nil {
		return err
	}
	s, first, err := e.prepared(ctx)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for i := range t.rows {
		r := &t.rows[i]
		_, trained, err := e.trial(ctx, s, first, r.Values, 0)
		if err != nil {
			return err
		}
		var seconds []float64
		for _, row := range trained.Rows {
			seconds = append(seconds, row.Seconds)
		}
		r.Time = median(seconds)
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		b.Write(append(line, '\n'))
	}
	if err := os.WriteFile(e.path(), b.Bytes(), 0o666); err != nil {
		return err
	}
	return pack(e.path())
}

// path is the file of the lines of a table while it is recorded.
func (e experiment) path() string { return filepath.Join("bench", "tune", "tables", e.name+".jsonl") }

// prepared reads the experiment with its ranges and its data.
func (e experiment) prepared(ctx context.Context) (*spec.Search, *run.Prepared, error) {
	shared := os.Getenv("GORAE_SHARED")
	if shared == "" && e.data != "" {
		return nil, nil, errors.New("GORAE_SHARED is not set; give the folder with data")
	}
	s, err := e.parse(shared)
	if err != nil {
		return nil, nil, err
	}
	f, err := s.With(s.Start())
	if err != nil {
		return nil, nil, err
	}
	first, err := run.Prepare(ctx, f)
	return s, first, err
}

// rounded keeps five digits.
func rounded(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 1e9
	}
	scale := math.Pow(10, 4-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}
