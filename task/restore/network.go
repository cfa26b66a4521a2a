package restore

import (
	"gorae/layer"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
	"gorae/weight"
)

// The default network.
const (
	filters = 32
	depth   = 6 // layers with batch normalisation
)

// Network returns a residual convolutional network (Zhang, Zuo, Chen, Meng and Zhang, "Beyond a Gaussian denoiser:
// residual learning of deep CNN for image denoising", 2017), smaller than theirs: it learns the noise, which is
// subtracted from the input. It begins with no noise, the picture as it is.
func (p *problem) Network() *spec.Network {
	conv := layer.Conv2D{Filters: filters, KernelSize: []int{3, 3}, Padding: "same", Kernel: weight.HeNormal{}}
	first := conv
	first.Activation = "relu"
	steps := spec.Steps(first)
	conv.NoBias = true
	momentum := 0.9 // of the moving statistics: an epoch may have few steps
	for range depth {
		steps = append(steps, spec.Steps(conv, layer.BatchNormalization{Momentum: &momentum}, layer.ReLU{})...)
	}
	last := conv
	last.Filters, last.Base.Name, last.Kernel = p.fitted.Channels, "noise", weight.Zeros{}
	steps = append(steps, spec.Steps(last)...)
	steps = append(steps, spec.Step{Name: "restored", Layer: layer.Subtract{Base: layer.Base{Name: "restored"}},
		Inputs: []string{spec.OwnInput, "noise"}})
	return &spec.Network{Steps: steps}
}

// anySize reports whether all layers of a network work at every place alike, so that it takes pictures of any size.
func anySize(n *spec.Network) bool {
	for _, s := range n.Steps {
		if s.Layer == nil {
			return false
		}
		if _, ok := layer.LocalityOf(s.Layer); !ok {
			return false
		}
	}
	return true
}

// fits returns an error unless a network makes a picture of a picture, of any size where patches are learnt from.
func (p *problem) fits(m *model.Model) error {
	if err := p.fitted.Check(m); err != nil {
		return task.Errorf("model", "%v", err)
	}
	r := p.fitted.newRestorer(m)
	if p.section.Patch > 0 && !r.open {
		_, err := m.Receptive()
		return task.Errorf("model", "%v, so that what it learns of patches of %d×%d pixels cannot be done to whole "+
			"pictures", err, p.section.Patch, p.section.Patch).
			Fix("use convolutions with padding: same, or pictures of one size without data.patch")
	}
	for part, of := range p.parts {
		for i := range of.len() {
			h, w := of.size(i)
			if err := r.takes(of.id(i), h, w); err != nil {
				key := "data.source"
				if part == int(task.Test) && p.in.Test != nil {
					key = "data.test.source"
				}
				return task.Errorf(key, "%v", err)
			}
		}
	}
	return nil
}
