package env

import "fmt"

// Error is a fault of an environment: an observation or reward that it must not return, or a space that no value fits.
type Error struct {
	Env   string // the type or name of the environment
	Step  int    // of the episode, from 1; 0 is Reset
	Seed  uint64 // of the episode
	Fault string
}

// Error says where in which episode the fault arose.
func (e *Error) Error() string {
	where := fmt.Sprintf("step %d", e.Step)
	switch e.Step {
	case 0:
		where = "Reset"
	case -1:
		return fmt.Sprintf("environment %s: %s", e.Env, e.Fault)
	}
	return fmt.Sprintf("environment %s: %s of the episode of seed %d: %s", e.Env, where, e.Seed, e.Fault)
}

// Checked is an environment whose observations, rewards and actions are checked; it returns errors in place of values
// that would spoil a training.
type Checked struct {
	env     Env
	name    string
	space   Space
	actions int
	seed    uint64
	steps   int
}

// Check returns a checked environment, or an error where its spaces have no values. name is for messages; "" is the
// type's.
func Check(name string, e Env) (*Checked, error) {
	if e == nil {
		return nil, &Error{Env: "nil", Step: -1, Fault: "there is none; give an env.Env"}
	}
	if name == "" {
		name = fmt.Sprintf("%T", Unwrap(e))
	}
	c := &Checked{env: e, name: name, space: e.ObservationSpace(), actions: e.ActionSpace().N}
	if err := check(c.space); err != nil {
		return nil, &Error{Env: name, Step: -1, Fault: "the observation space " + err.Error()}
	}
	if err := check(e.ActionSpace()); err != nil {
		return nil, &Error{Env: name, Step: -1, Fault: "the action space " + err.Error()}
	}
	return c, nil
}

// Env returns the environment without the checks.
func (c *Checked) Env() Env { return c.env }

// Space returns the observation space.
func (c *Checked) Space() Space { return c.space }

// Actions returns the number of actions.
func (c *Checked) Actions() int { return c.actions }

// Seed returns the seed of the present episode, Steps the number of its steps so far.
func (c *Checked) Seed() uint64 { return c.seed }

// Steps returns the number of steps of the present episode.
func (c *Checked) Steps() int { return c.steps }

func (c *Checked) fault(format string, args ...any) error {
	return &Error{Env: c.name, Step: c.steps, Seed: c.seed, Fault: fmt.Errorf(format, args...).Error()}
}

// Reset begins an episode.
func (c *Checked) Reset(seed uint64) ([]float64, error) {
	c.seed, c.steps = seed, 0
	observation := c.env.Reset(seed)
	if err := c.space.Check(observation); err != nil {
		return nil, c.fault("the observation %w", err)
	}
	return observation, nil
}

// Result is what a step led to.
type Result struct {
	Observation           []float64 // valid until the next step
	Reward                float64
	Terminated, Truncated bool
}

// Done reports whether the episode is over.
func (r Result) Done() bool { return r.Terminated || r.Truncated }

// Step does an action.
func (c *Checked) Step(action int) (Result, error) {
	c.steps++
	if action < 0 || action >= c.actions {
		return Result{}, c.fault("there is no action %d; there are 0 to %d", action, c.actions-1)
	}
	var r Result
	r.Observation, r.Reward, r.Terminated, r.Truncated = c.env.Step(action)
	if r.Reward-r.Reward != 0 {
		return r, c.fault("the reward is %v; it must be finite", r.Reward)
	}
	if err := c.space.Check(r.Observation); err != nil {
		return r, c.fault("the observation %w", err)
	}
	return r, nil
}

// Name returns the name of the environment in messages.
func (c *Checked) Name() string { return c.name }
