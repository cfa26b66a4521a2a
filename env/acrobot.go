package env

import "math"

// Acrobot is the pair of hanging links of Sutton (1996) with the dynamics of Sutton and Barto's book: a torque acts on
// the joint between them, and the free end is to reach a height of one link above the fixed end. Every step costs 1,
// except for the one that gets there.
//
// An observation is the cosine and sine of the angle of the first link (0 hangs down), those of the second link's angle
// to the first, and the two angular velocities.
type Acrobot struct {
	random      Random
	state       [4]float64 // two angles, two angular velocities
	observation [6]float64
}

const (
	acrobotVel1     = 4 * math.Pi
	acrobotVel2     = 9 * math.Pi
	acrobotLength1  = 1.0
	acrobotMass1    = 1.0
	acrobotMass2    = 1.0
	acrobotCentre1  = 0.5 // of mass
	acrobotCentre2  = 0.5
	acrobotInertia1 = 1.0
	acrobotInertia2 = 1.0
	acrobotGravity  = 9.8
)

// ObservationSpace is a box of six numbers.
func (a *Acrobot) ObservationSpace() Space {
	return Box{
		Low:  []float64{-1, -1, -1, -1, -acrobotVel1, -acrobotVel2},
		High: []float64{1, 1, 1, 1, acrobotVel1, acrobotVel2},
		Names: []string{"cos_angle_1", "sin_angle_1", "cos_angle_2", "sin_angle_2", "angular_velocity_1",
			"angular_velocity_2"},
	}
}

// ActionSpace has three actions: a torque of −1, 0 or 1.
func (a *Acrobot) ActionSpace() Discrete { return Discrete{3} }

// Reset draws each number of the state from −0.1 to 0.1, as a float32.
func (a *Acrobot) Reset(seed uint64) []float64 {
	a.random.Seed(seed)
	for i := range a.state {
		a.state[i] = float64(float32(a.random.Uniform(-0.1, 0.1)))
	}
	return a.observe()
}

func (a *Acrobot) observe() []float64 {
	s := &a.state
	a.observation = [6]float64{math.Cos(s[0]), math.Sin(s[0]), math.Cos(s[1]), math.Sin(s[1]), s[2], s[3]}
	return a.observation[:]
}

// Step moves by one step of the classical Runge–Kutta method.
func (a *Acrobot) Step(action int) (observation []float64, reward float64, terminated, truncated bool) {
	torque, s := float64(action-1), a.state
	along := func(k [4]float64, h float64) (to [4]float64) {
		for i := range to {
			to[i] = s[i] + float64(h*k[i])
		}
		return to
	}
	dt := 0.2 // a variable: constants would be divided exactly, and differ from float64 in the last bit
	k1 := acrobotSlope(s, torque)
	k2 := acrobotSlope(along(k1, dt/2), torque)
	k3 := acrobotSlope(along(k2, dt/2), torque)
	k4 := acrobotSlope(along(k3, dt), torque)
	for i := range s {
		s[i] += float64(dt / 6 * (k1[i] + float64(2*k2[i]) + float64(2*k3[i]) + k4[i]))
	}
	a.state = [4]float64{
		wrap(s[0]), wrap(s[1]),
		min(max(s[2], -acrobotVel1), acrobotVel1), min(max(s[3], -acrobotVel2), acrobotVel2),
	}
	terminated = float64(-math.Cos(a.state[0]))-math.Cos(a.state[1]+a.state[0]) > 1
	reward = -1
	if terminated {
		reward = 0
	}
	return a.observe(), reward, terminated, false
}

// acrobotSlope is the time derivative of a state.
func acrobotSlope(s [4]float64, torque float64) [4]float64 {
	const (
		m1, m2, l1, c1, c2 = acrobotMass1, acrobotMass2, acrobotLength1, acrobotCentre1, acrobotCentre2
		i1, i2, g          = acrobotInertia1, acrobotInertia2, acrobotGravity
	)
	theta1, theta2, v1, v2 := s[0], s[1], s[2], s[3]
	sin2, cos2 := math.Sin(theta2), math.Cos(theta2)
	d1 := m1*c1*c1 + m2*(l1*l1+c2*c2+float64(2*l1*c2*cos2)) + i1 + i2
	d2 := m2*(c2*c2+float64(l1*c2*cos2)) + i2
	phi2 := m2 * c2 * g * math.Cos(theta1+theta2-math.Pi/2)
	phi1 := float64(-m2*l1*c2*float64(v2*v2)*sin2) - float64(2*m2*l1*c2*v2*v1*sin2) +
		float64((m1*c1+m2*l1)*g*math.Cos(theta1-math.Pi/2)) + phi2
	a2 := (torque + float64(float64(d2/d1)*phi1) - float64(m2*l1*c2*float64(v1*v1)*sin2) - phi2) /
		(m2*c2*c2 + i2 - float64(d2*d2)/d1)
	a1 := -(float64(d2*a2) + phi1) / d1
	return [4]float64{v1, v2, a1, a2}
}

// wrap brings an angle between −π and π.
func wrap(x float64) float64 {
	for x > math.Pi {
		x -= 2 * math.Pi
	}
	for x < -math.Pi {
		x += 2 * math.Pi
	}
	return x
}
