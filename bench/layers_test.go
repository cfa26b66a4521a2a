package main

import (
	"math/rand/v2"
	"testing"
)

// TestLayers: every pass of every convolution of a network is found, with its operations and its time.
func TestLayers(t *testing.T) {
	n, err := find("conv1d")
	if err != nil {
		t.Fatal(err)
	}
	l, err := n.learner(2)
	if err != nil {
		t.Fatal(err)
	}
	steps, peak, err := l.measure(1)
	if err != nil {
		t.Fatal(err)
	}
	if peak <= 0 {
		t.Errorf("the peak is %v", peak)
	}
	passes := map[string]int{}
	for _, s := range steps {
		name, shape := passOf(s.Name)
		if name == "" {
			continue
		}
		passes[name]++
		if s.Flops <= 0 || s.Seconds <= 0 || shape == "" {
			t.Errorf("%q: shape %q, %v operations, %v s", s.Name, shape, s.Flops, s.Seconds)
		}
	}
	// Nobody asks for the gradient of the first layer's input.
	if passes["forward"] != 2 || passes["input gradient"] != 1 || passes["weight gradient"] != 2 {
		t.Errorf("passes %v", passes)
	}
}

// TestBatch: the networks of the layers' table take the batches that it names.
func TestBatch(t *testing.T) {
	for _, name := range []string{"cnn", "cifar", "cifar-bn", "conv1d", "conv3d"} {
		n, err := find(name)
		if err != nil {
			t.Fatal(err)
		}
		in, err := n.batch(rand.New(rand.NewPCG(1, 2)), 3)
		if err != nil || len(in) != 2 || in[0].Shape[0] != 3 || in[1].Shape[0] != 3 {
			t.Errorf("%s: a batch of 3 is %v, %v", name, in, err)
		}
	}
}
