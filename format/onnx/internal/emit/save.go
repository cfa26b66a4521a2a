package emit

import (
	"fmt"
	"io"
	"path/filepath"

	"gorae/internal/file"
)

// Largest is the size of the weights from which on they lie in a file of their own; a message of protobuf has less than
// 2 GiB.
var Largest int64 = 1<<31 - 1<<24

// Beside is large initializers in a file of that name, which w writes.
func Beside(w io.Writer, name string) *Stored {
	return &Stored{Location: name, Least: 1024, Write: func(b []byte) error {
		_, err := w.Write(b)
		return err
	}}
}

// Write writes the file.
func (f *File) Write(w io.Writer, name string, s *Stored) error {
	if n := f.Size(); s == nil && n >= Largest {
		return fmt.Errorf("its weights have %d bytes, and an ONNX file has less than 2 GiB; write it by its path, "+
			"with a file of weights beside it", n)
	}
	m, err := f.Model(name, s)
	if err != nil {
		return err
	}
	_, err = w.Write(m.Append(nil))
	return err
}

// Save writes the file to a path; weights that it cannot hold go to the file PATH.data beside it.
func (f *File) Save(path, name string) error {
	if err := f.Err(); err != nil {
		return err
	}
	if f.Size() < Largest {
		return file.Replace(path, func(w io.Writer) error { return f.Write(w, name, nil) })
	}
	return file.Replace(path+".data", func(data io.Writer) error {
		return file.Replace(path, func(w io.Writer) error {
			return f.Write(w, name, Beside(data, filepath.Base(path)+".data"))
		})
	})
}
