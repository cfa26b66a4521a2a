// Package torch reads the weights of PyTorch's files: what torch.save writes of a state_dict since version 1.6, alone
// or as the member state_dict, model_state_dict or model of a dictionary. Importing it registers the extensions .pt and
// .pth for [format.LoadWeights].
//
// Such a file describes its tensors by a pickle, a program for a machine that can call any function. This package is no
// such machine: it knows the few instructions and the few names that a state_dict needs, and refuses all others by
// their name. Nothing in a file is executed.
//
// Source: PyTorch, torch/serialization.py and torch/_utils.py; CPython, Lib/pickletools.py.
package torch

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"

	"gorae/format"
	"gorae/format/internal/arrays"
	"gorae/internal/zipfile"
	"gorae/model"
)

func init() {
	format.RegisterWeights(format.Weights{Name: "PyTorch", Extensions: []string{".pt", ".pth"}, Codec: codec{}})
}

// codec is the format.WeightsCodec of PyTorch's files.
type codec struct{}

// Arrays implements format.WeightsCodec.
func (codec) Arrays(r io.ReaderAt, size int64) ([]format.Array, error) { return Read(r, size) }

// LoadWeights implements format.WeightsCodec.
func (codec) LoadWeights(r io.ReaderAt, size int64, m *model.Model) error {
	list, err := Read(r, size)
	if err != nil {
		return err
	}
	return arrays.Fill(m, list, true)
}

// SaveWeights implements format.WeightsCodec.
func (codec) SaveWeights(io.Writer, *format.File) error {
	return errors.New("files of PyTorch are read and not written; write a .safetensors file")
}

const (
	maxMembers = 1 << 16 // of an archive
	maxPickle  = 16 << 20
)

// archive is the members of a file behind the name of its folder.
type archive struct {
	files map[string]*zip.File
	last  string // the storage that was read last
	bytes []byte
}

// Read lists the tensors of a file of size bytes in the order in which the modules were made; their Read methods read
// from r.
func Read(r io.ReaderAt, size int64) ([]format.Array, error) {
	a, err := open(r, size)
	if err != nil {
		return nil, err
	}
	text, err := a.pickle(size)
	if err != nil {
		return nil, err
	}
	top, err := unpickle(text)
	if err != nil {
		return nil, fmt.Errorf("data.pkl: %w", err)
	}
	state, err := stateOf(top)
	if err != nil {
		return nil, fmt.Errorf("data.pkl: %w", err)
	}
	list := make([]format.Array, 0, len(state.keys))
	seen := map[string]bool{}
	for i, k := range state.keys {
		name, ok := k.(string)
		if !ok {
			return nil, fmt.Errorf("data.pkl: a tensor has the key %v, which is no text", say(k))
		}
		if seen[name] {
			return nil, fmt.Errorf("data.pkl: %q is there twice", name)
		}
		seen[name] = true
		t, ok := state.values[i].(*stridedTensor)
		if !ok {
			return nil, fmt.Errorf("data.pkl: %q is %s and no tensor; save the state_dict of the model alone", name,
				say(state.values[i]))
		}
		if err := a.check(t); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, format.Array{Name: name, Shape: arrays.Ints(t.shape), Type: string(t.storage.kind),
			Read: func(dst []float32) error { return a.read(dst, t) }})
	}
	return list, nil
}

// open opens the archive.
func open(r io.ReaderAt, size int64) (*archive, error) {
	head := make([]byte, min(max(size, 0), 4))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	if string(head) != "PK\x03\x04" {
		return nil, fmt.Errorf("the file is no zip archive: it begins with %q; PyTorch before 1.6 wrote other files: "+
			"load it there and save the state_dict anew", head)
	}
	z, err := zipfile.Open(r, size, maxMembers)
	if err != nil {
		return nil, fmt.Errorf("the file is no whole zip archive (%w); it is damaged or was cut off", err)
	}
	a := &archive{files: map[string]*zip.File{}}
	for _, f := range z.File {
		_, name, ok := strings.Cut(f.Name, "/") // behind the folder, which has the name of the file
		if !ok {
			name = f.Name
		}
		if a.files[name] != nil {
			return nil, fmt.Errorf("member %q is there twice", name)
		}
		if f.Method != zip.Store {
			return nil, fmt.Errorf("member %q is compressed, which torch.save does not do; save it anew", name)
		}
		if f.UncompressedSize64 > uint64(size) {
			return nil, fmt.Errorf("member %q has %d bytes in a file of %d", name, f.UncompressedSize64, size)
		}
		a.files[name] = f
	}
	return a, nil
}

// pickle is the member data.pkl.
func (a *archive) pickle(size int64) ([]byte, error) {
	if a.files["constants.pkl"] != nil {
		return nil, errors.New("the file is a TorchScript program; save the state_dict of the model instead")
	}
	f := a.files["data.pkl"]
	if f == nil {
		return nil, errors.New("the archive has no data.pkl, so torch.save did not write it")
	}
	if f.UncompressedSize64 > maxPickle {
		return nil, fmt.Errorf("data.pkl has %d bytes; %d are read at most", f.UncompressedSize64, maxPickle)
	}
	if o := a.files["byteorder"]; o != nil {
		b, err := whole(o)
		if err != nil {
			return nil, err
		}
		if string(b) != "little" {
			return nil, fmt.Errorf("the numbers have the byte order %q; little alone is read", b)
		}
	}
	return whole(f)
}

// whole reads a member and checks its sum.
func whole(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, int64(f.UncompressedSize64)+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w; the file is damaged or was cut off", f.Name, err)
	}
	return b, nil
}

// stateOf is the dictionary of tensors of what a file holds.
func stateOf(v any) (*dict, error) {
	d, ok := v.(*dict)
	if !ok {
		return nil, fmt.Errorf("the file holds %s and no state_dict", say(v))
	}
	for _, k := range []string{"state_dict", "model_state_dict", "model"} {
		if inner, ok := d.get(k).(*dict); ok {
			return inner, nil
		}
	}
	return d, nil
}
