package tune

import "math"

// State is the state of a trial.
type State uint8

// The states of a trial.
const (
	Running  State = iota // it is being trained
	Paused                // its training rests; it may be continued
	Finished              // it has been trained to its end
	Failed                // it cannot be trained
)

var stateNames = []string{"running", "paused", "finished", "failed"}

// String returns the state's name.
func (s State) String() string { return stateNames[s] }

// Trial is one choice of values and what came of it.
type Trial struct {
	Number int // from 0; 0 has the user's own values
	Values Values
	State  State
	// Value is the objective at the trial's last rung, to be minimised: NaN where training diverged, and before the
	// first rung.
	Value   float64
	Epochs  int       // trained
	Rungs   []float64 // the objective at each rung that was reached
	Seconds float64   // of training
	Error   string    // of a Failed trial
}

// at returns the trial's objective at a rung; NaN where it has not come so far.
func (t *Trial) at(rung int) float64 {
	if rung < len(t.Rungs) {
		return t.Rungs[rung]
	}
	return math.NaN()
}
