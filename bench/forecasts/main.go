// Forecasts compares the default network for a series with classical methods, by rolling origins on three series:
//
//	GORAE_SHARED=FOLDER go run ./bench/forecasts [-series "window_scale: last"] [-train "ensemble: 3"]
//
// FOLDER has the series (data/series) and the classical forecasts with their rules (golden/statistics). The network
// learns from the values before the first origin, as init would have it but for three keys: the steps ahead, no test
// part, and refit, which gives it the latest values; -series and -train add keys, to compare others with the default.
// At each origin it then forecasts from the values before that. Printed is the mean absolute scaled error, MASE, over
// all origins and steps.
package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gorae/bundle"
	"gorae/data/source"

	"gorae/run"
	"gorae/spec"
	"gorae/task"
	_ "gorae/task/all"
)

// rolling is the rules for a series, and what classical methods make of it.
type rolling struct {
	First   int     `json:"first_origin"` // values before the first origin
	Origins int     // number of origins
	Step    int     // values from one origin to the next
	Horizon int     // values that are forecast
	Scale   float64 `json:"mase_scale"`
	Best    string  // method
	Methods map[string]struct{ MASE float64 }
}

var (
	seriesKeys = flag.String("series", "", "more keys of data.series, in YAML")
	trainKeys  = flag.String("train", "", "more keys of train, in YAML")
)

func main() {
	flag.Parse()
	if err := compare(os.Getenv("GORAE_SHARED")); err != nil {
		fmt.Fprintln(os.Stderr, "forecasts:", err)
		os.Exit(1)
	}
}

// compare prints the network's error on each series beside those of the methods.
func compare(shared string) error {
	if shared == "" {
		return errors.New("GORAE_SHARED is not set; give the folder with data/series and golden/statistics")
	}
	b, err := os.ReadFile(filepath.Join(shared, "golden", "statistics", "forecast-baselines.json"))
	if err != nil {
		return err
	}
	var all struct{ Series map[string]rolling }
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(all.Series)) {
		r := all.Series[name]
		network, err := r.network(filepath.Join(shared, "data", "series", name+".csv"))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		smoothing, best := math.Inf(1), r.Methods[r.Best].MASE
		for method, m := range r.Methods {
			if strings.HasPrefix(method, "ETS") || strings.HasPrefix(method, "Holt-Winters") {
				smoothing = min(smoothing, m.MASE)
			}
		}
		fmt.Printf("%-24s network %.3f   best exponential smoothing %.3f (ratio %.3f)   %s %.3f (ratio %.3f)\n", name,
			network, smoothing, network/smoothing, r.Best, best, network/best)
	}
	return nil
}

// network trains the default network on the values before the first origin of a file and returns its error.
func (r *rolling) network(path string) (mase float64, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return 0, err
	}
	var values []float64
	for i, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			return 0, fmt.Errorf("row %d: %w", i+2, err)
		}
		values = append(values, v)
	}
	dir, err := os.MkdirTemp("", "forecasts")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	known := filepath.Join(dir, "known.csv")
	lines := strings.SplitAfter(string(text), "\n")
	if err := os.WriteFile(known, []byte(strings.Join(lines[:1+r.First], "")), 0o666); err != nil {
		return 0, err
	}
	experiment := fmt.Sprintf("data: {source: %s, time: %s, target: %s, series: {steps: %d, %s}}\nsplit: {test: 0}\n"+
		"train: {refit: true, %s}\n", known, rows[0][0], rows[0][1], r.Horizon, *seriesKeys, *trainKeys)
	f, err := spec.Parse(filepath.Base(path), "series", []byte(experiment))
	if err != nil {
		return 0, err
	}
	ctx := context.Background()
	p, err := run.Prepare(ctx, f)
	if err != nil {
		return 0, err
	}
	out := filepath.Join(dir, "run")
	if _, err := run.Run(ctx, p, run.Options{Out: out}); err != nil {
		return 0, err
	}
	forecasts, err := predict(ctx, filepath.Join(out, run.RefitDir, run.ModelFile), path, r.Horizon)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for o := range r.Origins {
		at := r.First + o*r.Step
		forecast := forecasts[len(forecasts)-1-(len(values)-at)] // the last one begins behind the last value
		for i, v := range forecast {
			sum += math.Abs(v - values[at+i])
		}
	}
	return sum / float64(r.Origins*r.Horizon) / r.Scale, nil
}

// predict returns the forecasts from each window of a file, so many steps ahead.
func predict(ctx context.Context, model, path string, steps int) ([][]float64, error) {
	b, err := bundle.Open(model)
	if err != nil {
		return nil, err
	}
	info, err := source.Find(path, source.Options{})
	if err != nil {
		return nil, err
	}
	bound, err := b.Bind(&task.Source{Info: info})
	if err != nil {
		return nil, err
	}
	predictions, err := b.Predict(ctx, bound)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := bound.WriteCSV(&text, predictions); err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(&text).ReadAll()
	if err != nil {
		return nil, err
	}
	var out [][]float64
	for i, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[len(row)-1], 64)
		if err != nil {
			return nil, err
		}
		if i%steps == 0 {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], v)
	}
	return out, nil
}
