package generative

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"gorae/data"
	"gorae/data/image"
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
)

// pictures is what a source holds.
type pictures struct {
	raw     data.Dataset // bytes or float32, [height, width, channels]
	shape   tensor.Shape
	table   *data.Table // that lists or holds them; nil without
	columns []string    // of the table, each a pixel; nil: files or arrays
	files   *Files      // how files became samples; nil: a table or arrays
	test    *data.Arrays
}

// Files says how pictures in files become samples.
type Files struct {
	Size   []int  `json:"size"`
	Colour string `json:"colour"`
	Fit    string `json:"fit,omitempty"`
}

// open reads a source: a folder of pictures, a table of their paths, a table of pixels, or arrays.
func open(in *task.Input, s *Settings, src *task.Source) (*pictures, error) {
	if src.Folder {
		f, err := image.Folder(src.Path)
		if err != nil {
			return nil, src.Errorf("%s", err)
		}
		return fromFiles(in, s, src, f, nil)
	}
	if src.Is("picture") {
		return nil, src.Errorf("%s is one picture; give a folder of many, an array or a table", src.Name)
	}
	read, err := src.Read()
	switch {
	case err != nil:
		return nil, src.Errorf("%v", err)
	case read.Arrays != nil:
		return fromArrays(src, read.Arrays, s)
	case read.Table == nil:
		return nil, src.Errorf("%s holds no pictures; give a folder of pictures, an array of them, or a table",
			src.Name)
	}
	if column := image.PathColumn(read.Table); column != "" {
		f, err := image.List(read.Table, column, filepath.Dir(src.Path))
		if err != nil {
			return nil, src.Errorf("%s", err)
		}
		in.Files = append(in.Files, f.Paths...)
		return fromFiles(in, s, src, f, read.Table)
	}
	return fromTable(in, s, src, read.Table)
}

// fromFiles reads pictures in files, which must be of one size and all grey or all in colours unless the settings say
// what they are brought to.
func fromFiles(in *task.Input, s *Settings, src *task.Source, f *image.Files, t *data.Table) (*pictures, error) {
	o, err := s.options()
	if err != nil {
		return nil, task.Errorf("data.generate.fit", "%s", err)
	}
	o.Disk = src.Cache
	if o.Channels == 0 {
		if w := f.Survey(o, false); w.Grey > 0 && w.Grey+len(w.Bad) < f.Len() {
			return nil, src.Errorf("%s: %d pictures of %d are grey and the others in colours; write colour: grey or "+
				"colour: rgb below data.generate", f.Name, w.Grey, f.Len())
		}
	}
	d, err := task.OnceForData(in, "pictures"+src.Key, func() (*image.Dataset, error) { return f.Dataset(o) })
	var sizes *image.SizesError
	switch {
	case errors.As(err, &sizes):
		return nil, src.Errorf("%s; write size: [HEIGHT, WIDTH] below data.generate", sizes.Problem())
	case err != nil:
		return nil, src.Errorf("%s", err)
	}
	shape := d.Shape()
	s.Size, s.Colour = []int{shape[0], shape[1]}, map[int]string{1: "grey", 3: "rgb"}[shape[2]]
	return &pictures{raw: data.Untargeted{Dataset: d}, shape: shape, table: t,
		files: &Files{Size: s.Size, Colour: s.Colour, Fit: s.Fit}}, nil
}

// fromArrays takes an array [pictures, height, width] or [pictures, height, width, channels].
func fromArrays(src *task.Source, a *data.Arrays, s *Settings) (*pictures, error) {
	if a.X == nil {
		return nil, src.Errorf("%s: which array holds the pictures? save them under the name x", a.Name)
	}
	x := a.X
	if len(x.Shape) == 3 {
		var err error
		if x, err = x.Reshape(x.Shape[0], x.Shape[1], x.Shape[2], 1); err != nil {
			return nil, err
		}
	}
	if len(x.Shape) != 4 || x.Shape[3] != 1 && x.Shape[3] != 3 {
		return nil, src.Errorf("%s: an array of shape %v; pictures are [pictures, height, width], or [pictures, "+
			"height, width, channels] with 1 channel or 3", a.Name, x.Shape)
	}
	if len(s.Size) == 2 && (s.Size[0] != x.Shape[1] || s.Size[1] != x.Shape[2]) {
		return nil, task.Errorf("data.generate.size", "%v, but the array holds pictures of %d × %d pixels; only "+
			"pictures in files are brought to a size", s.Size, x.Shape[1], x.Shape[2])
	}
	if x.DType() != tensor.Uint8 {
		x = x.Floats()
		if i := x.NonFinite(); i >= 0 {
			return nil, src.Errorf("%s: picture %d holds %s", a.Name, i*x.Shape[0]/x.Len()+1, tensor.Say(x.F32[i]))
		}
	}
	d, err := data.Of(x, nil)
	return &pictures{raw: d, shape: x.Shape[1:].Clone(), test: a.Test}, err
}

// fromTable takes the columns of numbers as pixels, those of data.target left out.
func fromTable(in *task.Input, s *Settings, src *task.Source, t *data.Table) (*pictures, error) {
	pixels := &data.Table{Name: t.Name, Rows: t.Rows}
	var drop []string
	for _, name := range in.Spec.Data.Target {
		c, err := t.Column(name)
		if err != nil {
			return nil, task.Errorf("data.target", "%s", err)
		}
		drop = append(drop, c.Name)
	}
	for _, c := range t.Columns {
		if c.Kind == data.Number && !slices.Contains(drop, c.Name) {
			pixels.Columns = append(pixels.Columns, c)
		}
	}
	n := len(pixels.Columns)
	if len(s.Size) == 0 {
		side := int(math.Sqrt(float64(n)) + 0.5)
		if side*side != n || n == 0 {
			return nil, task.Errorf("data.source", "%s: %d columns of numbers are no square picture; name those that "+
				"are no pixels in data.target, or write size: [HEIGHT, WIDTH] below data.generate", t.Name, n)
		}
		s.Size = []int{side, side}
	}
	if s.Size[0]*s.Size[1] != n {
		return nil, task.Errorf("data.generate.size", "%v are %d pixels, but the table has %d columns of numbers "+
			"beside data.target", s.Size, s.Size[0]*s.Size[1], n)
	}
	x, err := layOut(pixels, s.Size)
	if err != nil {
		return nil, src.Errorf("%v", err)
	}
	p := &pictures{raw: x, shape: tensor.Shape{s.Size[0], s.Size[1], 1}, table: t}
	for _, c := range pixels.Columns {
		p.columns = append(p.columns, c.Name)
	}
	return p, nil
}

// layOut returns the rows of a table of pixels as pictures.
func layOut(t *data.Table, size []int) (data.Dataset, error) {
	x, err := t.Numbers()
	if err != nil {
		return nil, err
	}
	if x, err = x.Reshape(t.Rows, size[0], size[1], 1); err != nil {
		return nil, err
	}
	return data.Of(x, nil)
}

// apart returns the test pictures that have a source of their own; nil where there are none.
func (p *pictures) apart(in *task.Input, s *Settings) (*pictures, error) {
	src := in.Test
	var test *pictures
	var err error
	switch {
	case src != nil:
		test, err = open(in, s, src)
	case p.test != nil:
		src = in.Source
		test, err = fromArrays(src, p.test, s)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !test.shape.Equal(p.shape) {
		return nil, src.Errorf("the test set has pictures of shape %v, the training data of %v; they must be alike",
			test.shape, p.shape)
	}
	return test, nil
}

// white returns the value of a white pixel: 255 of files and of bytes that go beyond 127, 1 of numbers that do not, and
// otherwise the greatest one of the training pictures.
func (p *pictures) white(rows []int) (float64, error) {
	if p.files != nil {
		return 255, nil
	}
	least, most := math.Inf(1), math.Inf(-1)
	row := p.raw.Spec().Row()
	for _, i := range rows {
		if err := p.raw.Read(0, i, row); err != nil {
			return 0, err
		}
		for k := range row[0].Len() {
			v := row[0].Float(k)
			least, most = min(least, v), max(most, v)
		}
	}
	bytes := row[0].DType() == tensor.Uint8
	switch {
	case least < 0 || most > 255:
		return 0, task.Errorf("data.source", "values from %v to %v; pixels go from 0, black, to 255 at most", least,
			most)
	case most <= 0:
		return 0, task.Errorf("data.source", "all training pictures are black; there is nothing to learn")
	case most > 127:
		return 255, nil
	case most <= 1 && !bytes:
		return 1, nil
	}
	return most, nil
}

// scaled returns pictures with pixels from 0 to 1.
func (f *Fitted) scaled(raw data.Dataset) (data.Dataset, error) {
	return prep.NewPixels(raw, &prep.Affine{Shift: []float64{0}, Divisor: []float64{f.White}})
}

// read returns some pictures of a part as one tensor, [pictures, height, width, channels].
func read(d data.Dataset, rows []int) (*tensor.Tensor, error) {
	field := d.Spec().Inputs[0]
	if field.DType != tensor.Float32 {
		return nil, fmt.Errorf("pictures of %v", field.DType)
	}
	n := field.Shape.Size()
	x := tensor.New(tensor.Float32, append([]int{len(rows)}, field.Shape...)...)
	for at, i := range rows {
		row := data.Row{{Shape: field.Shape, F32: x.F32[at*n : (at+1)*n]}}
		if err := d.Read(0, i, row); err != nil {
			return nil, err
		}
	}
	return x, nil
}
