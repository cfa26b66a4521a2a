package sequence

import (
	"os"
	"testing"

	"gorae/run"
)

// TestRealSequenceRuns trains on real sequences as the examples do: all of BasicMotions, and one fold of
// IndoorMovement, whose padding is masked.
func TestRealSequenceRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	if os.Getenv("GORAE_SHARED") == "" {
		t.Skip("GORAE_SHARED is not set: the recordings are not here")
	}
	for file, least := range map[string]float64{"basic-motions": 0.9, "indoor-movement": 0.8} {
		f, err := run.Read("../../examples/" + file + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		r, err := run.Prepare(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		res, _ := fit(t, r)
		a := res.Report.Test.Of("accuracy")
		t.Logf("%s: test accuracy %.4f after %d epochs, %.1f s", file, a, res.Report.Epochs, res.Report.Seconds)
		if a < least {
			t.Errorf("%s: test accuracy %v, %v is usual", file, a, least)
		}
	}
}
