package arrays

import (
	"fmt"
	"strings"

	"gorae/format"
	"gorae/tensor"
	"gorae/weight"
)

// layout is how a variable is made of a module's arrays.
type layout struct {
	from  []string     // the module's names of the arrays
	shape tensor.Shape // of each
	put   func(dst []float32, from [][]float32)
}

// fill makes the site's variables of a module's arrays; an error where an array lacks, is over, or has another shape.
func (s *site) fill(m *module, list []format.Array) (all []filling, err error) {
	taken := map[string]bool{}
	for _, key := range s.keys {
		l, err := s.layout(key)
		if err != nil {
			return nil, err
		}
		f := filling{v: s.vars[key], put: l.put}
		for _, leaf := range l.from {
			i, ok := m.of[leaf]
			if !ok {
				return nil, fmt.Errorf("%s has no %s for %s %v", m.name, leaf, f.v.Path, f.v.Shape)
			}
			if !list[i].Shape.Equal(l.shape) {
				return nil, fmt.Errorf("%s has shape %v, and %s takes %v", list[i].Name, list[i].Shape, f.v.Path,
					l.shape)
			}
			taken[leaf] = true
			f.from = append(f.from, i)
		}
		all = append(all, f)
	}
	for leaf, i := range m.of {
		if !taken[leaf] {
			return nil, fmt.Errorf("layer %q has no weight for %s", s.name, list[i].Name)
		}
	}
	return all, nil
}

// simple are the variables that PyTorch keeps in the same layout under another name.
var simple = map[string]string{"bias": "bias", "gamma": "weight", "beta": "bias", "scale": "weight",
	"moving_mean": "running_mean", "moving_variance": "running_var", "embeddings": "weight"}

// layout is PyTorch's layout of the variable of a key.
//
// Source: PyTorch, torch/nn/modules: linear, conv, batchnorm, normalization, sparse, activation, rnn.
func (s *site) layout(key string) (layout, error) {
	v := s.vars[key]
	base, reverse := key, ""
	if b, ok := strings.CutSuffix(key, "_reverse"); ok {
		base, reverse = b, "_reverse"
	}
	if r := s.vars["recurrent_kernel"+reverse]; r != nil {
		return loop(base, reverse, v, r)
	}
	if s.vars["pointwise_kernel"] != nil || reverse != "" {
		return layout{}, fmt.Errorf("%s has no counterpart among PyTorch's modules", v.Path)
	}
	switch rank := len(v.Shape); {
	case simple[base] != "" && (base != "bias" || rank == 1):
		return layout{from: []string{simple[base]}, shape: v.Shape}, nil
	case base == "kernel" && s.deep: // (k…, in, m) of (in·m, 1, k…)
		in, m := v.Shape[rank-2], v.Shape[rank-1]
		shape := append(tensor.Shape{in * m, 1}, v.Shape[:rank-2]...)
		return layout{[]string{"weight"}, shape, func(dst []float32, from [][]float32) {
			transpose(dst, from[0], in*m, v.Shape[:rank-2].Size())
		}}, nil
	case base == "kernel" && rank >= 2:
		return layout{[]string{"weight"}, swapped(v.Shape), func(dst []float32, from [][]float32) {
			toLast(dst, from[0], v.Shape)
		}}, nil
	case base == "alpha": // of PReLU: one for each channel
		return layout{from: []string{"weight"}, shape: tensor.Shape{v.Shape.Size()}}, nil
	}
	return layout{}, fmt.Errorf("%s has no counterpart among PyTorch's modules", v.Path)
}

// swapped is the shape (out, in, k…) of a kernel (k…, in, out); that of a transposed convolution is (in, out, k…) for
// (k…, out, in).
func swapped(s tensor.Shape) tensor.Shape {
	n := len(s)
	return append(tensor.Shape{s[n-1], s[n-2]}, s[:n-2]...)
}

// toLast puts an array (out, in, k…) into a kernel of the shape (k…, in, out).
func toLast(dst, src []float32, shape tensor.Shape) {
	n := len(shape)
	in, out, places := shape[n-2], shape[n-1], shape[:n-2].Size()
	for o := range out {
		for i := range in {
			for k, x := range src[(o*in+i)*places : (o*in+i+1)*places] {
				dst[(k*in+i)*out+o] = x
			}
		}
	}
}

// transpose puts a matrix of rows × columns into dst as columns × rows.
func transpose(dst, src []float32, rows, columns int) {
	for r := range rows {
		for c := range columns {
			dst[c*rows+r] = src[r*columns+c]
		}
	}
}

// gates are, of each gate in Keras's order, the place in PyTorch's, by the number of gates. Those of an LSTM are i, f,
// g, o in both; those of a GRU z, r, h in Keras and r, z, n in PyTorch.
var gates = map[int][]int{1: {0}, 3: {1, 0, 2}, 4: {0, 1, 2, 3}}

// loop is the layout of the variables of a recurrent cell: rows of gates, and two biases, which are one sum but in a
// GRU.
func loop(base, reverse string, v, recurrentKernel *weight.Var) (layout, error) {
	units := recurrentKernel.Shape[0]
	wide := recurrentKernel.Shape[1]
	order := gates[wide/units]
	if order == nil || wide%units != 0 {
		return layout{}, fmt.Errorf("%s has no counterpart among PyTorch's modules", v.Path)
	}
	switch base {
	case "kernel", "recurrent_kernel":
		leaf := map[string]string{"kernel": "weight_ih", "recurrent_kernel": "weight_hh"}[base] + reverse
		in := v.Shape[0]
		return layout{[]string{leaf}, tensor.Shape{wide, in}, func(dst []float32, from [][]float32) {
			for g, at := range order {
				for u := range units {
					for i, x := range from[0][(at*units+u)*in:][:in] {
						dst[i*wide+g*units+u] = x
					}
				}
			}
		}}, nil
	case "bias":
		two := len(v.Shape) == 2
		if len(order) == 3 && !two {
			return layout{}, fmt.Errorf("%s: PyTorch's GRU has two biases; set reset_after", v.Path)
		}
		return layout{[]string{"bias_ih" + reverse, "bias_hh" + reverse}, tensor.Shape{wide},
			func(dst []float32, from [][]float32) {
				for g, at := range order {
					for u := range units {
						x, h := from[0][at*units+u], from[1][at*units+u]
						if two {
							dst[g*units+u], dst[wide+g*units+u] = x, h
						} else {
							dst[g*units+u] = x + h
						}
					}
				}
			}}, nil
	}
	return layout{}, fmt.Errorf("%s has no counterpart among PyTorch's modules", v.Path)
}
