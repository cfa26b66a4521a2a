package emit

import (
	"encoding/binary"
	"math"
	"slices"

	"gorae/format/onnx/internal/pb"
)

// Range is the least and the greatest number that a quantized activation holds.
type Range struct{ Low, High float64 }

// Levels are the scale and the zero point of uint8 for a range, which is widened to hold 0 exactly.
func (r Range) Levels() (scale float32, zero int64) {
	low, high := min(r.Low, 0), max(r.High, 0)
	if scale = float32((high - low) / math.MaxUint8); scale < math.SmallestNonzeroFloat32*(1<<23) {
		return 1, 0
	}
	return scale, int64(math.RoundToEven(-low / float64(scale)))
}

// product is a node whose activations and weights can be quantized: a convolution, or a product with a matrix.
type product struct {
	node    *pb.Node
	weights *constant
	axis    int // of the weights: that of the results
}

// products are those among the nodes of the graph from one on, those in the bodies of loops left out.
func (f *File) products(from int) (list []product) {
	known := map[string]*constant{}
	for _, c := range f.constants {
		known[c.name] = c
	}
	for _, n := range f.nodes[from:] {
		axis := map[string]int{"Conv": 0, "Gemm": 1, "MatMul": 1}
		at, ok := axis[n.Op]
		if !ok || known[n.Inputs[0]] != nil {
			continue
		}
		w := known[n.Inputs[1]]
		if w == nil || w.elem != pb.F32 || n.Op != "Conv" && len(w.dims) != 2 {
			continue
		}
		list = append(list, product{n, w, at})
	}
	return list
}

// Activations are the tensors that the products of the graph read, each once.
func (f *File) Activations() (names []string) {
	for _, p := range f.products(0) {
		if x := p.node.Inputs[0]; !slices.Contains(names, x) {
			names = append(names, x)
		}
	}
	return names
}

// Observe adds copies of tensors to the outputs of the file.
func (f *File) Observe(names []string) {
	for _, x := range names {
		y := f.Outward("observed")
		f.copied(y, x, y)
		f.Outputs = append(f.Outputs, &pb.Value{Name: y, Type: &pb.Type{Kind: "tensor", Elem: pb.F32}})
	}
}

// quantize puts QuantizeLinear and DequantizeLinear before the products among the nodes from one on: activations become
// uint8 within ranges, which come in the order of [File.Activations], weights int8 with a scale for each result.
func (f *File) quantize(from int, ranges []Range) {
	before := map[*pb.Node][]*pb.Node{}
	rounded := map[string]string{} // activations and weights by their names before
	defer func(sink *[]*pb.Node) { f.sink = sink }(f.sink)
	for _, p := range f.products(from) {
		var nodes []*pb.Node
		f.sink = &nodes
		x, w := p.node.Inputs[0], p.node.Inputs[1]
		if rounded[x] == "" {
			scale, zero := ranges[0].Levels()
			ranges = ranges[1:]
			levels := []string{f.Floats("scale", nil, scale), f.bytes("zero", pb.Uint8, nil, func() ([]byte, error) {
				return []byte{byte(zero)}, nil
			})}
			q := f.One(x, "QuantizeLinear", append([]string{x}, levels...))
			rounded[x] = f.One(x, "DequantizeLinear", append([]string{q}, levels...))
		}
		if rounded[w] == "" {
			rounded[w] = f.rounded(p)
		}
		p.node.Inputs = slices.Clone(p.node.Inputs)
		p.node.Inputs[0], p.node.Inputs[1] = rounded[x], rounded[w]
		before[p.node] = nodes
	}
	var all []*pb.Node
	for _, n := range f.nodes {
		all = append(append(all, before[n]...), n)
	}
	f.nodes = all
}

// bytes is an initializer that nothing else equals.
func (f *File) bytes(name string, elem pb.Elem, dims []int64, fill func() ([]byte, error)) string {
	c := &constant{name: f.Name(name), elem: elem, dims: dims, fill: fill}
	f.constants = append(f.constants, c)
	return c.name
}

// rounded adds the weights of a product as int8, symmetric: w ≈ scale·q with q in −127 … 127, the greatest |w| of each
// result being 127·scale.
func (f *File) rounded(p product) string {
	n := p.weights.dims[p.axis]
	var scales, levels []byte
	var fault error
	round := func() error {
		if scales != nil || fault != nil {
			return fault
		}
		var raw []byte
		if raw, fault = p.weights.fill(); fault != nil {
			return fault
		}
		inner := int64(1)
		for _, d := range p.weights.dims[p.axis+1:] {
			inner *= d
		}
		of := func(i int) (result int64, w float64) {
			return int64(i) / inner % n, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])))
		}
		most := make([]float64, n)
		for i := range len(raw) / 4 {
			k, w := of(i)
			most[k] = max(most[k], math.Abs(w))
		}
		by := make([]float32, n)
		for k, m := range most {
			if by[k] = float32(m / math.MaxInt8); by[k] < math.SmallestNonzeroFloat32*(1<<23) {
				by[k] = 1
			}
			scales = binary.LittleEndian.AppendUint32(scales, math.Float32bits(by[k]))
		}
		levels = make([]byte, len(raw)/4)
		for i := range levels {
			k, w := of(i)
			q := math.RoundToEven(w / float64(by[k]))
			levels[i] = byte(int8(min(max(q, -math.MaxInt8), math.MaxInt8)))
		}
		return nil
	}
	name := p.weights.name
	q := f.bytes(name+"_int8", pb.Int8, p.weights.dims, func() ([]byte, error) {
		err := round()
		return levels, err
	})
	scale := f.bytes(name+"_scale", pb.F32, []int64{n}, func() ([]byte, error) {
		err := round()
		return scales, err
	})
	zero := f.bytes(name+"_zero", pb.Int8, []int64{n}, func() ([]byte, error) { return make([]byte, n), nil })
	return f.One(name, "DequantizeLinear", []string{q, scale, zero}, Int("axis", p.axis))
}
