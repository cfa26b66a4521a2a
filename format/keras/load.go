package keras

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"gorae/model"
	"gorae/weight"
)

// Load reads a .keras file of size bytes: the model, built, and the members that are not
// Keras's own.
//
// Errors name the member and the place in it. Memory stays in proportion to the size of the
// file, whatever it claims.
func Load(r io.ReaderAt, size int64) (*model.Model, []Member, error) {
	m, extras, err := load(r, size)
	if err != nil {
		return nil, nil, fmt.Errorf("keras: %w", err)
	}
	return m, extras, nil
}

func load(r io.ReaderAt, size int64) (*model.Model, []Member, error) {
	a, err := open(r, size)
	if err != nil {
		return nil, nil, err
	}
	text, err := a.bytes(configName)
	if err != nil {
		return nil, nil, err
	}
	m, all, err := readConfig(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", configName, err)
	}
	if err := a.weights(m, all); err != nil {
		return nil, nil, err
	}
	var extras []Member
	for _, f := range a.files {
		if n := f.Name; n == metadataName || n == configName || n == weightsName || strings.HasSuffix(n, "/") {
			continue
		}
		data, err := a.bytes(f.Name)
		if err != nil {
			return nil, nil, err
		}
		extras = append(extras, Member{f.Name, data})
	}
	return m, extras, nil
}

// readConfig makes the model of config.json, not built, and lists its places.
func readConfig(text []byte) (*model.Model, []place, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&v); err != nil {
		return nil, nil, fmt.Errorf("is not JSON: %w", err)
	}
	cfg, ok := v.(map[string]any)
	if !ok {
		return nil, nil, fmt.Errorf("is not a JSON object")
	}
	m, err := model.FromConfig(cfg)
	if err != nil {
		return nil, nil, err
	}
	all, err := places(cfg, place{class: "model", name: m.Name})
	return m, all, err
}

// weights builds the model with the numbers of the archive.
func (a *archive) weights(m *model.Model, all []place) error {
	f, err := a.find(weightsName)
	if err != nil {
		return err
	}
	r, size, err := a.readerAt(f)
	if err != nil {
		return err
	}
	inFile := false
	err = m.BuildFrom(func(s *weight.Store) error {
		gs, stray := groups(all, s.Vars())
		if len(stray) > 0 {
			return fmt.Errorf("weight %q belongs to no layer", stray[0].Path)
		}
		inFile = true
		return read(r, size, gs, s)
	})
	switch {
	case err != nil && inFile:
		return fmt.Errorf("%s: %w", weightsName, err)
	case err != nil:
		return fmt.Errorf("%s: %w", configName, err)
	}
	return nil
}

// archive is an open zip file.
type archive struct {
	files []*zip.File
	size  int64
	left  int64 // bytes that members may still take in memory
}

// inflation bounds what deflated members may grow to, in sizes of the file. Weights
// hardly shrink when deflated, so honest files stay far below.
const inflation = 16

// hdf5Magic begins every HDF5 file.
const hdf5Magic = "\x89HDF\r\n\x1a\n"

func open(r io.ReaderAt, size int64) (*archive, error) {
	head := make([]byte, min(max(size, 0), int64(len(hdf5Magic))))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case len(head) == 0:
		return nil, errors.New("the file is empty")
	case string(head) == hdf5Magic:
		return nil, errors.New("the file is HDF5, as Keras 1 and 2 wrote models, and no zip archive of Keras 3; open it in Keras 3 and save it as .keras")
	case !strings.HasPrefix(string(head), "PK"):
		return nil, fmt.Errorf("the file is no zip archive: it begins with %q; want \"PK\"", head)
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("the file is no whole zip archive (%w); it is damaged or was cut off", err)
	}
	a := &archive{files: z.File, size: size, left: inflation*size + 1<<20}
	seen := map[string]bool{}
	for _, f := range z.File {
		if seen[f.Name] {
			return nil, fmt.Errorf("member %q is there twice", f.Name)
		}
		seen[f.Name] = true
	}
	return a, nil
}

// find is the member of a name.
func (a *archive) find(name string) (*zip.File, error) {
	var have []string
	for _, f := range a.files {
		if f.Name == name {
			return f, nil
		}
		if len(have) < 8 {
			have = append(have, f.Name)
		}
	}
	return nil, fmt.Errorf("the archive has no %s; it holds %s", name, strings.Join(have, ", "))
}

// bytes reads a whole member, and checks its sum.
func (a *archive) bytes(name string) ([]byte, error) {
	f, err := a.find(name)
	if err != nil {
		return nil, err
	}
	if f.UncompressedSize64 > uint64(a.left) {
		return nil, fmt.Errorf("%s: %d bytes are too many for an archive of %d", name, f.UncompressedSize64, a.size)
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(name, err)
	}
	defer r.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(io.LimitReader(r, a.left+1)); err != nil {
		return nil, damaged(name, err)
	}
	if a.left -= int64(b.Len()); a.left < 0 {
		return nil, fmt.Errorf("%s: more than %d times the archive's own %d bytes; it is refused", name, inflation, a.size)
	}
	return b.Bytes(), nil
}

// readerAt gives a member for reading anywhere, after its sum was checked. A stored member is read in
// its place in the file, another one is inflated into memory.
func (a *archive) readerAt(f *zip.File) (io.ReaderAt, int64, error) {
	if f.Method != zip.Store {
		b, err := a.bytes(f.Name)
		return bytes.NewReader(b), int64(len(b)), err
	}
	r, err := f.Open()
	if err != nil {
		return nil, 0, damaged(f.Name, err)
	}
	defer r.Close()
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, 0, damaged(f.Name, err)
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, 0, damaged(f.Name, err)
	}
	at, ok := raw.(io.ReaderAt)
	if !ok {
		b, err := a.bytes(f.Name)
		return bytes.NewReader(b), int64(len(b)), err
	}
	return at, int64(f.UncompressedSize64), nil
}

func damaged(name string, err error) error {
	return fmt.Errorf("%s: %w; the file is damaged or was cut off", name, err)
}
