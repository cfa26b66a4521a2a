package env

// Env is an environment with a finite number of actions.
//
// An episode is a function of the seed of Reset and of the actions that follow: everything random comes from the seed.
// A training that is continued after an interruption relies on that, since it plays the present episode again.
// An Env belongs to one goroutine.
type Env interface {
	// ObservationSpace says what observations are.
	ObservationSpace() Space
	// ActionSpace says which actions there are.
	ActionSpace() Discrete
	// Reset begins an episode and returns its first observation. The slice is valid until the next Reset or Step.
	Reset(seed uint64) (observation []float64)
	// Step does an action. terminated says that the episode has come to an end of its own, after which nothing more
	// can be earned; truncated, that it was cut off from outside, as by a limit of steps. After either, Reset follows.
	// The observation is valid until the next Reset or Step.
	Step(action int) (observation []float64, reward float64, terminated, truncated bool)
}

// Wrapper is an Env around another one.
type Wrapper interface {
	Env
	// Unwrap returns the inner environment.
	Unwrap() Env
}

// Unwrap returns the innermost environment.
func Unwrap(e Env) Env {
	for {
		w, ok := e.(Wrapper)
		if !ok {
			return e
		}
		e = w.Unwrap()
	}
}

// TimeLimit truncates the episodes of an environment after a number of steps.
type TimeLimit struct {
	Env
	Steps int
	done  int
}

// Unwrap returns the inner environment.
func (t *TimeLimit) Unwrap() Env { return t.Env }

// Reset begins an episode.
func (t *TimeLimit) Reset(seed uint64) []float64 {
	t.done = 0
	return t.Env.Reset(seed)
}

// Step does an action; the last step of the limit truncates.
func (t *TimeLimit) Step(action int) (observation []float64, reward float64, terminated, truncated bool) {
	observation, reward, terminated, truncated = t.Env.Step(action)
	t.done++
	return observation, reward, terminated, truncated || t.done >= t.Steps
}
