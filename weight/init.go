//lint:file-ignore U1000 The tags of the embedded axesAsUsual are read by reflection.

package weight

import (
	"fmt"
	"math"

	"gorae/config"
	"gorae/tensor"
)

// Initializer draws the first values of a weight.
type Initializer interface {
	Fill(w []float32, shape tensor.Shape, r *Rand) error
}

// Initializers are those that a configuration can name.
var Initializers = config.NewRegistry[Initializer]("initializer", "keras.initializers")

func init() {
	for _, i := range []Initializer{Zeros{}, Ones{}, Constant{}, TruncatedNormal{},
		VarianceScaling{}} {
		Initializers.Register(i)
	}
	Initializers.RegisterAs("RandomUniform", RandomUniform{}, "random_uniform", "uniform")
	Initializers.RegisterAs("RandomNormal", RandomNormal{}, "random_normal", "normal")
	Initializers.RegisterAs("Orthogonal", Orthogonal{}, "orthogonal", "orthogonal_initializer")
	Initializers.RegisterAs("Identity", Identity{}, "identity", "identity_initializer", "IdentityInitializer")
	for _, i := range []Initializer{GlorotUniform{}, GlorotNormal{}, HeUniform{}, HeNormal{}, LecunUniform{},
		LecunNormal{}} {
		Initializers.Register(i)
	}
}

// Zeros gives 0.
type Zeros struct{}

// Fill implements Initializer.
func (Zeros) Fill(w []float32, _ tensor.Shape, _ *Rand) error { return fill(w, 0) }

// Ones gives 1.
type Ones struct{}

// Fill implements Initializer.
func (Ones) Fill(w []float32, _ tensor.Shape, _ *Rand) error { return fill(w, 1) }

// Constant gives Value.
type Constant struct {
	Value float64 `keras:"value,main"`
}

// Fill implements Initializer.
func (c Constant) Fill(w []float32, _ tensor.Shape, _ *Rand) error { return fill(w, float32(c.Value)) }

func fill(w []float32, v float32) error {
	for i := range w {
		w[i] = v
	}
	return nil
}

// Seeded is the seed of an initialiser's own; nil follows the model's.
type Seeded struct {
	Seed *int `keras:"seed"`
}

// axesAsUsual are keys of Keras 3.15 that say which axes of a weight are inputs and outputs: those that [Fans] takes.
type axesAsUsual struct {
	_ struct{} `keras:"?input_axes=null,?output_axes=null"`
}

func (s Seeded) rand(r *Rand) *Rand {
	if s.Seed != nil {
		return r.Reseed(uint64(*s.Seed))
	}
	return r
}

// RandomUniform draws from [Min, Max).
type RandomUniform struct {
	Seeded
	Min *float64 `keras:"minval,default=-0.05"`
	Max *float64 `keras:"maxval,default=0.05"`
}

// Fill implements Initializer.
func (u RandomUniform) Fill(w []float32, _ tensor.Shape, r *Rand) error {
	u, r = config.Filled(u), u.rand(r)
	return draw(w, func() float64 { return *u.Min + (*u.Max-*u.Min)*r.Uniform() })
}

// RandomNormal draws from the normal distribution.
type RandomNormal struct {
	Seeded
	Mean   float64  `keras:"mean"`
	Stddev *float64 `keras:"stddev,default=0.05,min=0"`
}

// Fill implements Initializer.
func (n RandomNormal) Fill(w []float32, _ tensor.Shape, r *Rand) error {
	n, r = config.Filled(n), n.rand(r)
	return draw(w, func() float64 { return n.Mean + *n.Stddev*r.Normal() })
}

// TruncatedNormal draws from the normal distribution within two standard
// deviations of the mean.
type TruncatedNormal struct {
	Seeded
	Mean   float64  `keras:"mean"`
	Stddev *float64 `keras:"stddev,default=0.05,min=0"`
}

// Fill implements Initializer.
func (n TruncatedNormal) Fill(w []float32, _ tensor.Shape, r *Rand) error {
	n, r = config.Filled(n), n.rand(r)
	return draw(w, func() float64 { return n.Mean + *n.Stddev*r.TruncatedNormal() })
}

func draw(w []float32, f func() float64) error {
	for i := range w {
		w[i] = float32(f())
	}
	return nil
}

// VarianceScaling draws numbers of variance Scale/n, n being the number of inputs of a
// node (fan_in), of outputs (fan_out), or their mean (fan_avg): uniform in ±√(3·Scale/n),
// normal, or normal within two standard deviations and widened to keep the variance.
type VarianceScaling struct {
	Seeded
	axesAsUsual
	Scale        float64 `keras:"scale,default=1,positive"`
	Mode         string  `keras:"mode,default=fan_in,oneof=fan_in|fan_out|fan_avg"`
	Distribution string  `keras:"distribution,default=truncated_normal,oneof=truncated_normal|untruncated_normal|normal|uniform"`
}

// Fill implements Initializer.
func (s VarianceScaling) Fill(w []float32, shape tensor.Shape, r *Rand) error {
	s, r = config.Filled(s), s.rand(r)
	in, out := Fans(shape)
	n := map[string]float64{"fan_in": in, "fan_out": out, "fan_avg": (in + out) / 2}[s.Mode]
	if n == 0 {
		return fmt.Errorf("unknown mode %q", s.Mode)
	}
	v := s.Scale / math.Max(1, n)
	switch s.Distribution {
	case "uniform":
		limit := math.Sqrt(3 * v)
		return draw(w, func() float64 { return limit * (2*r.Uniform() - 1) })
	case "untruncated_normal":
		return draw(w, func() float64 { return math.Sqrt(v) * r.Normal() })
	}
	sd := math.Sqrt(v) / truncatedStddev
	return draw(w, func() float64 { return sd * r.TruncatedNormal() })
}

// truncatedStddev is the standard deviation of a standard normal variable within
// two standard deviations, to the digits that Keras has.
const truncatedStddev = 0.87962566103423978

// Fans returns the number of inputs and outputs of a node with weights of that
// shape: (in, out) of a matrix; for a convolution kernel (..., in, out) each times the
// size of its window.
func Fans(shape tensor.Shape) (in, out float64) {
	switch n := len(shape); n {
	case 0:
		return 1, 1
	case 1:
		return float64(shape[0]), float64(shape[0])
	default:
		window := float64(shape[:n-2].Size())
		return window * float64(shape[n-2]), window * float64(shape[n-1])
	}
}

func scaled(s Seeded, scale float64, mode, dist string) VarianceScaling {
	return VarianceScaling{Seeded: s, Scale: scale, Mode: mode, Distribution: dist}
}

// GlorotUniform draws from ±√(6/(in + out)) (Glorot and Bengio, 2010).
type GlorotUniform struct {
	Seeded
	axesAsUsual
}

// Fill implements Initializer.
func (g GlorotUniform) Fill(w []float32, s tensor.Shape, r *Rand) error {
	return scaled(g.Seeded, 1, "fan_avg", "uniform").Fill(w, s, r)
}

// GlorotNormal draws truncated normal numbers of variance 2/(in + out).
type GlorotNormal struct {
	Seeded
	axesAsUsual
}

// Fill implements Initializer.
func (g GlorotNormal) Fill(w []float32, s tensor.Shape, r *Rand) error {
	return scaled(g.Seeded, 1, "fan_avg", "truncated_normal").Fill(w, s, r)
}

// HeUniform draws from ±√(6/in) (He, Zhang, Ren and Sun, 2015).
type HeUniform struct {
	Seeded
	axesAsUsual
}

// Fill implements Initializer.
func (h HeUniform) Fill(w []float32, s tensor.Shape, r *Rand) error {
	return scaled(h.Seeded, 2, "fan_in", "uniform").Fill(w, s, r)
}

// HeNormal draws truncated normal numbers of variance 2/in.
type HeNormal struct {
	Seeded
	axesAsUsual
}

// Fill implements Initializer.
func (h HeNormal) Fill(w []float32, s tensor.Shape, r *Rand) error {
	return scaled(h.Seeded, 2, "fan_in", "truncated_normal").Fill(w, s, r)
}

// LecunUniform draws from ±√(3/in) (LeCun, Bottou, Orr and Müller, 1998).
type LecunUniform struct {
	Seeded
	axesAsUsual
}

// Fill implements Initializer.
func (l LecunUniform) Fill(w []float32, s tensor.Shape, r *Rand) error {
	return scaled(l.Seeded, 1, "fan_in", "uniform").Fill(w, s, r)
}

// LecunNormal draws truncated normal numbers of variance 1/in.
type LecunNormal struct {
	Seeded
	axesAsUsual
}

// Fill implements Initializer.
func (l LecunNormal) Fill(w []float32, s tensor.Shape, r *Rand) error {
	return scaled(l.Seeded, 1, "fan_in", "truncated_normal").Fill(w, s, r)
}

// Flat returns an initializer that draws a weight of any shape as it draws a matrix of in rows and out columns, where
// its variance depends on these; any other initializer is returned as it is.
func Flat(i Initializer, in, out int) Initializer {
	switch i.(type) {
	case VarianceScaling, GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal:
		return flat{i, in, out}
	}
	return i
}

// flat draws a matrix.
type flat struct {
	Initializer
	in, out int
}

// Fill implements Initializer.
func (f flat) Fill(w []float32, _ tensor.Shape, r *Rand) error {
	return f.Initializer.Fill(w, tensor.Shape{f.in, f.out}, r)
}
