package generative

import (
	"context"
	"encoding/json"
	"fmt"

	"gorae/generative"
	"gorae/train"
)

const (
	snapshots = 10 // rows of the picture of the progress
	followed  = 10 // latent vectors whose pictures are drawn again and again
)

// progress is a callback that keeps the pictures of the same latent numbers from some of the epochs. It is part of
// checkpoints.
type progress struct {
	problem *problem
	kept    []snapshot
}

// snapshot is the pictures of an epoch, as bytes.
type snapshot struct {
	Epoch  int    `json:"epoch"`
	Pixels []byte `json:"pixels"` // [followed, height, width, channels]
}

// due reports whether an epoch is kept: the first, the last, and others ever farther apart, since most changes come
// early.
func due(epoch, epochs int) bool {
	if epochs <= snapshots {
		return true
	}
	for i := 1; i <= snapshots; i++ {
		share := float64(i) / snapshots
		if epoch == max(i, int(share*share*float64(epochs)+0.5)) {
			return true
		}
	}
	return false
}

// On implements train.Callback.
func (p *progress) On(e train.Event) error {
	if e.Kind != train.EpochEnd || !due(e.Epoch, e.Epochs) {
		return nil
	}
	f := p.problem.fitted
	x, err := f.make(context.Background(), p.problem.generator, generative.Latents(followed, f.Latent, p.problem.seed))
	if err != nil {
		return err
	}
	s := snapshot{Epoch: e.Epoch, Pixels: make([]byte, len(x.F32))}
	for i, v := range x.F32 {
		s.Pixels[i] = uint8(min(max(v*255+0.5, 0), 255))
	}
	p.kept = append(p.kept, s)
	return nil
}

// State implements train.Stateful.
func (p *progress) State() []byte {
	b, err := json.Marshal(p.kept)
	if err != nil { // numbers and bytes always can be written
		panic(err)
	}
	return b
}

// Restore implements train.Stateful.
func (p *progress) Restore(state []byte) error {
	var kept []snapshot
	if err := json.Unmarshal(state, &kept); err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	size := followed * p.problem.fitted.Sample.Size()
	for _, s := range kept {
		if len(s.Pixels) != size {
			return fmt.Errorf("progress: pictures of %d values; the run has others, of %d", len(s.Pixels), size)
		}
	}
	p.kept = kept
	return nil
}
