package plan

import (
	"math"

	"gorae/graph"
	"gorae/internal/kernel/philox"
	"gorae/internal/kernel/vec"
	"gorae/tensor"
)

// indexKernel computes the operations on ids: gather, scatter-add, one-hot, bag, pick, argmax, map.
type indexKernel struct{}

func (indexKernel) Claim(c *graph.Call) bool {
	switch c.Op.(type) {
	case graph.Gather, graph.ScatterAdd, graph.OneHot, graph.Pick, graph.ArgMax, graph.Map:
		return true
	}
	return composite(c) == "bag"
}

func (indexKernel) Bind(b *Binding) Launch {
	in, out := b.In, b.Out[0]
	l := Launch{Name: b.Call.Op.String(), Bytes: 4 * float64(in[0].Size+out.Size)}
	switch o := b.Call.Op.(type) {
	case graph.Gather:
		cols := b.Call.In[0].Shape[1:].Size()
		blocks, part := share(in[1].Size, max(1, elemGrain/max(1, cols)))
		l.Blocks, l.Bytes = blocks, 8*float64(out.Size)
		l.Run = func(x *Run, block int, _ []float32) {
			lo, hi := part(block)
			vec.Gather(x.F(out)[lo*cols:hi*cols], x.F(in[0]), x.I(in[1])[lo:hi], cols)
		}
	case graph.ScatterAdd:
		cols := b.Call.Out[0].Shape[1:].Size()
		l.Run = func(x *Run, _ int, _ []float32) {
			clear(x.F(out))
			vec.ScatterAdd(x.F(out), x.F(in[0]), x.I(in[1]), cols)
		}
	case graph.OneHot:
		l.Run = func(x *Run, _ int, _ []float32) {
			y := x.F(out)
			clear(y)
			for i, id := range x.I(in[0]) {
				if id >= 0 && int(id) < o.Depth {
					y[i*o.Depth+int(id)] = 1
				}
			}
		}
	case *graph.Composite: // a bag
		a := o.Attr.(graph.BagAttr)
		n := b.Call.In[0].Shape[1]
		l.Run = func(x *Run, _ int, _ []float32) {
			y := x.F(out)
			clear(y)
			for i, id := range x.I(in[0]) {
				if id < 0 || int(id) >= a.Depth {
					continue
				}
				if at := i/n*a.Depth + int(id); a.Once {
					y[at] = 1
				} else {
					y[at]++
				}
			}
		}
	case graph.Pick:
		s := b.Call.In[0].Shape
		n := s[len(s)-1]
		l.Run = func(x *Run, _ int, _ []float32) {
			y, a := x.F(out), x.F(in[0])
			for i, id := range x.I(in[1]) {
				if id >= 0 && int(id) < n {
					y[i] = a[i*n+int(id)]
				} else {
					y[i] = float32(math.NaN())
				}
			}
		}
	case graph.Map:
		whole := b.Call.In[0].DType == tensor.Int32
		l.Run = func(x *Run, _ int, _ []float32) {
			y := x.I(out)
			if whole {
				for i, v := range x.I(in[0]) {
					y[i] = o.Table.Of(float64(v))
				}
				return
			}
			for i, v := range x.F(in[0]) {
				y[i] = o.Table.Of(float64(v))
			}
		}
	case graph.ArgMax:
		s := b.Call.In[0].Shape
		n := s[len(s)-1]
		l.Run = func(x *Run, _ int, _ []float32) {
			a := x.F(in[0])
			for i := range x.I(out) {
				x.I(out)[i] = int32(vec.ArgMax(a[i*n : (i+1)*n]))
			}
		}
	}
	return l
}

// randomKernel draws numbers.
type randomKernel struct{}

func (randomKernel) Claim(c *graph.Call) bool {
	_, ok := c.Op.(graph.Random)
	return ok
}

func (randomKernel) Bind(b *Binding) Launch {
	o := b.Call.Op.(graph.Random)
	key, out := b.In[0], b.Out[0]
	blocks, part := share(out.Size, elemGrain)
	draw := philox.Uniform
	if o.Normal {
		draw = philox.Normal
	}
	return Launch{Name: o.String(), Blocks: blocks, Bytes: 4 * float64(out.Size),
		Run: func(x *Run, block int, _ []float32) {
			lo, hi := part(block)
			k := x.I(key)
			draw(x.F(out)[lo:hi], philox.Key{Lo: uint32(k[0]), Hi: uint32(k[1])}, o.Stream,
				uint64(uint32(k[2]))|uint64(uint32(k[3]))<<32, uint64(lo))
		}}
}

// castKernel turns floats into integers; the other direction is elementwise (elementwise.go).
type castKernel struct{}

func (castKernel) Claim(c *graph.Call) bool {
	o, ok := c.Op.(graph.Cast)
	return ok && o.To == tensor.Int32 && c.In[0].DType == tensor.Float32
}

func (castKernel) Bind(b *Binding) Launch {
	in, out := b.In[0], b.Out[0]
	return Launch{Name: b.Call.Op.String(), Bytes: 8 * float64(out.Size), Run: func(x *Run, _ int, _ []float32) {
		vec.ToInt32(x.I(out), x.F(in))
	}}
}
