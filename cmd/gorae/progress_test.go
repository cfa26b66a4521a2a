package main

import (
	"strings"
	"testing"
	"time"

	"gorae/train"
)

// TestProgressResumed: a run that is continued in the middle of an epoch, which does not begin again, says how long
// this process has been at it.
func TestProgressResumed(t *testing.T) {
	afterSecond(t)
	var pipe strings.Builder
	s := &status{screen: &pipe, last: time.Now()}
	p := &progress{o: &environment{status: s, stderr: &pipe}}
	for _, e := range []train.Event{
		{Kind: train.TrainBegin, Epoch: 2, Epochs: 3, Batch: 40, Batches: 100},
		{Kind: train.BatchEnd, Epoch: 2, Epochs: 3, Batch: 41, Batches: 100},
	} {
		if err := p.watch(e); err != nil {
			t.Fatal(err)
		}
	}
	if p.from != 40 {
		t.Errorf("the process took the epoch up at batch %d, want 40", p.from)
	}
	s.look(p.begun.Add(30 * time.Second))
	if got, want := pipe.String(), "epoch 2/3, batch 41/100 … 30s\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
