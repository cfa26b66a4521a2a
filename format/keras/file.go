package keras

import (
	"fmt"
	"io"
	"io/fs"
	"os"

	"gorae/format"
	"gorae/internal/file"
	"gorae/model"
)

func init() {
	format.Register(format.Format{Name: "keras", Extensions: []string{".keras"}, Sniff: sniff, Codec: codec{}})
	format.RegisterWeights(format.Weights{Name: weightsFormat, Extensions: []string{".weights.h5"}, Models: true,
		Codec: codec{}})
}

// weightsFormat is the name of the format of weights alone.
const weightsFormat = "Keras's weights"

// codec is the format.Codec of .keras files.
type codec struct{}

// Load implements format.Codec.
func (codec) Load(r io.ReaderAt, size int64) (*format.File, error) { return load(r, size, takeTexts) }

// Save implements format.Codec.
func (codec) Save(w io.Writer, f *format.File) error { return SaveAll(w, f) }

// Member implements format.MemberCodec.
func (codec) Member(r io.ReaderAt, size int64, name string) ([]byte, error) {
	return ReadMember(r, size, name)
}

// Optimizer implements format.OptimizerCodec.
func (codec) Optimizer(r io.ReaderAt, size int64, m *model.Model) (*Optimizer, error) {
	return ReadOptimizer(r, size, m)
}

// SaveFile is [Save] into a file. At every instant, also when the process is killed, path is
// either the old file or the whole new one. Only one writer may be at a path at a time.
func SaveFile(path string, m *model.Model, extras ...Member) error {
	return Archive{Extras: extras}.SaveFile(path, m)
}

// SaveFile is [Archive.Save] into a file, which changes as by [SaveFile].
func (a Archive) SaveFile(path string, m *model.Model) error {
	return file.Replace(path, func(w io.Writer) error { return a.Save(w, m) })
}

// LoadFile is [Load] from a file.
func LoadFile(path string) (*model.Model, []Member, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	return loadOpen(path, f)
}

// LoadFS is [Load] from a file system: a directory, an embedded file, an archive.
func LoadFS(fsys fs.FS, name string) (*model.Model, []Member, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, nil, err
	}
	return loadOpen(name, f)
}

func loadOpen(name string, in fs.File) (*model.Model, []Member, error) {
	var f *format.File
	err := format.Within(in, func(r io.ReaderAt, size int64) (err error) {
		f, err = load(r, size, refuseTexts)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return f.Model, f.Members, nil
}
