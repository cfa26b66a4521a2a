package layer

import (
	"fmt"
	"strconv"
	"strings"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() { Layers.Register(SpectralNormalization{}) }

// SpectralNormalization keeps the greatest singular value σ of a layer's kernel at 1, so that the layer stretches no
// input (Miyato et al., "Spectral normalization for generative adversarial networks", 2018). In training the kernel, as
// a matrix W [.., n], is replaced by W/σ, where u [1, n] is a state and
//
//	v = u·Wᵀ/|u·Wᵀ|,  u′ = v·W/|v·W|,  σ = v·W·u′ᵀ
//
// is repeated PowerIterations times; the optimizer moves what was replaced. As in Keras σ counts as a constant in the
// gradient. In prediction the kernel is taken as it is.
type SpectralNormalization struct {
	Base
	_ struct{} `keras:"dtype~float32"`
	// Layer is the layer whose kernel is divided, such as dense or conv2d.
	Layer Layer `keras:"layer,main,required"`
	// PowerIterations is how often u and v are improved in a step.
	PowerIterations int `keras:"power_iterations,default=1,min=1"`
}

// Wrapped implements Wrapper.
func (l SpectralNormalization) Wrapped() []Part { return []Part{{"layer", l.Layer}} }

// Call implements Layer.
func (l SpectralNormalization) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	if l.Layer == nil {
		s.Fail("layer: is missing; give one, as Dense")
	}
	inner, met := *s, false
	inner.revise = func(name string, w *graph.Node) *graph.Node {
		if met || name != "kernel" && name != "embeddings" {
			return w
		}
		met = true
		return l.normalised(s, w)
	}
	y := inner.child("layer", l.Layer, x)
	if !met {
		s.Fail("layer: %s has no kernel", Layers.Word(l.Layer))
	}
	s.activity(l.Layer, y)
	return y
}

// normalised is the kernel divided by its greatest singular value, in training, which is its value after the step too.
func (l SpectralNormalization) normalised(s *Scope, w *graph.Node) *graph.Node {
	n := w.Shape[len(w.Shape)-1]
	state := s.State("vector_u", []int{1, n}, weight.TruncatedNormal{Stddev: new(0.02)})
	if !s.Training {
		return w
	}
	m, u := w.Reshape(-1, n), state
	var v *graph.Node
	for range config.Filled(l).PowerIterations {
		v = direction(u.MatMulT(m, false, true))
		u = direction(v.MatMul(m))
	}
	sigma := v.MatMul(m).Mul(u).Sum()
	zero := s.Graph.Scalar(0)
	none := w.Abs().Sum().Eq(zero)
	s.Update(state, none.Where(state, u))
	next := w.Div(none.Where(s.Graph.Scalar(1), sigma)).StopGradient()
	if !s.frozen {
		s.Graph.Assign(w, next)
	}
	return w.Add(next.Sub(w).StopGradient())
}

// direction is a vector of length 1.
func direction(x *graph.Node) *graph.Node { return x.Mul(x.Square().Sum().MaxC(1e-14).Rsqrt()) }

// Formula implements Formulator: the counts of the layer, and of u.
func (l SpectralNormalization) Formula(in, out []tensor.Shape) string {
	f, ok := l.Layer.(Formulator)
	if !ok {
		return ""
	}
	text := f.Formula(in, out)
	at := strings.LastIndex(text, " = ")
	if at < 0 {
		return text
	}
	n, err := strconv.Atoi(strings.ReplaceAll(text[at+3:], ",", ""))
	if err != nil {
		return text
	}
	u := out[0][len(out[0])-1]
	return fmt.Sprintf("%s + (u) %d = %s", text[:at], u, Thousands(n+u))
}

// Traits implements Described.
func (l SpectralNormalization) Traits() Traits {
	if l.Layer == nil {
		return rearranging(AnyFormat)
	}
	return TraitsOf(l.Layer)
}
