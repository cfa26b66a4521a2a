package env_test

import (
	"fmt"

	"gorae/env"
)

// A rule of two lines keeps the pole of CartPole up for all 500 steps.
func Example() {
	e, err := env.Make("CartPole-v1")
	if err != nil {
		fmt.Println(err)
		return
	}
	observation, sum, done := e.Reset(1), 0.0, false
	for !done {
		action := 0
		if o := observation; 0.1*o[0]+0.3*o[1]+o[2]+o[3] > 0 {
			action = 1
		}
		next, reward, terminated, truncated := e.Step(action)
		observation, sum, done = next, sum+reward, terminated || truncated
	}
	fmt.Println(e.ActionSpace(), sum)
	// Output: Discrete(2) 500
}

// corridor is an environment of one's own: three fields in a row, the treasure is at the right end.
type corridor struct {
	field [1]float64
}

func (c *corridor) ObservationSpace() env.Space { return env.Discrete{N: 3} }
func (c *corridor) ActionSpace() env.Discrete   { return env.Discrete{N: 2} }

func (c *corridor) Reset(uint64) []float64 {
	c.field[0] = 0
	return c.field[:]
}

func (c *corridor) Step(action int) (observation []float64, reward float64, terminated, truncated bool) {
	c.field[0] = max(0, c.field[0]+float64(2*action-1))
	if c.field[0] == 2 {
		return c.field[:], 1, true, false
	}
	return c.field[:], 0, false, false
}

// Check finds out what an environment of one's own does wrongly.
func ExampleCheck() {
	e, err := env.Check("corridor", &env.TimeLimit{Env: &corridor{}, Steps: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := e.Reset(1); err != nil {
		fmt.Println(err)
		return
	}
	for _, action := range []int{1, 1} {
		r, err := e.Step(action)
		fmt.Println(r.Observation, r.Reward, r.Terminated, r.Truncated, err)
	}
	_, err = e.Step(7)
	fmt.Println(err)
	// Output:
	// [1] 0 false false <nil>
	// [2] 1 true false <nil>
	// environment corridor: step 3 of the episode of seed 1: there is no action 7; there are 0 to 1
}
