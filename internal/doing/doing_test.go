package doing

import (
	"context"
	"slices"
	"testing"
)

// TestSay: a listener hears what the computation below its context says, and none is needed.
func TestSay(t *testing.T) {
	Say(t.Context(), "reading %s", "a.csv")
	var heard []string
	ctx, stop := context.WithCancel(With(t.Context(), func(what string) { heard = append(heard, what) }))
	defer stop()
	Say(ctx, "reading %s", "b.csv")
	Say(ctx, "evaluating")
	if want := []string{"reading b.csv", "evaluating"}; !slices.Equal(heard, want) {
		t.Errorf("%q, want %q", heard, want)
	}
}
