package image

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"gorae/data"
	"gorae/data/image"
	"gorae/model"
	"gorae/prep"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/tensor"
)

// Fitted is the fitted preprocessing of pictures, and the decoding of outputs.
type Fitted struct {
	supervised.Targets `json:"targets"`
	Scale              *prep.Affine    `json:"scale"`
	Sample             tensor.Shape    `json:"sample"`          // the shape of a picture
	Image              *Image          `json:"image,omitempty"` // how files become samples; nil: learnt from arrays
	CSV                data.CSVOptions `json:"csv"`

	free []int // the axes of Sample that may have any extent, of a network of another program
}

// takes reports whether the network takes samples of a shape.
func (f *Fitted) takes(shape tensor.Shape) bool {
	if len(shape) != len(f.Sample) {
		return false
	}
	for a, d := range shape {
		if d != f.Sample[a] && !slices.Contains(f.free, a) {
			return false
		}
	}
	return true
}

// Unit implements task.Fitted.
func (*Fitted) Unit() string { return "image" }

// Check returns an error unless the network takes the pictures.
func (f *Fitted) Check(m *model.Model) error {
	in := m.InputTypes(1)
	if len(in) != 1 || !tensor.Shape(in[0].Shape[1:]).Equal(f.Sample) {
		return fmt.Errorf("pictures have the shape %v, but the network takes %v", f.Sample, in[0].Shape[1:])
	}
	return nil
}

// scaled returns a dataset of bytes under the fitted scale.
func (f *Fitted) scaled(bytes data.Dataset) (data.Dataset, error) {
	return prep.NewPixels(bytes, f.Scale)
}

// Open reads pictures, a table of their paths, or arrays. Files are unpacked as they are read.
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	r.Source.CSV = f.CSV
	p, err := f.open(r.Source)
	if err != nil {
		return nil, err
	}
	if !f.takes(p.shape) {
		return nil, fmt.Errorf("%s: samples of shape %v, but the model takes %v", p.name, p.shape, f.Sample)
	}
	say := supervised.NewTable(f.Targets, r.Training)
	if p.files != nil {
		say.IDs = []*data.Column{&p.files.Columns[0]}
	}
	b := &task.Bound{Name: p.name, Notes: p.notes, Data: p.data, Header: say.Header(), Decode: say.Decode}
	if !r.Targets {
		return b, nil
	}
	s, err := p.labelled(f, r.Column)
	if err != nil {
		return nil, err
	}
	bytes, err := s.targeted(f)
	if err != nil {
		return nil, err
	}
	b.Data, err = f.scaled(bytes)
	if p.float != nil {
		return nil, fmt.Errorf("%s: numbers where pictures are bytes", p.name)
	}
	if err == nil {
		f.Report(b, r)
	}
	return b, err
}

// pictures is raw pictures.
type pictures struct {
	name   string
	notes  []string
	bytes  data.Dataset
	float  *tensor.Tensor // an array of numbers, which goes to the network as it is
	shape  tensor.Shape
	data   data.Dataset // as the network takes them
	files  *data.Table  // the path of each picture and what is known of it; nil for arrays
	arrays *data.Arrays
}

// open reads a source as pictures in the shape of the training pictures.
func (f *Fitted) open(s *task.Source) (*pictures, error) {
	files, t, err := f.files(s)
	if err != nil {
		return nil, err
	}
	if files != nil {
		return f.fromFiles(files, t)
	}
	src, err := s.Read()
	if err != nil {
		return nil, err
	}
	if src.Arrays == nil {
		return nil, fmt.Errorf("%s: no pictures; give a picture, a folder of them, a table with a column of their "+
			"paths, or an array of shape %v", s.Name, append(tensor.Shape{-1}, f.Sample...))
	}
	return f.fromArrays(src.Arrays)
}

// files returns the picture files of a source, with the table that lists them; nil where there are none.
func (f *Fitted) files(s *task.Source) (*image.Files, *data.Table, error) {
	switch {
	case s.Scheme != "file" && s.Is("picture"):
		b, err := content(s)
		return image.Content(s.Name, b), nil, err
	case s.Folder:
		files, err := image.Folder(s.Path)
		return files, nil, err
	case s.Is("picture"):
		return image.Single(s.Path), nil, nil
	}
	src, err := s.Read()
	if err != nil || src.Table == nil {
		return nil, nil, err
	}
	column := image.PathColumn(src.Table)
	if column == "" {
		return nil, nil, fmt.Errorf("%s: no column of pictures' paths (.png, .jpg, …)", s.Name)
	}
	files, err := image.List(src.Table, column, filepath.Dir(s.Path))
	return files, src.Table, err
}

// mostBytes is the greatest size of a picture in a stream.
const mostBytes = 1 << 30

// content returns the bytes of a picture in a stream.
func content(s *task.Source) ([]byte, error) {
	in, err := s.Info.Open()
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(in, mostBytes))
	if cerr := in.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	return b, nil
}

// once says that each picture is read once, so that none is kept in memory.
const once = -1

// fromFiles returns pictures in files; t is the table that lists them, nil without one.
func (f *Fitted) fromFiles(files *image.Files, t *data.Table) (*pictures, error) {
	i := f.Image
	if i == nil { // learnt from arrays
		i = &Image{Size: []int{f.Sample[0], f.Sample[1]}, Colour: map[int]string{1: "grey", 3: "rgb"}[f.Sample[2]]}
		if len(f.free) > 0 {
			i.Size = nil // the pictures' own
		}
		if i.Colour == "" {
			return nil, fmt.Errorf("%s: the network takes pictures of shape %v; give them as an array", files.Name,
				f.Sample)
		}
	}
	o, err := i.options()
	if err != nil {
		return nil, err
	}
	o.Cache, o.Bits = once, max(o.Bits, 8) // files of models that were trained on bytes say nothing of bits
	d, err := files.Dataset(o)
	var sizes *image.SizesError
	if errors.As(err, &sizes) {
		return nil, fmt.Errorf("%s; the network takes pictures of any size, those of one size at a time: put each "+
			"size into a folder of its own, or bring them to one size", sizes.Problem())
	}
	if err != nil {
		return nil, err
	}
	table := d.Table()
	if t != nil {
		if d.Rows != nil {
			t = t.Select(d.Rows)
		}
		listed := *t
		listed.Columns = append(table.Columns[:1:1], t.Columns...)
		table = &listed
	}
	p := &pictures{name: files.Name, bytes: data.Untargeted{Dataset: d}, shape: d.Shape(), files: table}
	p.notes = append(slices.Clip(files.Notes), leftOut(files, d)...)
	p.data, err = f.scaled(p.bytes)
	return p, err
}

// fromArrays returns pictures in an array: bytes are scaled as in training, numbers go to the network as they are.
func (f *Fitted) fromArrays(a *data.Arrays) (*pictures, error) {
	if a.X == nil {
		return nil, fmt.Errorf("%s: which array holds the samples? save them under the name x", a.Name)
	}
	p := &pictures{name: a.Name, shape: a.X.Shape[1:].Clone(), arrays: a}
	x := a.X
	if p.shape.Size() == f.Sample.Size() && !p.shape.Equal(f.Sample) {
		var err error
		if x, err = x.Reshape(append([]int{x.Shape[0]}, f.Sample...)...); err != nil {
			return nil, err
		}
		p.shape = f.Sample
	}
	if x.DType() != tensor.Uint8 {
		if err := a.CheckFinite(); err != nil {
			return nil, err
		}
		p.float = x.Floats()
		var err error
		p.data, err = data.Of(p.float, nil)
		return p, err
	}
	bytes, err := data.Of(x, nil)
	if err != nil {
		return nil, err
	}
	p.bytes = bytes
	p.data, err = f.scaled(bytes)
	return p, err
}

// samples returns a test set of the training; known is the column of the classes that are known of an autoencoder's
// pictures, "" for those of the folders or the labels of arrays.
func (f *Fitted) samples(s *task.Source, known string) (*samples, error) {
	p, err := f.open(s)
	if err != nil {
		return nil, err
	}
	out, err := p.labelled(f, "")
	if err == nil && len(f.Targets) == 0 {
		out.known = p.known(known)
	}
	return out, err
}

// known returns the classes that are known of the pictures, nil where there are none.
func (p *pictures) known(column string) *data.Column {
	if p.arrays != nil {
		return labels(p.arrays)
	}
	return knownIn(p.files, column)
}

// knownIn returns the column of known classes of a table of pictures: the named one, or else that of the folders.
func knownIn(t *data.Table, column string) *data.Column {
	if column == "" {
		column = "class"
	}
	c, err := t.Column(column)
	if err != nil {
		return nil
	}
	return c
}

// labelled returns the pictures with what is known of them; column is that of the target, "" the
// training data's.
func (p *pictures) labelled(f *Fitted, column string) (*samples, error) {
	if len(f.Targets) == 0 {
		return &samples{bytes: p.bytes, shape: p.shape}, nil
	}
	if p.arrays != nil {
		return arrays(p.arrays, true)
	}
	if len(p.files.Columns) < 2 {
		return nil, fmt.Errorf("%s: pictures without classes; put each class's pictures into a folder of its own, or "+
			"give a csv of paths and classes", p.name)
	}
	names := f.Targets[0].Columns()
	if column != "" {
		if len(names) > 1 {
			return nil, fmt.Errorf("--target %s: the labels are read from %d columns; leave it out", column, len(names))
		}
		names = []string{column}
	}
	var cs []*data.Column
	for _, name := range names {
		c, err := p.files.Column(name)
		if err != nil {
			return nil, fmt.Errorf("target: %w", err)
		}
		cs = append(cs, c)
	}
	s := samplesOf(p.files, cs...)
	s.bytes, s.shape = p.bytes, p.shape
	return s, nil
}
