package run

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data"
	"gorae/data/source"
	"gorae/internal/cpu"
	"gorae/internal/file"
	"gorae/spec"
	"gorae/task"
)

// Inputs is the content of inputs.json: what the bits of a run depend on besides its experiment. A continued run must
// have the same.
type Inputs struct {
	CPU     string            `json:"cpu"`     // the instruction set of the kernels
	Sources map[string]string `json:"sources"` // by the experiment's key: the SHA-256 of the content
	Split   string            `json:"split"`   // the SHA-256 of the samples' numbers by part
}

// listedKey is the key in inputs.json of the files that a source lists, such as a table of pictures.
const listedKey = "data.source (listed files)"

// inputs computes the hashes of all files that the experiment names.
func (p *Prepared) inputs(ctx context.Context) (*Inputs, error) {
	in := &Inputs{CPU: cpu.Name(), Sources: map[string]string{}, Split: p.split()}
	for _, ref := range spec.Files(p.Spec) {
		full, err := expand(p.file, ref.Path, *ref.Value)
		if err != nil {
			return nil, err
		}
		hash, err := p.shared.hash(full, func() (string, error) {
			h := hasher{ctx: ctx, sum: sha256.New()}
			if full == "-" {
				h.sum = p.stdin
			} else if err := h.source(full); err != nil {
				return "", err
			}
			if h.sum == nil {
				return "", nil
			}
			return h.String(), nil
		})
		if err != nil {
			return nil, p.file.Locate(task.Errorf(ref.Path, "%v", err))
		}
		if hash != "" {
			in.Sources[ref.Path] = hash
		}
	}
	if len(p.listed) > 0 {
		var err error
		in.Sources[listedKey], err = p.shared.hash(strings.Join(p.listed, "\n"), func() (string, error) {
			h := hasher{ctx: ctx, sum: sha256.New()}
			for _, path := range p.listed {
				if err := h.path(path, filepath.Base(path)); err != nil {
					return "", err
				}
			}
			return h.String(), nil
		})
		if err != nil {
			return nil, err
		}
	}
	return in, nil
}

// split returns the hash of which samples are in which part.
func (p *Prepared) split() string {
	h := hasher{sum: sha256.New()}
	for _, d := range p.Parts {
		if d == nil {
			h.number(-1)
			continue
		}
		h.number(d.Len())
		for _, i := range subset(d) {
			h.number(i)
		}
	}
	return h.String()
}

// subset returns the numbers of a part's samples among all samples of the source; nil where the part is no choice of
// them.
func subset(d data.Dataset) []int {
	for d != nil {
		if s, ok := d.(data.Subset); ok {
			return s.Rows
		}
		inner, ok := d.(interface{ Unwrap() data.Dataset })
		if !ok {
			return nil
		}
		d = inner.Unwrap()
	}
	return nil
}

// hasher hashes content, until its context ends.
type hasher struct {
	ctx context.Context
	sum hash.Hash
}

func (h *hasher) String() string { return hex.EncodeToString(h.sum.Sum(nil)) }

func (h *hasher) number(n int) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	_, _ = h.sum.Write(b[:]) // a hash takes everything
}

// name separates contents by their names and by the names' lengths.
func (h *hasher) name(s string) {
	h.number(len(s))
	_, _ = io.WriteString(h.sum, s)
}

// source hashes the bytes of a file, or the names and bytes of the files of a folder. An embedded sample is hashed as
// its table; what cannot be read a second time is not hashed.
func (h *hasher) source(path string) error {
	i, err := source.Find(path, source.Options{})
	switch {
	case err != nil:
		return err
	case i.Sample != nil:
		t, err := i.Sample.Table()
		if err != nil {
			return err
		}
		for _, c := range t.Columns {
			var texts []string
			if c.Kind == data.Category {
				for _, text := range c.Texts() {
					texts = append(texts, text)
				}
			}
			_, _ = fmt.Fprintf(h.sum, "%q %v %q\n", c.Name, c.Numbers, texts) // a hash takes everything
		}
		return nil
	case i.Folder:
		return h.folder(path, "", nil)
	case i.Once || i.Found.Stream == nil:
		h.sum = nil
		return nil
	}
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() { // a file in a zip file, or several
		return h.stream(i)
	}
	return h.path(path, "")
}

// stream hashes the bytes of what is no file by itself.
func (h *hasher) stream(i *source.Info) error {
	f, err := i.Found.Stream()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	_, err = io.Copy(h.sum, until{h.ctx, f})
	return err
}

// folder hashes the files below a folder, in the order of their paths; links count as what they name, since readers of
// folders follow them, but for those to a folder in which they lie. name is the folder's path from the source, above
// the folders that it lies in.
func (h *hasher) folder(dir, name string, above []fs.FileInfo) error {
	st, err := os.Stat(dir)
	if err != nil {
		return file.OpenError(dir, err)
	}
	if slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, st) }) {
		return nil
	}
	above = append(above, st)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil // no reader reads it either
	} else if err != nil {
		return file.OpenError(dir, err)
	}
	for _, e := range entries {
		full, below := filepath.Join(dir, e.Name()), path.Join(name, e.Name())
		st, err := os.Stat(full)
		switch {
		case err != nil: // a link to nowhere
			err = nil
		case st.IsDir():
			err = h.folder(full, below, above)
		case st.Mode().IsRegular():
			err = h.path(full, below)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (h *hasher) path(full, name string) error {
	f, err := os.Open(full)
	if err != nil {
		return file.OpenError(full, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	st, err := f.Stat()
	if err != nil {
		return file.OpenError(full, err)
	}
	h.name(name)
	h.number(int(st.Size()))
	if _, err := io.Copy(h.sum, until{h.ctx, f}); err != nil {
		return fmt.Errorf("%s: %w", full, file.Cause(err))
	}
	return nil
}

// until reads until a context ends.
type until struct {
	ctx context.Context
	r   io.Reader
}

func (u until) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}

func (in *Inputs) write(dir string) error {
	b, err := json.MarshalIndent(in, "", "  ")
	if err != nil {
		return err
	}
	return file.Replace(filepath.Join(dir, InputsFile), func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

// ReadInputs reads the inputs.json of a run directory; nil where there is none.
func ReadInputs(dir string) (*Inputs, error) {
	path := filepath.Join(dir, InputsFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, file.OpenError(path, err)
	}
	in := &Inputs{}
	if err := json.Unmarshal(b, in); err != nil {
		return nil, fmt.Errorf("%s: %w; the file is damaged: begin another run with --out", path, err)
	}
	return in, nil
}

// sameData returns an error where the data or the split are not those that the run began with.
func (in *Inputs) sameData(dir string, now *Inputs) error {
	if in == nil {
		return nil
	}
	const remedy = "put back what it was, or begin another run with --out"
	keys := make([]string, 0, len(in.Sources))
	for k := range in.Sources {
		keys = append(keys, k)
	}
	for k := range now.Sources {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if was, is := in.Sources[k], now.Sources[k]; was != is {
			return fmt.Errorf("%s: the data have changed since the run began: %s had the SHA-256 %s, has %s; %s",
				dir, k, short(was), short(is), remedy)
		}
	}
	if in.Split != now.Split {
		return fmt.Errorf("%s: the split of the samples has changed since the run began (another version of this "+
			"program?); %s", dir, remedy)
	}
	return nil
}

// short returns the first 12 digits of a hash for messages.
func short(hash string) string {
	if hash == "" {
		return "none"
	}
	return hash[:min(len(hash), 12)] + "…"
}

// sameCPU returns an error where the kernels' instruction set is another than that of the run's beginning, and with
// anyCPU a note.
func (in *Inputs) sameCPU(dir string, now *Inputs, anyCPU bool) (note string, err error) {
	switch {
	case in == nil:
		return dir + ": no " + InputsFile + " in it: whether the data have changed since the run began is unknown", nil
	case in.CPU == now.CPU:
		return "", nil
	case anyCPU:
		return fmt.Sprintf("the run began with %s kernels and goes on with %s: its bits differ from those of a run "+
			"on one processor", in.CPU, now.CPU), nil
	}
	return "", fmt.Errorf("%s: the run began with %s kernels, and this machine has %s, whose results differ in their "+
		"last bits; continue it where it began, or give --any-cpu to go on with other bits", dir, in.CPU, now.CPU)
}
