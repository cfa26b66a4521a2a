package onnx

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"

	"gorae/format"
	"gorae/format/onnx/internal/pb"
	"gorae/internal/file"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// Load reads a model from a file of size bytes. Where r is an open file, tensors may lie in other files of its folder.
// A graph that layers of Keras's compute becomes a model of such layers, which can be written as a .keras file; any
// other is one layer, a [Network], which says why.
func Load(r io.ReaderAt, size int64) (_ *format.File, err error) {
	defer words.Printable(&err)
	p, done, err := open(r, size)
	if err != nil {
		return nil, err
	}
	defer done()
	net, err := p.built()
	if err != nil {
		return nil, err
	}
	m, why := p.layered(net.see, net.extent)
	if why == nil {
		why = alike(net.model, m)
	}
	if net.see, net.Why = nil, why; why != nil {
		m = net.model
	}
	return &format.File{Model: m, Texts: p.texts(), Outputs: p.named()}, nil
}

// open reads the graph of a file; done closes the files that its tensors lie in.
func open(r io.ReaderAt, size int64) (p *program, done func(), err error) {
	m, err := pb.Read(r, size)
	if err != nil {
		return nil, nil, err
	}
	find, done := file.Beside(r)
	if err = locate(m, find); err == nil {
		p, err = newProgram(m)
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	return p, done, nil
}

// alike compares two models on three samples of chance.
func alike(a, b *model.Model) error {
	for _, t := range slices.Concat(a.InputTypes(3), a.OutputTypes(3)) {
		if size(t.Shape) > mostKnown {
			return fmt.Errorf("samples are too large for layers to be compared with the graph")
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var x []*tensor.Tensor
	for _, t := range a.InputTypes(3) {
		v := tensor.New(t.DType, t.Shape...)
		for i := range v.F32 {
			v.F32[i] = float32(rng.NormFloat64())
		}
		for i := range v.I32 { // ids of any table
			v.I32[i] = int32(i % 2)
		}
		for i := range v.U8 {
			v.U8[i] = uint8(i % 2)
		}
		x = append(x, v)
	}
	ya, err := a.Predict(context.Background(), x...)
	if err != nil {
		return err
	}
	yb, err := b.Predict(context.Background(), x...)
	if err == nil && !agree(ya, yb) {
		err = fmt.Errorf("layers of Keras's give other numbers")
	}
	return err
}

// locate finds the tensors that lie in other files.
func locate(m *pb.Model, open func(name string) (*os.File, error)) error {
	files := map[string]*os.File{}
	for _, t := range m.Graph.Initializers {
		if len(t.External) == 0 {
			continue
		}
		location := ""
		var off, n int64 = 0, -1
		for _, p := range t.External {
			var err error
			switch p.Key {
			case "location":
				location = p.Value
			case "offset":
				off, err = strconv.ParseInt(p.Value, 10, 64)
			case "length":
				n, err = strconv.ParseInt(p.Value, 10, 64)
			}
			if err != nil {
				return fmt.Errorf("tensor %q: its %s is %q", t.Name, p.Key, p.Value)
			}
		}
		f := files[location]
		if f == nil {
			var err error
			if f, err = open(location); err != nil {
				return fmt.Errorf("tensor %q: %w", t.Name, err)
			}
			files[location] = f
		}
		info, err := f.Stat()
		if err != nil {
			return err
		}
		if n < 0 {
			n = info.Size() - off
		}
		if !info.Mode().IsRegular() || off < 0 || n < 0 || off > info.Size() || n > info.Size()-off {
			return fmt.Errorf("tensor %q: bytes %d to %d of %s, which has %d", t.Name, off, off+n, location,
				info.Size())
		}
		t.Locate(f, off, n)
	}
	return nil
}

// built is the program as one layer in a model with the values of the file. Where extents are open it is built for
// some, which may be more than the file's positions or other tables have: the first that work are taken.
func (p *program) built() (*Network, error) {
	open := slices.ContainsFunc(p.inputs, func(e end) bool { return e.split || slices.Contains(e.sample(), 0) })
	n, err := p.network(0)
	for _, extent := range []int{64, 16, 4, 1} {
		if err == nil || !open {
			break
		}
		if smaller, e := p.network(extent); e == nil {
			return smaller, nil
		}
	}
	return n, err
}

// network is the program with open extents of some size while it is built; 0 is the default.
func (p *program) network(extent int) (*Network, error) {
	var in []*model.Value
	for _, e := range p.inputs {
		l, err := e.input()
		if err != nil {
			return nil, p.blame(e, err)
		}
		l.At = extent
		in = append(in, model.Apply(l))
	}
	net := &Network{Base: layer.Base{Name: "onnx"}, program: p, extent: extent, see: map[string]seen{}}
	net.model = model.New(in, model.ApplyN(net, len(p.outputs), in...))
	return net, net.model.BuildFrom(func(s *weight.Store) error {
		s.Alloc()
		for _, v := range s.Vars() {
			k := p.constants[strings.TrimPrefix(v.Path, net.Name+"/")]
			n, err := k.tensor.Size()
			if err != nil {
				return err
			}
			if n != len(v.Value.F32) {
				return fmt.Errorf("tensor %q has %d elements for %v", k.tensor.Name, n, v.Shape)
			}
			if err := k.tensor.Floats(v.Value.F32); err != nil {
				return err
			}
		}
		return nil
	})
}

// blame says which node reads an input that cannot be one.
func (p *program) blame(e end, err error) error {
	for _, n := range p.body.nodes {
		if slices.Contains(n.inputs, e.name) {
			return fmt.Errorf("%w, which %s reads", err, n.label())
		}
	}
	return err
}

// input is the layer of an input.
func (e end) input() (layer.Input, error) {
	l := layer.Input{Base: layer.Base{Name: e.name}, DType: "float32"}
	switch {
	case e.elem == pb.Bool || e.elem == pb.Uint8:
		l.DType = "uint8"
	case !isFloat(e.elem):
		l.DType = "int32"
	}
	if !e.known || len(e.dims) == 0 {
		return l, fmt.Errorf("its input %q has no axis of samples", e.name)
	}
	l.Batch = append([]int{0}, e.sample()...)
	if e.split {
		l.Batch = append(l.Batch, 0)
	}
	return l, nil
}

func init() {
	format.Register(format.Format{Name: "onnx", Extensions: []string{".onnx"}, Sniff: sniff, Codec: codec{}})
}

// sniff: a file begins with its IR version, field 1, a number below 128.
func sniff(head []byte) bool {
	return len(head) > 2 && head[0] == 8 && head[1] > 0 && head[1] < 64 && (head[2] == 0x12 || head[2] == 0x3a ||
		head[2] == 0x42)
}

// codec is the format.Codec of .onnx files.
type codec struct{}

// Load implements format.Codec.
func (codec) Load(r io.ReaderAt, size int64) (*format.File, error) {
	return Load(r, size)
}

// Save implements format.Codec.
func (codec) Save(w io.Writer, f *format.File) error {
	if len(f.Models)+len(f.Members) > 0 || f.Optimizer != nil {
		return fmt.Errorf("an ONNX file holds one network, and nothing beside it")
	}
	return Write(w, f.Model, Options{})
}
