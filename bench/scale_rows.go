package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"text/tabwriter"

	"gorae/chart"
	"gorae/data"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// rowColumns is the number of columns of the study of rows, and rowTurn the least number of rows that a turn of it
// trains on or predicts.
const (
	rowColumns = 20
	rowTurn    = 1_000_000
)

// rowsWork is a workload of rows in memory: train:ROWS or infer:ROWS. An iteration goes through all rows as often as it
// takes to see rowTurn of them.
func rowsWork(name string) (func() error, error) {
	kind, size, _ := strings.Cut(name, ":")
	rows := atoi(size)
	rng := rand.New(rand.NewPCG(1, 1))
	x, y := tensor.New(tensor.Float32, rows, rowColumns), tensor.New(tensor.Float32, rows, 1)
	for i := range x.F32 {
		x.F32[i] = 2*rng.Float32() - 1
	}
	for i := range y.F32 {
		y.F32[i] = x.F32[i*rowColumns]
	}
	n, times := rowNetwork(), rowTimes(rows)
	if kind == "infer" {
		if err := n.model.Build(1); err != nil {
			return nil, err
		}
		out := []*tensor.Tensor{tensor.New(tensor.Float32, rows, 1)}
		return func() error {
			for range times {
				if err := n.model.PredictInto(context.Background(), out, x); err != nil {
					return err
				}
			}
			return nil
		}, nil
	}
	d, err := data.Of(x, y)
	if err != nil {
		return nil, err
	}
	return func() error {
		_, err := train.Fit(context.Background(), n.model, train.Data{Source: d}, train.Config{Loss: n.loss,
			Optimizer: optim.Adam{}, Epochs: times, BatchSize: 256, Seed: 1})
		return err
	}, nil
}

// rowTimes is how often an iteration goes through so many rows.
func rowTimes(rows int) int { return max(1, rowTurn/rows) }

// rowStudy measures epochs and predictions of tables in memory, each in a process of its own: by the clock, on one
// thread, with the most memory that the process had.
func rowStudy(w io.Writer, rounds int) ([]chart.Panel, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "rows\tthe numbers\tepoch\tns a row\tpeak memory\tprediction\tns a row\tpeak memory\t")
	curves := []curve{{name: "training"}, {name: "prediction"}}
	for rows := 1000; rows <= 10_000_000; rows *= 10 {
		fmt.Fprintf(t, "%s\t%s\t", number(float64(rows)), megabytes(4*float64(rows)*(rowColumns+1)))
		for i, kind := range []string{"train", "infer"} {
			seconds, peak, err := rowCost(self, fmt.Sprintf("rows:%s:%d", kind, rows), min(rounds, 3))
			if err != nil {
				return nil, err
			}
			seconds /= float64(rowTimes(rows))
			curves[i].add(float64(rows), 1e9*seconds/float64(rows))
			fmt.Fprintf(t, "%s\t%s\t%.0f MB\t", duration(seconds), digits(1e9*seconds/float64(rows)), peak)
		}
		fmt.Fprintln(t)
	}
	p := costPanel("rows of 20 columns, 64-64 relu, batch 256", "rows", "ns a row", curves...)
	return []chart.Panel{p}, t.Flush()
}

// rowCost is the median time of an iteration of a workload on one thread, and the process's peak memory in MB.
func rowCost(self, name string, rounds int) (seconds, peak float64, err error) {
	p, err := start(exec.Command(self, "-worker", name, "-threads", "1"))
	if err != nil {
		return 0, 0, err
	}
	defer p.stop()
	var x []float64
	for range rounds {
		seconds, err := p.run(1)
		if err != nil {
			return 0, 0, err
		}
		x = append(x, seconds)
	}
	return median(x), p.peak(), nil
}
