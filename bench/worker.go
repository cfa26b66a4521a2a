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
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"

	"gorae/graph"
)

// work runs a workload for the driver: for each line with a number of iterations it
// answers with the seconds they took.
func work(name string, threads int, in io.Reader, out io.Writer) error {
	par.SetDefault(par.New(threads))
	step, err := build(name, threads)
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

func build(name string, threads int) (func() error, error) {
	kind, rest, _ := strings.Cut(name, ":")
	switch kind {
	case "train":
		return training(atoi(rest))
	case "infer":
		return inference(atoi(rest))
	case "gemm":
		return product(rest), nil
	}
	return nil, fmt.Errorf("no workload %q", name)
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func mlp(last layer.Activation) *model.Model {
	return model.Sequential(
		layer.Input{Shape: []int{784}},
		layer.Dense{Units: 512, Activation: "relu"},
		layer.Dense{Units: 512, Activation: "relu"},
		layer.Dense{Units: 10, Activation: last},
	)
}

// training is an Adam step of 784-512-512-10, over eight batches in turn.
func training(batch int) (func() error, error) {
	m := mlp("linear")
	if err := m.Build(1); err != nil {
		return nil, err
	}
	objective := loss.SparseCategoricalCrossentropy{FromLogits: true}
	step, err := train.NewStep(func(t *layer.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		return loss.Reduce(objective.Value(in[1], m.Trace(t, in[0])[0]), nil), nil
	}, nil, optim.Adam{}, 1, m)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(1, 1))
	var xs, ys []*tensor.Tensor
	for range 8 {
		x, y := tensor.New(tensor.Float32, batch, 784), tensor.New(tensor.Int32, batch)
		for i := range x.F32 {
			x.F32[i] = float32(rng.NormFloat64())
		}
		for i := range y.I32 {
			y.I32[i] = int32(rng.IntN(10))
		}
		xs, ys = append(xs, x), append(ys, y)
	}
	count := 0
	return func() error {
		_, _, err := step.Run(xs[count%8], ys[count%8])
		count++
		return err
	}, nil
}

// inference is one forward pass of it, with softmax.
func inference(batch int) (func() error, error) {
	m := mlp("softmax")
	if err := m.Build(1); err != nil {
		return nil, err
	}
	x := []*tensor.Tensor{tensor.New(tensor.Float32, batch, 784)}
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range x[0].F32 {
		x[0].F32[i] = float32(rng.NormFloat64())
	}
	y := []*tensor.Tensor{tensor.New(tensor.Float32, batch, 10)}
	ctx := context.Background()
	return func() error { return m.PredictInto(ctx, y, x...) }, nil
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
	p := &blocks{plan: gemm.New(gemm.Shape{M: m, N: n, K: k, TransA: f[3][0] == 't', TransB: f[3][1] == 't'}, gemm.Epilogue{})}
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
