package emit

import (
	"slices"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

// channelsFirst is the order in which ONNX has images: samples, channels, places.
func channelsFirst(rank int) []int {
	p := []int{0, rank - 1}
	for a := 1; a < rank-1; a++ {
		p = append(p, a)
	}
	return p
}

// kernelFirst is the order of a kernel [places…, channels, filters] as ONNX has it: filters, channels, places.
func kernelFirst(rank int) []int {
	return append([]int{rank - 1, rank - 2}, identity(rank-2)...)
}

// padding is the attribute of the padding of windows; ok is false where it goes with the extents in an unknown way.
func padding(x shape, window, stride, dilation []int, lo, hi [][]int) (a *pb.Attribute, ok bool) {
	n := len(window)
	same, alike := true, true
	for k := range lo {
		alike = alike && slices.Equal(lo[k], lo[0]) && slices.Equal(hi[k], hi[0])
		for i := range n {
			a, z := graph.SamePadding(x[i+1][k], window[i], stride[i], dilation[i])
			same = same && a == lo[k][i] && z == hi[k][i]
		}
	}
	open := slices.ContainsFunc(x[1:n+1], func(e extent) bool { return !e.fixed() })
	if open && same {
		return Text("auto_pad", "SAME_UPPER"), true
	}
	return Ints("pads", append(slices.Clone(lo[0]), hi[0]...)...), alike
}

// conv lowers a convolution, with a bias or without; n is what becomes of it.
func (l *lowering) conv(n *graph.Node, c *graph.Call, bias *graph.Node) bool {
	x, w := c.In[0], c.In[1]
	rank := len(x.Shape)
	list := ops[graph.Conv](l, c)
	o := list[0]
	window := []int(w.Shape[:rank-2])
	var lo, hi [][]int
	for _, p := range list {
		lo, hi = append(lo, p.PadLo), append(hi, p.PadHi)
	}
	pads, ok := padding(l.shape(x), window, o.Stride, o.Dilation, lo, hi)
	if !ok {
		l.refuse(c)
		return true
	}
	in := []string{l.in(x, channelsFirst(rank), pb.F32), l.in(w, kernelFirst(rank), pb.F32)}
	if bias != nil {
		in = append(in, l.in(bias, nil, pb.F32))
	}
	l.put(n, l.f.One(c.Label, "Conv", in, Ints("strides", o.Stride...), Ints("dilations", o.Dilation...),
		Int("group", o.Groups), Ints("kernel_shape", window...), pads), pb.F32, channelsFirst(rank))
	return true
}

// convTranspose lowers a transposed convolution.
func (l *lowering) convTranspose(n *graph.Node, c *graph.Call, bias *graph.Node) bool {
	x, w := c.In[0], c.In[1]
	rank := len(x.Shape)
	list := ops[graph.ConvInputGrad](l, c)
	o := list[0]
	window := []int(w.Shape[:rank-2])
	pads, beyond := make([]int, 2*(rank-2)), make([]int, rank-2)
	for a := range rank - 2 {
		rest := func(k int) (lo, hi, beyond int) {
			p := list[k]
			whole := p.Stride[a]*(l.twin(x, k).Shape[a+1]-1) + (window[a]-1)*p.Dilation[a] + 1
			lo, hi = p.PadLo[a], p.PadHi[a]
			beyond = p.In[a] - (whole - lo - hi)
			less := min(max(beyond, 0), hi)
			return lo, hi - less, beyond - less
		}
		lo, hi, more := rest(0)
		for k := range list {
			if a, z, m := rest(k); a != lo || z != hi || m != more {
				l.refuse(c)
				return true
			}
		}
		if more < 0 {
			hi, more = hi-more, 0
		}
		pads[a], pads[rank-2+a], beyond[a] = lo, hi, more
	}
	in := []string{l.in(x, channelsFirst(rank), pb.F32), l.in(w, kernelFirst(rank), pb.F32)}
	padded := slices.ContainsFunc(beyond, func(b int) bool { return b != 0 })
	attributes := []*pb.Attribute{Ints("strides", o.Stride...), Ints("dilations", o.Dilation...),
		Int("group", o.Groups), Ints("kernel_shape", window...), Ints("pads", pads...)}
	for a, b := range beyond { // ONNX allows less than a stride or a dilation
		if b > 0 && b >= max(o.Stride[a], o.Dilation[a]) {
			l.refuse(c)
			return true
		}
	}
	if padded {
		attributes = append(attributes, Ints("output_padding", beyond...))
	}
	if bias != nil {
		in = append(in, l.in(bias, nil, pb.F32))
	}
	l.put(n, l.f.One(c.Label, "ConvTranspose", in, attributes...), pb.F32, channelsFirst(rank))
	return true
}

// pool lowers a pooling by the operator of that name, or by the reduction of that name where a part is not a window.
func (l *lowering) pool(n *graph.Node, pools []graph.Pool, op, reduce string, further ...*pb.Attribute) {
	c, x := n.Call, n.Call.In[0]
	rank, o := len(x.Shape), pools[0]
	if o.Bins != nil {
		l.bins(n, o.Bins, reduce)
		return
	}
	var lo, hi [][]int
	for _, p := range pools {
		lo, hi = append(lo, p.PadLo), append(hi, p.PadHi)
	}
	ones := slices.Repeat([]int{1}, rank-2)
	pads, ok := padding(l.shape(x), o.Window, o.Stride, ones, lo, hi)
	if !ok {
		l.refuse(c)
		return
	}
	l.one(n, channelsFirst(rank), op, []string{l.in(x, channelsFirst(rank), pb.F32)},
		append(further, Ints("kernel_shape", o.Window...), Ints("strides", o.Stride...), pads)...)
}

// bins lowers an adaptive pooling: part after part, axis after axis.
func (l *lowering) bins(n *graph.Node, bins []int, reduce string) {
	c, x := n.Call, n.Call.In[0]
	perm := channelsFirst(len(x.Shape))
	name := l.in(x, perm, pb.F32)
	for a, m := range bins {
		e := l.shape(x)[a+1]
		if !e.fixed() {
			l.refuse(c)
			return
		}
		var parts []string
		for i := range m {
			lo, hi := i*e[0]/m, ((i+1)*e[0]+m-1)/m
			part := l.f.Slice(c.Label, name, []int{lo}, []int{hi}, []int{a + 2}, []int{1})
			parts = append(parts, l.f.Reduce(c.Label, reduce, part, []int{a + 2}, true))
		}
		if name = parts[0]; m > 1 {
			name = l.f.One(c.Label, "Concat", parts, Int("axis", a+2))
		}
	}
	l.put(n, name, pb.F32, perm)
}

// repeated lowers elements that are repeated along axes, reshape(broadcast(reshape(x))), as a Resize.
func (l *lowering) repeated(n *graph.Node) bool {
	b := n.Call.In[0]
	if _, ok := b.Call.Op.(graph.Broadcast); !ok || l.isStatic(b) {
		return false
	}
	r := b.Call.In[0]
	x := r
	if _, ok := r.Call.Op.(graph.Reshape); ok {
		x = r.Call.In[0]
	}
	if len(x.Shape) != len(n.Shape) || n.DType != tensor.Float32 || len(r.Shape) != len(b.Shape) {
		return false
	}
	// Each axis of x is followed, in the shapes between, by an axis that is repeated or by none.
	times := make([]float32, len(x.Shape))
	at := 0
	from, one, many, to := l.shape(x), l.shape(r), l.shape(b), l.shape(n)
	single := slices.Repeat(extent{1}, len(l.graphs))
	for a, e := range from {
		if at >= len(one) || !slices.Equal(one[at], e) || !slices.Equal(many[at], e) {
			return false
		}
		at++
		times[a] = 1
		if slices.Equal(to[a], e) {
			continue
		}
		if at >= len(one) || !slices.Equal(one[at], single) || !many[at].fixed() {
			return false
		}
		k := many[at][0]
		for i := range e {
			if to[a][i] != e[i]*k {
				return false
			}
		}
		times[a], at = float32(k), at+1
	}
	if at != len(one) {
		return false
	}
	l.resized(n, x, times, "nearest", "asymmetric")
	return true
}

// resized adds a Resize by factors along the axes of x.
func (l *lowering) resized(n, x *graph.Node, times []float32, mode, transformation string) {
	v := l.value(x)
	perm := v.perm
	if mode != "nearest" { // onnxruntime interpolates along the last axes
		perm = channelsFirst(len(x.Shape))
	}
	scales := make([]float32, len(times))
	for a, t := range times {
		scales[axisIn(perm, a)] = t
	}
	attributes := []*pb.Attribute{Text("mode", mode), Text("coordinate_transformation_mode", transformation)}
	if mode == "nearest" {
		attributes = append(attributes, Text("nearest_mode", "floor"))
	}
	l.one(n, perm, "Resize", []string{l.in(x, perm, pb.F32), "",
		l.f.Floats("scales", []int64{int64(len(scales))}, scales...)}, attributes...)
}

// resize lowers the resampling of an axis: as a Resize where that is exact, else as a product with the weights.
func (l *lowering) resize(n *graph.Node) {
	c, x := n.Call, n.Call.In[0]
	list := ops[graph.Resize](l, c)
	o := list[0]
	if o.Method == graph.Bilinear && !o.Antialias && !o.Back && o.Out%o.In == 0 {
		factor := o.Out / o.In
		exact := true
		for _, p := range list {
			exact = exact && p.Out == p.In*factor
		}
		if exact {
			times := slices.Repeat([]float32{1}, len(x.Shape))
			times[o.Axis] = float32(factor)
			l.resized(n, x, times, "linear", "half_pixel")
			return
		}
	}
	if !l.shape(x)[o.Axis].fixed() {
		l.refuse(c)
		return
	}
	from, to := x.Shape[o.Axis], n.Shape[o.Axis]
	w := make([]float32, from*to)
	for i, taps := range o.Taps() {
		for _, t := range taps {
			w[t.From*to+i] += t.Weight
		}
	}
	// The axis comes last for the product.
	var perm []int
	for a := range x.Shape {
		if a != o.Axis {
			perm = append(perm, a)
		}
	}
	perm = append(perm, o.Axis)
	l.one(n, perm, "MatMul", []string{l.in(x, perm, pb.F32),
		l.f.Floats("weights", []int64{int64(from), int64(to)}, w...)})
}
