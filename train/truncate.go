package train

import (
	"fmt"

	"gorae/data"
	"gorae/tensor"
)

// chunked tests that samples can be cut into chunks of steps, if that is asked for.
func (t *Trainer) chunked(part string, s data.Spec) error {
	if t.config.Truncate == 0 {
		return nil
	}
	steps := 0
	for i, f := range s.Fields() {
		what := fmt.Sprintf("input %d", i+1)
		if i >= len(s.Inputs) {
			what = fmt.Sprintf("target %d", i+1-len(s.Inputs))
		}
		switch {
		case len(f.Shape) == 0:
			return fmt.Errorf("%s: truncate: %s has no steps; give a value for each step, or leave out truncate", part,
				what)
		case i == 0:
			steps = f.Shape[0]
		case f.Shape[0] != steps:
			return fmt.Errorf("%s: truncate: %s has shape %v, the sequences have %d steps; give a value for each "+
				"step, or leave out truncate", part, what, f.Shape, steps)
		}
	}
	return nil
}

// learnChunks runs a training step for each chunk of n sequences.
func (t *Trainer) learnChunks(n int, in []*tensor.Tensor) error {
	steps := in[0].Shape[1]
	for at := 0; at < steps; at += t.config.Truncate {
		chunk := t.chunk(in, at, min(at+t.config.Truncate, steps))
		if at == 0 {
			c, err := t.step.program.Prepare(chunk...)
			if err != nil {
				return err
			}
			for _, v := range c.Trace.Carried {
				clear(v.Value.F32)
			}
		}
		loss, outs, err := t.step.Run(chunk...)
		if err != nil {
			return err
		}
		t.meter.add(n*chunk[0].Shape[1], loss, outs)
	}
	return nil
}

// chunk copies steps a to b of sequences into memory of the trainer's; weights of samples stay as
// they are.
func (t *Trainer) chunk(in []*tensor.Tensor, a, b int) []*tensor.Tensor {
	list := t.chunks[b-a]
	if list == nil {
		list = make([]*tensor.Tensor, len(in))
		for i := range list {
			list[i] = new(tensor.Tensor)
		}
		if t.chunks == nil {
			t.chunks = map[int][]*tensor.Tensor{}
		}
		t.chunks[b-a] = list
	}
	for i, x := range in {
		if i >= t.o.inputs+t.o.targets {
			list[i] = x
			continue
		}
		c := list[i]
		c.Shape = append(append(c.Shape[:0], x.Shape[0], b-a), x.Shape[2:]...)
		c.F32, c.I32, c.U8 = cut(c.F32, x.F32, x.Shape, a, b), cut(c.I32, x.I32, x.Shape, a, b), cut(c.U8, x.U8,
			x.Shape, a, b)
	}
	return list
}

// cut copies steps a to b of x, of a shape [samples, steps, …], to dst, which grows where it must.
func cut[T any](dst, x []T, shape tensor.Shape, a, b int) []T {
	if x == nil {
		return nil
	}
	step := tensor.Shape(shape[2:]).Size()
	dst = dst[:0]
	for s := range shape[0] {
		from := s * shape[1]
		dst = append(dst, x[(from+a)*step:(from+b)*step]...)
	}
	return dst
}
