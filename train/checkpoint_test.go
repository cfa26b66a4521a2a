package train

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The checkpoint is written at the beginning, at the end and at an interruption, and in between as Every says.
func TestCheckpointEvery(t *testing.T) {
	for _, c := range []struct {
		name  string
		every time.Duration
		stop  int // the batch of epoch 2 at which the run is interrupted; 0: none
		want  []int
	}{
		{"seldom", time.Hour, 0, []int{0, 4}},
		{"each batch", 1, 0, []int{0, 0, 1, 1, 2, 2, 3, 3, 4}}, // two batches to an epoch
		{"interrupted", time.Hour, 1, []int{0, 1}},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		k := lessons(4)
		k.BatchSize = 50
		var epochs []int // those that each writing held
		path := filepath.Join(t.TempDir(), "last.keras")
		k.Checkpoint = &Checkpoint{Path: path, Every: c.every, Written: func(h *History) error {
			if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
			epochs = append(epochs, len(h.Rows))
			return nil
		}}
		k.Callbacks = []Callback{Lambda{BatchEnd: func(e Event) error {
			if e.Epoch == 2 && e.Batch == c.stop {
				cancel()
			}
			return nil
		}}}
		_, err := Fit(ctx, classifier(), digits(t, 0, 100), k)
		if (c.stop > 0) != errors.Is(err, context.Canceled) || c.stop == 0 && err != nil ||
			!slices.Equal(epochs, c.want) {
			t.Errorf("%s: writings after %v epochs, want %v; error %v", c.name, epochs, c.want, err)
		}
	}
	full := errors.New("no space")
	k := lessons(1)
	k.Checkpoint = &Checkpoint{Path: filepath.Join(t.TempDir(), "last.keras"), Written: func(*History) error {
		return full
	}}
	if _, err := Fit(t.Context(), classifier(), digits(t, 0, 100), k); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
	// Without a time of its own, a fiftieth of the time goes into the writings, and at most one is made in a second.
	free := &Checkpoint{}
	for _, c := range []struct {
		since, took time.Duration
		due         bool
	}{
		{900 * time.Millisecond, 0, false}, {2 * time.Second, time.Millisecond, true},
		{9 * time.Second, time.Second, false}, {51 * time.Second, time.Second, true},
	} {
		if due := free.due(time.Now().Add(-c.since), c.took); due != c.due {
			t.Errorf("%v after a writing of %v: due is %v", c.since, c.took, due)
		}
	}
}
