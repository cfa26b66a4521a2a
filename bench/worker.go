package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"gorae/internal/kernel/gemm"
	"gorae/internal/par"
	"gorae/layer"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// work runs a workload for the driver: for each line with a number of iterations it
// answers with the seconds they took.
func work(name, on string, threads int, in io.Reader, out io.Writer) error {
	par.SetDefault(par.New(threads))
	step, err := build(name, on)
	if err != nil {
		return err
	}
	if err := step(); err != nil {
		return err
	}
	fmt.Fprintln(out, "ready")
	for s := bufio.NewScanner(in); s.Scan(); {
		n, err := strconv.Atoi(s.Text())
		if err != nil {
			return err
		}
		start := time.Now()
		for range n {
			if err := step(); err != nil {
				return err
			}
		}
		fmt.Fprintln(out, time.Since(start).Seconds())
	}
	return nil
}

func build(name, on string) (func() error, error) {
	kind, rest, _ := strings.Cut(name, ":")
	if kind == "data" {
		return tableWork(name, on)
	}
	if kind == "files" {
		return fileWork(rest, on)
	}
	if kind == "rows" {
		return rowsWork(rest)
	}
	if kind == "gemm" {
		return product(rest), nil
	}
	switch kind {
	case nothing:
		return func() error { return nil }, nil
	case "agent":
		return agent(rest)
	case "vectors":
		return skipgram()
	}
	net, size, _ := strings.Cut(rest, ":")
	if kind == "stream" {
		return stream()
	}
	n, err := find(net)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "train":
		run, _, err := n.training(atoi(size))
		return run, err
	case "infer":
		return n.inference(atoi(size))
	}
	return nil, fmt.Errorf("no workload %q", name)
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// training is an Adam step, over eight batches in turn.
func (n network) training(size int) (func() error, *train.Step, error) {
	rng := rand.New(rand.NewPCG(1, 1))
	var batches [8][]*tensor.Tensor
	for i := range batches {
		var err error
		if batches[i], err = n.batch(rng, size); err != nil {
			return nil, nil, err
		}
	}
	step, err := train.NewStep(n.trace, nil, optim.Adam{}, 1, n.model)
	if err != nil {
		return nil, nil, err
	}
	count := 0
	return func() error {
		_, _, err := step.Run(batches[count%len(batches)]...)
		count++
		return err
	}, step, nil
}

// inference is a forward pass.
func (n network) inference(size int) (func() error, error) {
	in, err := n.batch(rand.New(rand.NewPCG(1, 1)), size)
	if err != nil {
		return nil, err
	}
	in = in[:len(in)-1]
	var y []*tensor.Tensor
	for _, t := range n.model.OutputTypes(size) {
		y = append(y, tensor.New(t.DType, t.Shape...))
	}
	ctx := context.Background()
	return func() error { return n.model.PredictInto(ctx, y, in...) }, nil
}

// stream is one step of a sequence, from state to state, through the model's public call.
func stream() (func() error, error) {
	m := model.Sequential(layer.Input{Shape: []int{1, 3}},
		layer.LSTM{Units: 64, RNNOptions: layer.RNNOptions{Stateful: true}}, layer.Dense{Units: 1})
	n := network{model: m}
	return n.inference(1)
}

// blocks runs the blocks of a product on the pool.
type blocks struct {
	plan    *gemm.Plan
	a, b, c []float32
	scratch [][]float32
}

func (p *blocks) Run(block, worker int) {
	p.plan.Run(block, p.a, p.b, p.c, nil, nil, p.scratch[worker])
}

// product is a matrix product, MxNxKxTRANSPOSES.
func product(spec string) func() error {
	f := strings.Split(spec, "x")
	m, n, k := atoi(f[0]), atoi(f[1]), atoi(f[2])
	p := &blocks{plan: gemm.New(gemm.Shape{M: m, N: n, K: k, TransA: f[3][0] == 't', TransB: f[3][1] == 't'},
		gemm.Epilogue{})}
	p.a, p.b, p.c = make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
	rng := rand.New(rand.NewPCG(1, 1))
	for _, x := range [][]float32{p.a, p.b} {
		for i := range x {
			x[i] = rng.Float32() - 0.5
		}
	}
	pool := par.Default()
	for range pool.Threads() {
		p.scratch = append(p.scratch, make([]float32, p.plan.Scratch()))
	}
	return func() error {
		pool.Run(p.plan.Blocks(), p)
		return nil
	}
}

// peakFMA is the most that one thread reaches with nothing but multiply-adds, in GFLOP/s.
func peakFMA() float64 { return gemm.PeakGFLOPS() }
