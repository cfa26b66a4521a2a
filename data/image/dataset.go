package image

import (
	"fmt"
	"sync/atomic"

	"gorae/data"
	"gorae/internal/words"
	"gorae/tensor"
)

// Options says how pictures become samples.
type Options struct {
	// Height and Width of every sample; both 0: the pictures' own, which must be the same.
	Height, Width int
	Channels      int // 1 grey, 3 colour; 0: grey where all pictures are, else colour
	// Bits of a value that are kept: 8 makes samples of bytes, 16 samples of float32 in which a value v of 16 bits is
	// v/257. 0: 16 where the samples are grey and a picture has 16 bits, else 8, as Pillow does.
	Bits        int
	Resize      Filter
	NoAntialias bool // shrink as Keras does, looking at the nearest pixels only
	Fit         Fit
	MaxPixels   int // the largest number of pixels of a file before resizing; 0 is 100 million
	// SkipBad leaves out files that cannot be read and counts them. Every file is decoded at the start for that, into
	// the cache where all fit.
	SkipBad bool
	Cache   int64 // bytes of decoded samples that are kept in memory; 0 is 256 MiB, below 0 none
	// Disk keeps decoded samples that do not fit in memory, in a file of the process; nil: they are decoded each time
	// that they are read.
	Disk    *data.Cache
	Workers int // files that are decoded at a time; 0: one for each processor
}

// defaultCache holds small data sets: 87,000 colour pictures of 32 × 32.
const defaultCache = 256 << 20

// Dataset is pictures as samples: uint8, or float32 (Options.Bits), [height, width, channels] from 0 to 255, and their
// class, int32, where it is known. Samples are decoded when they are read, by any number of goroutines, so that a
// data.Loader works ahead of the training on several processors; a sample depends on its file and the options alone.
// Samples that were read once are kept while all of them fit the cache, else on the disk where there is one
// (Options.Disk). Memory is bounded by the cache and one decoded file for each goroutine that reads.
type Dataset struct {
	*Files
	Skipped []Fault // files left out, with Options.SkipBad
	Rows    []int   // indices of the files that were kept; nil: all
	// Lost is what the pictures hold and the samples do not, a line each.
	Lost []string

	o     Options
	shape tensor.Shape
	cache *tensor.Tensor  // [samples, height, width, channels]; nil without a cache
	disk  *disk           // where they are kept instead; nil: nowhere
	kept  []atomic.Uint32 // state of each sample in the cache or on the disk: 0 absent, reading, kept
}

// Dataset reads the headers of the files and fixes the shape of the samples.
func (f *Files) Dataset(o Options) (*Dataset, error) {
	switch {
	case o.Height < 0 || o.Width < 0 || o.Height > maxSide || o.Width > maxSide || (o.Height == 0) != (o.Width == 0):
		return nil, fmt.Errorf("%s: samples of %d × %d pixels; give both sides, from 1 to %d", f.Name, o.Width,
			o.Height, maxSide)
	case o.Channels != 0 && o.Channels != 1 && o.Channels != 3:
		return nil, fmt.Errorf("%s: %d channels; give 1 for grey or 3 for colour", f.Name, o.Channels)
	case o.Bits != 0 && o.Bits != 8 && o.Bits != 16:
		return nil, fmt.Errorf("%s: %d bits of a value; give 8 or 16", f.Name, o.Bits)
	case f.Len() == 0:
		return nil, fmt.Errorf("%s: no pictures", f.Name)
	}
	infos, errs := f.peekAll(o)
	s := survey(f, infos, errs)
	if !o.SkipBad {
		switch len(s.Bad) {
		case 0:
			return f.settle(o, s)
		case 1:
			return nil, s.Bad[0].Err
		}
		return nil, fmt.Errorf("%w (and %d more such files)", s.Bad[0].Err, len(s.Bad)-1)
	}
	return f.sound(o, infos, errs)
}

// SizesError says that pictures have several sizes, and that none is given to which they are brought.
type SizesError struct {
	Name   string // of the files
	Survey *Survey
}

// Problem is the error without what is to be done.
func (e *SizesError) Problem() string {
	a, b := e.Survey.Sizes[0], e.Survey.Sizes[1]
	return fmt.Sprintf("%s: pictures of %s (%d high and %d wide, %d and %d, …)", e.Name,
		words.Count(len(e.Survey.Sizes), "size", "sizes"), a.Height, a.Width, b.Height, b.Width)
}

func (e *SizesError) Error() string { return e.Problem() + "; say to which size to bring them" }

// settle makes the dataset from the survey of its files.
func (f *Files) settle(o Options, s *Survey) (*Dataset, error) {
	if o.Channels == 0 {
		o.Channels = s.Channels()
	}
	if o.Bits == 0 {
		o.Bits = s.Bits(o.Channels)
	}
	d := &Dataset{Files: f, Lost: f.lost(s, o), o: o}
	if d.o.Height == 0 {
		if len(s.Sizes) > 1 {
			return nil, &SizesError{f.Name, s}
		}
		d.o.Height, d.o.Width = s.Sizes[0].Height, s.Sizes[0].Width
	}
	d.shape = tensor.Shape{d.o.Height, d.o.Width, d.o.Channels}
	limit := o.Cache
	if limit == 0 {
		limit = defaultCache
	}
	each := 1
	if d.dtype() == tensor.Float32 {
		each = 4
	}
	if float64(each*d.shape.Size())*float64(d.Len()) <= float64(limit) {
		d.cache = tensor.New(d.dtype(), append([]int{d.Len()}, d.shape...)...)
	} else {
		d.disk = o.onDisk(f.Name, d.Len(), each*d.shape.Size())
	}
	if d.cache != nil || d.disk != nil {
		d.kept = make([]atomic.Uint32, d.Len())
	}
	return d, nil
}

// sound returns the dataset of the files that can be read. The split depends on which they are, so all are decoded
// before the first is used; where they fit the cache they stay there.
func (f *Files) sound(o Options, infos []Info, errs []error) (*Dataset, error) {
	// first has the shape that the headers state, in which samples are decoded.
	var first *Dataset
	if s := survey(f, infos, errs); s.Good() > 0 {
		if good, rows := without(f, s.Bad); len(s.Sizes) == 1 || o.Height > 0 {
			d, err := good.settle(o, s)
			if err != nil {
				return nil, err
			}
			first = d
			each(d.Len(), o.workers(), func(i int) { errs[rows[i]] = d.keep(i) })
		} else {
			each(len(rows), o.workers(), func(i int) { _, errs[rows[i]] = f.unpack(rows[i], &o) })
		}
	}
	s := survey(f, infos, errs)
	good, rows := without(f, s.Bad)
	if good.Len() == 0 {
		return nil, fmt.Errorf("%s: none of %d files can be read; the first: %w", f.Name, f.Len(), s.Bad[0].Err)
	}
	d, err := good.settle(o, s)
	if err != nil {
		return nil, err
	}
	if len(s.Bad) > 0 {
		d.Skipped, d.Rows = s.Bad, rows
	}
	if first == nil || first.cache == nil || d.cache == nil || !first.shape.Equal(d.shape) ||
		first.dtype() != d.dtype() {
		return d, nil
	}
	if good.Len() == first.Len() {
		first.Skipped, first.Rows = d.Skipped, d.Rows
		return first, nil
	}
	at := 0
	for i := range first.Len() { // both are in the order of the files; a file that was not kept cannot be read
		if first.kept[i].Load() == kept {
			copyValues(d.place(at), first.place(i))
			d.kept[at].Store(kept)
			at++
		}
	}
	return d, nil
}

// keep decodes sample i into the cache, or only to find its faults.
func (d *Dataset) keep(i int) error {
	if d.cache == nil { // which samples there are follows, and only then is there a file for them
		_, err := d.unpack(i, &d.o)
		return err
	}
	err := d.unpackTo(i, d.place(i))
	if err == nil {
		d.kept[i].Store(kept)
	}
	return err
}

// States of a sample in the cache.
const reading, kept = 1, 2

// without returns the files that can be read and their indices. A class without files stays a class.
func without(f *Files, bad []Fault) (*Files, []int) {
	isBad := map[int]bool{}
	for _, b := range bad {
		isBad[b.File] = true
	}
	var rows []int
	for i := range f.Len() {
		if !isBad[i] {
			rows = append(rows, i)
		}
	}
	return f.Subset(rows), rows
}

// Table returns what is known of each sample besides its pixels: columns file and, where the classes are known, class.
func (d *Dataset) Table() *data.Table {
	t := &data.Table{Name: d.Name, Rows: d.Len()}
	file := data.Column{Name: "file", Kind: data.Category, Strings: d.Paths, Missing: make([]bool, d.Len())}
	t.Columns = append(t.Columns, file)
	if d.Labels != nil {
		class := data.Column{Name: "class", Kind: data.Category, Strings: make([]string, d.Len()),
			Missing: make([]bool, d.Len())}
		for i, l := range d.Labels {
			class.Strings[i] = d.Classes[l]
		}
		t.Columns = append(t.Columns, class)
	}
	return t
}

// Bits is 8 for samples of bytes, 16 for those of float32 that keep 16 bits (Options.Bits).
func (d *Dataset) Bits() int { return d.o.Bits }

// dtype is the type of the samples.
func (d *Dataset) dtype() tensor.DType {
	if d.o.Bits == 16 {
		return tensor.Float32
	}
	return tensor.Uint8
}

// place is where sample i lies in the cache.
func (d *Dataset) place(i int) tensor.Tensor { return d.part(d.cache, i) }

// part is sample i of a tensor of all samples.
func (d *Dataset) part(all *tensor.Tensor, i int) tensor.Tensor {
	n, t := d.shape.Size(), tensor.Tensor{Shape: d.shape}
	if all.U8 != nil {
		t.U8 = all.U8[i*n : (i+1)*n]
	} else {
		t.F32 = all.F32[i*n : (i+1)*n]
	}
	return t
}

// copyValues copies a sample.
func copyValues(to, from tensor.Tensor) {
	copy(to.U8, from.U8)
	copy(to.F32, from.F32)
}

// Shape is the shape of one sample: height, width, channels.
func (d *Dataset) Shape() tensor.Shape { return d.shape.Clone() }

// Spec is one input x, and one target y where the classes are known.
func (d *Dataset) Spec() data.Spec {
	s := data.Spec{
		Inputs: []data.Field{{Name: "x", DType: d.dtype(), Shape: d.Shape()}},
		Traits: data.Traits{Workers: d.o.workers()},
	}
	if d.Labels != nil {
		s.Targets = []data.Field{{Name: "y", DType: tensor.Int32, Shape: tensor.Shape{}}}
	}
	return s
}

// Read unpacks sample i, or copies it from the cache.
func (d *Dataset) Read(_, i int, row data.Row) error {
	if i < 0 || i >= d.Len() {
		return fmt.Errorf("%s: no sample %d of %d", d.Name, i, d.Len())
	}
	if len(row) > 1 && d.Labels != nil {
		row[1].I32[0] = int32(d.Labels[i])
	}
	if d.kept != nil && d.kept[i].Load() == kept {
		if d.disk != nil {
			return d.disk.take(i, row[0])
		}
		copyValues(row[0], d.place(i))
		return nil
	}
	if err := d.unpackTo(i, row[0]); err != nil {
		return err
	}
	// Of several goroutines that read the same sample one keeps it.
	if d.kept != nil && d.kept[i].CompareAndSwap(0, reading) {
		if d.disk == nil {
			copyValues(d.place(i), row[0])
		} else if !d.disk.keep(i, row[0]) {
			return nil // it is decoded again
		}
		d.kept[i].Store(kept)
	}
	return nil
}

// unpackTo decodes file i into a sample of either type.
func (d *Dataset) unpackTo(i int, to tensor.Tensor) error {
	b, err := d.read(i)
	if err != nil {
		return err
	}
	if d.o.Bits == 16 {
		p, err := unpacked(b, d.o.Channels, d.o.MaxPixels, deep)
		if err != nil {
			return d.wrap(i, err)
		}
		p.fit(to.F32, d.o.Height, d.o.Width, &d.o)
		return nil
	}
	p, err := Decode(b, d.o.Channels, d.o.MaxPixels)
	if err != nil {
		return d.wrap(i, err)
	}
	p.raster().fit(to.U8, d.o.Height, d.o.Width, &d.o)
	return nil
}

// Tensor is all samples in one tensor [samples, height, width, channels].
func (d *Dataset) Tensor() (*tensor.Tensor, error) {
	n := d.shape.Size()
	if float64(n)*float64(d.Len()) > maxTensor {
		return nil, fmt.Errorf("%s: %d samples of %v do not fit one array; read them in batches", d.Name, d.Len(),
			d.shape)
	}
	t := tensor.New(d.dtype(), append([]int{d.Len()}, d.shape...)...)
	errs := make([]error, d.Len())
	each(d.Len(), d.o.workers(), func(i int) {
		errs[i] = d.Read(0, i, data.Row{d.part(t, i)})
	})
	return t, first(errs)
}

// maxTensor bounds Tensor: 4 GiB.
const maxTensor = 1 << 32

// first returns the first error of a list.
func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
