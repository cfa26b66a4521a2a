package env

import "math"

// MountainCar is the car in a valley of Moore (1990): its engine is too weak for the hill at the right, so it must
// swing. Every step costs 1 until the car is at position 0.5.
//
// An observation is the position, from −1.2 to 0.6, and the velocity, from −0.07 to 0.07.
type MountainCar struct {
	random Random
	state  [2]float64
}

const (
	carLeft, carRight = -1.2, 0.6
	carSpeed          = 0.07
	carGoal           = 0.5
	carForce          = 0.001
	carGravity        = 0.0025
)

// ObservationSpace is a box of two numbers.
func (c *MountainCar) ObservationSpace() Space {
	return Box{Low: []float64{carLeft, -carSpeed}, High: []float64{carRight, carSpeed},
		Names: []string{"position", "velocity"}}
}

// ActionSpace has three actions: 0 drives left, 1 rolls, 2 drives right.
func (c *MountainCar) ActionSpace() Discrete { return Discrete{3} }

// Reset draws the position from −0.6 to −0.4; the car stands still.
func (c *MountainCar) Reset(seed uint64) []float64 {
	c.random.Seed(seed)
	c.state = [2]float64{c.random.Uniform(-0.6, -0.4), 0}
	return c.state[:]
}

// Step moves the car. At the left end it stops.
func (c *MountainCar) Step(action int) (observation []float64, reward float64, terminated, truncated bool) {
	position, velocity := c.state[0], c.state[1]
	velocity += float64(float64(action-1)*carForce) + float64(math.Cos(float64(3*position))*-carGravity)
	velocity = min(max(velocity, -carSpeed), carSpeed)
	position += velocity
	position = min(max(position, carLeft), carRight)
	if position == carLeft && velocity < 0 {
		velocity = 0
	}
	c.state = [2]float64{position, velocity}
	return c.state[:], -1, position >= carGoal && velocity >= 0, false
}
