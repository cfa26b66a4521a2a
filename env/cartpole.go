package env

import "math"

// CartPole is the cart with a pole of Barto, Sutton and Anderson (1983): a force pushes the cart left (0) or right (1),
// and the pole on it is to stay up. Every step earns 1, the last one too; the episode ends where the cart is further
// than 2.4 from the middle or the pole leans by more than 12°.
//
// An observation is the position of the cart in metres, its velocity, the angle of the pole in radians, and its angular
// velocity.
type CartPole struct {
	random Random
	state  [4]float64
}

const (
	cartGravity    = 9.8
	cartMass       = 1.0
	poleMass       = 0.1
	poleHalf       = 0.5 // half the pole's length
	cartForce      = 10.0
	cartTau        = 0.02 // seconds between two states
	cartLimit      = 2.4
	poleLimit      = 12 * 2 * math.Pi / 360
	poleMassLength = poleMass * poleHalf
	cartWithPole   = poleMass + cartMass
)

// ObservationSpace is a box of four numbers; the bounds of position and angle are twice those at which an episode ends.
func (c *CartPole) ObservationSpace() Space {
	inf := math.Inf(1)
	return Box{
		Low:   []float64{-2 * cartLimit, -inf, -2 * poleLimit, -inf},
		High:  []float64{2 * cartLimit, inf, 2 * poleLimit, inf},
		Names: []string{"position", "velocity", "angle", "angular_velocity"},
	}
}

// ActionSpace has two actions: 0 pushes left, 1 right.
func (c *CartPole) ActionSpace() Discrete { return Discrete{2} }

// Reset draws each number of the state from −0.05 to 0.05.
func (c *CartPole) Reset(seed uint64) []float64 {
	c.random.Seed(seed)
	for i := range c.state {
		c.state[i] = c.random.Uniform(-0.05, 0.05)
	}
	return c.state[:]
}

// Step moves by one step of Euler's method: positions with the velocities before.
func (c *CartPole) Step(action int) (observation []float64, reward float64, terminated, truncated bool) {
	x, xDot, theta, thetaDot := c.state[0], c.state[1], c.state[2], c.state[3]
	force := cartForce
	if action != 1 {
		force = -cartForce
	}
	sin, cos := math.Sin(theta), math.Cos(theta)
	temp := (force + float64(float64(poleMassLength*float64(thetaDot*thetaDot))*sin)) / cartWithPole
	thetaAcc := (float64(cartGravity*sin) - float64(cos*temp)) /
		(poleHalf * (4.0/3.0 - float64(float64(poleMass*float64(cos*cos))/cartWithPole)))
	xAcc := temp - float64(float64(poleMassLength*thetaAcc)*cos)/cartWithPole
	c.state = [4]float64{
		x + float64(cartTau*xDot), xDot + float64(cartTau*xAcc),
		theta + float64(cartTau*thetaDot), thetaDot + float64(cartTau*thetaAcc),
	}
	x, theta = c.state[0], c.state[2]
	terminated = x < -cartLimit || x > cartLimit || theta < -poleLimit || theta > poleLimit
	return c.state[:], 1, terminated, false
}
