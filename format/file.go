package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"gorae/internal/file"
	"gorae/internal/words"
	"gorae/model"
)

// Save writes f to the file at path in the format of the extension. At every instant, also when the process is
// killed, path is either the old file or the whole new one. Only one writer may be at a path at a time.
func Save(path string, f *File) error {
	to, err := ForPath(path)
	if err != nil {
		return err
	}
	return file.Replace(path, func(w io.Writer) error { return to.Codec.Save(w, f) })
}

// Load reads the model file at path.
func Load(path string) (*File, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return load(path, in)
}

// LoadFS is [Load] from a file system: a directory, an embedded file, an archive.
func LoadFS(fsys fs.FS, name string) (*File, error) {
	in, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	return load(name, in)
}

// SaveWeights writes the weights of the main model of f, and the state of its optimizer, to the file at path, whose
// extension chooses the format: .weights.h5 is what Keras's save_weights writes. Not every format has a place for the
// optimizer. The file changes as by [Save].
func SaveWeights(path string, f *File) error {
	to, err := ForWeights(path)
	if err != nil {
		return err
	}
	return file.Replace(path, func(w io.Writer) error { return to.Codec.SaveWeights(w, f) })
}

// LoadWeights gives a built model the weights of the layers of the same names in the model file at path; see
// [model.CopyWeights]. A file of weights alone ([SaveWeights]) gives all layers theirs and takes no options: Keras's
// .weights.h5 in the order of the model that it was saved from, safetensors, npz and PyTorch's files by name. Errors
// name the file.
func LoadWeights(path string, dst *model.Model, o model.CopyOptions) (_ *model.Copied, err error) {
	defer words.Printable(&err)
	if c, err := ForWeights(path); err == nil {
		return loadAlone(path, c.Codec, dst, o)
	}
	f, err := Load(path)
	if c := alone(err); c != nil {
		return loadAlone(path, c.Codec, dst, o)
	}
	if err != nil {
		return nil, err
	}
	c, err := model.CopyWeights(dst, f.Model, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// alone is the format of the weights of a file that holds no network, as an error says; nil for another error.
func alone(err error) *Weights {
	var e *AloneError
	if errors.As(err, &e) {
		for _, w := range weightsAlone {
			if w.Name == e.Format {
				return w
			}
		}
	}
	return nil
}

// HoldsWeights is the format of the file at path if it holds weights alone, as its name or what it holds says; else an
// error.
func HoldsWeights(path string) (*Weights, error) {
	w, err := ForWeights(path)
	if err == nil {
		return w, nil
	}
	if _, read := Load(path); alone(read) != nil {
		return alone(read), nil
	}
	return nil, err
}

// loadAlone reads a file of weights alone.
func loadAlone(path string, c WeightsCodec, dst *model.Model, o model.CopyOptions) (*model.Copied, error) {
	if o.Layers != nil || o.SkipMismatch {
		return nil, fmt.Errorf("%s: a file of weights alone gives all layers theirs; read a model file, or leave the "+
			"options out", path)
	}
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	err = Within(in, func(r io.ReaderAt, size int64) error { return c.LoadWeights(r, size, dst) })
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &model.Copied{Layers: dst.WeightedLayers()}, nil
}

func load(name string, in fs.File) (f *File, err error) {
	err = Within(in, func(r io.ReaderAt, size int64) error {
		f, err = Read(name, r, size)
		return err
	})
	if err != nil {
		var unknown *UnknownError
		var alone *AloneError
		if errors.As(err, &unknown) || errors.As(err, &alone) { // which name the file
			return nil, err
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// ListWeights lists the arrays of the file of weights alone at path. They cannot be read: the file is closed.
func ListWeights(path string) (list []Array, err error) {
	defer words.Printable(&err)
	from, err := HoldsWeights(path)
	if err != nil {
		return nil, err
	}
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	err = Within(in, func(r io.ReaderAt, size int64) error {
		list, err = from.Codec.Arrays(r, size)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for i := range list {
		list[i].Read = nil
	}
	return list, nil
}

// Read reads a model file of size bytes. name is the file's, "" if it has none: its extension is
// asked where the first bytes say nothing.
func Read(name string, r io.ReaderAt, size int64) (_ *File, err error) {
	defer words.Printable(&err)
	from, err := of(name, r, size)
	if err != nil {
		return nil, err
	}
	f, err := from.Codec.Load(r, size)
	if e := (*AloneError)(nil); errors.As(err, &e) && e.Path == "" {
		e.Path = name
	}
	return f, err
}

// ReadMember reads one member of a model file of size bytes, without the models. A member that is not
// there is a *[MissingMemberError].
func ReadMember(name string, r io.ReaderAt, size int64, member string) (_ []byte, err error) {
	defer words.Printable(&err)
	from, err := of(name, r, size)
	if err != nil {
		return nil, err
	}
	c, ok := from.Codec.(MemberCodec)
	if !ok {
		return nil, fmt.Errorf("a %s file holds no members, so there is no %s", from.Name, member)
	}
	return c.Member(r, size, member)
}

// LoadMember is [ReadMember] of the file at path.
func LoadMember(path, member string) (data []byte, err error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	err = Within(in, func(r io.ReaderAt, size int64) error {
		data, err = ReadMember(path, r, size, member)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// ReadOptimizer reads the state of the optimizer from a model file of size bytes; it is nil where the file holds none.
// m is the model as [Read] reads it from the same file, with the same layers frozen.
func ReadOptimizer(name string, r io.ReaderAt, size int64, m *model.Model) (_ *Optimizer, err error) {
	defer words.Printable(&err)
	from, err := of(name, r, size)
	if err != nil {
		return nil, err
	}
	c, ok := from.Codec.(OptimizerCodec)
	if !ok {
		return nil, nil
	}
	return c.Optimizer(r, size, m)
}

// LoadOptimizer is [ReadOptimizer] of the file at path; train.Config.State goes on with the result.
func LoadOptimizer(path string, m *model.Model) (o *Optimizer, err error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	err = Within(in, func(r io.ReaderAt, size int64) error {
		o, err = ReadOptimizer(path, r, size, m)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return o, nil
}

// of is the format of a file.
func of(name string, r io.ReaderAt, size int64) (*Format, error) {
	head := make([]byte, min(max(size, 0), HeadSize))
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return byHead(name, head[:n])
}

// Within gives use the content of an open file and closes the file. A file without ReadAt is read whole.
func Within(f fs.File, use func(r io.ReaderAt, size int64) error) error {
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fmt.Errorf("is a folder; want a model file")
	}
	if r, ok := f.(io.ReaderAt); ok && info.Mode().IsRegular() {
		return use(r, info.Size())
	}
	b, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	return use(bytes.NewReader(b), int64(len(b)))
}
