package plan

import "gorae/graph"

// warpKernel resamples images by affine maps, one image a block.
type warpKernel struct{}

func (warpKernel) Claim(c *graph.Call) bool {
	switch c.Op.(type) {
	case graph.Warp, graph.WarpGrad:
		return true
	}
	return false
}

func (warpKernel) Bind(b *Binding) Launch {
	in, maps, out := b.In[0], b.In[1], b.Out[0]
	from, to := b.Call.In[0].Shape, b.Call.Out[0].Shape
	back, isBack := b.Call.Op.(graph.WarpGrad)
	o := back.Warp
	if !isBack {
		o = b.Call.Op.(graph.Warp)
	}
	channels := from[3]
	rows, columns := from[1], from[2] // of the picture that is looked at
	if isBack {
		rows, columns = back.OldRows, back.OldColumns
	}
	one, other := from[1:].Size(), to[1:].Size() // elements of a picture on either side
	return Launch{Name: b.Call.Op.String(), Blocks: max(1, from[0]), Bytes: 4 * float64(in.Size+out.Size),
		Flops: 8 * float64(in.Size), Run: func(x *Run, block int, _ []float32) {
			if from[0] == 0 {
				return
			}
			src, dst := x.F(in)[block*one:][:one], x.F(out)[block*other:][:other]
			clear(dst)
			var m [6]float64
			for k, v := range x.F(maps)[6*block:][:6] {
				m[k] = float64(v)
			}
			for p := range o.Rows * o.Columns {
				at, weight := o.Taps(m[:], p/o.Columns, p%o.Columns, rows, columns)
				for k, a := range at {
					w := float32(weight[k])
					switch {
					case w == 0: // a pixel that does not count may be NaN
					case a[0] < 0:
						if !isBack {
							for c := range dst[p*channels:][:channels] {
								dst[p*channels+c] += w * float32(o.Fill)
							}
						}
					case isBack:
						old := dst[(a[0]*columns+a[1])*channels:][:channels]
						for c, v := range src[p*channels:][:channels] {
							old[c] += w * v
						}
					default:
						y := dst[p*channels:][:channels]
						for c, v := range src[(a[0]*columns+a[1])*channels:][:channels] {
							y[c] += w * v
						}
					}
				}
			}
		}}
}
