package restore

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"gorae/data"
	"gorae/data/image"
	"gorae/internal/words"
	"gorae/task"
	"gorae/tensor"
)

// pictures is clean pictures, each of its own size.
type pictures struct {
	name     string
	n        int
	channels int
	white    float64 // the value of white in the source
	size     func(i int) (height, width int)
	// window writes a part of a picture, [height, width, channels], from 0 to 1.
	window func(i int, at window, to []float32) error
	id     func(i int) string // what it is called in messages and files
	files  []string           // of the pictures; nil of arrays
	notes  []string
	test   *pictures // that came in the same file; nil without
}

// window is a part of a picture.
type window struct{ top, left, height, width int }

// selection is some of the pictures.
type selection struct {
	*pictures
	rows []int
}

// whole returns all pictures as a part.
func whole(p *pictures) *selection { return &selection{p, data.Range(p.n)} }

func (p *selection) len() int {
	if p == nil {
		return 0
	}
	return len(p.rows)
}

func (p *selection) size(i int) (height, width int) { return p.pictures.size(p.rows[i]) }

func (p *selection) id(i int) string { return p.pictures.id(p.rows[i]) }

func (p *selection) window(i int, at window, to []float32) error {
	return p.pictures.window(p.rows[i], at, to)
}

// read reads a source: a picture, a folder of them, a table of their paths, arrays, or a table whose rows are pictures.
func (f *Fitted) read(s *task.Source) (*pictures, error) {
	if files, err := filesOf(s); err != nil {
		return nil, s.Errorf("%s", err)
	} else if files != nil {
		p, err := f.gallery(files)
		if err != nil {
			return nil, s.Errorf("%s", err)
		}
		return p, nil
	}
	s.CSV = f.CSV
	src, err := s.Read()
	if err != nil {
		return nil, s.Errorf("%s", err)
	}
	if src.Arrays != nil {
		p, err := f.arrays(src.Arrays)
		if err != nil {
			return nil, s.Errorf("%s", err)
		}
		return p, nil
	}
	if column := image.PathColumn(src.Table); column != "" {
		files, err := image.List(src.Table, column, filepath.Dir(s.Path))
		if err != nil {
			return nil, s.Errorf("%s", err)
		}
		p, err := f.gallery(files)
		if err != nil {
			return nil, s.Errorf("%s", err)
		}
		return p, nil
	}
	return f.table(s, src.Table)
}

// filesOf returns the picture files of a folder, or a picture; nil for other sources.
func filesOf(s *task.Source) (*image.Files, error) {
	switch {
	case s.Folder:
		return image.Folder(s.Path)
	case s.Is("picture") && s.Scheme == "file":
		return image.Single(s.Path), nil
	case s.Is("picture"):
		return nil, fmt.Errorf("%s: a picture in a stream; save it as a file", s.Name)
	}
	return nil, nil
}

// gallery returns pictures in files.
func (f *Fitted) gallery(files *image.Files) (*pictures, error) {
	g, err := files.Gallery(image.Options{Channels: f.Channels})
	if err != nil {
		return nil, err
	}
	p := &pictures{name: g.Name, n: g.Len(), channels: g.Channels, white: math.MaxUint8, size: g.Size, files: g.Paths,
		notes: slices.Clone(files.Notes)}
	p.id = func(i int) string { return g.Paths[i] }
	switch grey := g.Survey.Grey; {
	case g.Channels == 3 && grey > 0:
		p.notes = append(p.notes, fmt.Sprintf("%s: %s among %d, taken as colour pictures; data.colour: grey takes all "+
			"in grey", g.Name, words.Count(grey, "grey picture", "grey pictures"), g.Len()))
	case g.Channels == 1 && grey < g.Len():
		p.notes = append(p.notes, fmt.Sprintf("%s: %s of %d taken in grey", g.Name, words.Count(g.Len()-grey,
			"colour picture", "colour pictures"), g.Len()))
	}
	if g.Survey.Deep > 0 {
		p.notes = append(p.notes, fmt.Sprintf("%s: %s 16 bits a value, of which the upper 8 are read", g.Name,
			words.Count(g.Survey.Deep, "picture has", "pictures have")))
	}
	p.window = func(i int, at window, to []float32) error {
		x, err := g.Picture(i)
		if err != nil {
			return err
		}
		n := at.width * g.Channels
		for y := range at.height {
			from := x.Pix[((at.top+y)*x.Width+at.left)*g.Channels:][:n]
			for k, v := range from {
				to[y*n+k] = float32(v) / math.MaxUint8
			}
		}
		return nil
	}
	return p, nil
}

// arrays returns pictures in an array [pictures, height, width] or [pictures, height, width, channels].
func (f *Fitted) arrays(a *data.Arrays) (*pictures, error) {
	if a.X == nil {
		return nil, fmt.Errorf("%s: which array holds the pictures? save them under the name x", a.Name)
	}
	x, s := a.X, a.X.Shape
	if len(s) == 3 {
		var err error
		if x, err = x.Reshape(append(s.Clone(), 1)...); err != nil {
			return nil, err
		}
		s = x.Shape
	}
	if len(s) != 4 || s.Size() == 0 {
		return nil, fmt.Errorf("%s: an array of shape %v; pictures are [pictures, height, width] or [pictures, "+
			"height, width, channels]", a.Name, a.X.Shape)
	}
	if data.ChannelsFirst(s[1:]) {
		return nil, fmt.Errorf("%s: pictures of shape %v have their channels first; save them with the channels last",
			a.Name, s[1:])
	}
	if err := a.CheckFinite(); err != nil {
		return nil, err
	}
	if f.Channels > 0 && s[3] != f.Channels {
		return nil, fmt.Errorf("%s: pictures of %s, but the network takes %d", a.Name, words.Plural(s[3], "channel"),
			f.Channels)
	}
	p, err := f.tensor(a.Name, x)
	if err != nil || a.Test == nil {
		return p, err
	}
	p.test, err = f.arrays(a.Test)
	return p, err
}

// tensor returns pictures in a tensor [pictures, height, width, channels].
func (f *Fitted) tensor(name string, x *tensor.Tensor) (*pictures, error) {
	s := x.Shape
	p := &pictures{name: name, n: s[0], channels: s[3], white: f.White}
	if p.white == 0 {
		p.white = whiteOf(x)
	}
	p.size = func(int) (height, width int) { return s[1], s[2] }
	p.id = func(i int) string { return fmt.Sprintf("picture %d", i+1) }
	p.window = func(i int, at window, to []float32) error {
		n := at.width * s[3]
		for y := range at.height {
			from := ((i*s[1]+at.top+y)*s[2] + at.left) * s[3]
			for k := range n {
				to[y*n+k] = float32(x.Float(from+k) / p.white)
			}
		}
		return nil
	}
	return p, nil
}

// whiteOf returns the value of white that the numbers of pictures suggest.
func whiteOf(x *tensor.Tensor) float64 {
	if x.DType() == tensor.Uint8 {
		return math.MaxUint8
	}
	white := 1.0
	for i := range x.Len() {
		white = max(white, x.Float(i))
	}
	return white
}

// table returns the rows of a table as pictures: its first columns are the pixels, row by row.
func (f *Fitted) table(s *task.Source, t *data.Table) (*pictures, error) {
	if len(f.Pixels) != 2 {
		return nil, s.Errorf("%s: a table, not pictures; give a folder of pictures, arrays, or data.pixels: [HEIGHT, "+
			"WIDTH] where each row is a picture", s.Name)
	}
	h, w := f.Pixels[0], f.Pixels[1]
	if h*w > len(t.Columns) {
		return nil, s.Errorf("%s: %s, which are no %d×%d pixels; give data.pixels: [HEIGHT, WIDTH] of a row", s.Name,
			words.Plural(len(t.Columns), "column"), h, w)
	}
	x := tensor.New(tensor.Float32, t.Rows, h, w, 1)
	for k := range h * w {
		c := &t.Columns[k]
		if c.Numbers == nil {
			return nil, s.Errorf("%s: the column %s holds no numbers; the first %d columns are to be pixels", s.Name,
				c.Name, h*w)
		}
		for i := range t.Rows {
			if len(c.Missing) > 0 && c.Missing[i] {
				return nil, s.Errorf("%s: row %d of the column %s is empty; each pixel needs a number", s.Name, i+1,
					c.Name)
			}
			x.F32[i*h*w+k] = float32(c.Numbers[i])
		}
	}
	p, err := f.tensor(t.Name, x)
	if err == nil {
		p.id = func(i int) string { return fmt.Sprintf("row %d", i+1) }
	}
	return p, err
}
