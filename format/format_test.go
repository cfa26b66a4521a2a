package format_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/format"
	_ "gorae/format/keras"
	"gorae/layer"
	"gorae/model"
)

// toy is a format of this test: its files begin with TOY and hold the units of a Dense layer over one number.
var toy = format.Format{
	Name: "toy", Extensions: []string{".toy"},
	Sniff: func(head []byte) bool { return bytes.HasPrefix(head, []byte("TOY")) },
	Codec: toyCodec{},
}

type toyCodec struct{}

func (toyCodec) Load(r io.ReaderAt, size int64) (*format.File, error) {
	b := make([]byte, size)
	if _, err := r.ReadAt(b, 0); err != nil && err != io.EOF {
		return nil, err
	}
	if len(b) != 4 {
		return nil, errors.New("want four bytes")
	}
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: int(b[3])})
	return &format.File{Model: m}, m.Build(1)
}

func (toyCodec) Save(w io.Writer, f *format.File) error {
	_, err := w.Write([]byte{'T', 'O', 'Y', byte(f.Model.OutputTypes(1)[0].Shape[1])})
	return err
}

func init() { format.Register(toy) }

func built(t *testing.T, units int) *model.Model {
	t.Helper()
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: units})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestChoice: a file is saved by its extension, and loaded by its first bytes whatever it is called.
func TestChoice(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"m.toy", "m.keras", "M.KERAS"} {
		path := filepath.Join(dir, name)
		if err := format.Save(path, &format.File{Model: built(t, 3)}); err != nil {
			t.Fatal(err)
		}
		for _, other := range []string{name, "a.keras", "b.toy", "without-extension"} {
			q := filepath.Join(t.TempDir(), other)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(q, b, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := format.Load(q)
			if err != nil {
				t.Fatalf("%s as %s: %v", name, other, err)
			}
			if s := f.Model.OutputTypes(1)[0].Shape; s[1] != 3 {
				t.Errorf("%s as %s gives %v", name, other, s)
			}
			if f, err = format.LoadFS(os.DirFS(filepath.Dir(q)), other); err != nil || f.Model == nil {
				t.Errorf("%s from a file system: %v", other, err)
			}
		}
	}
}

// TestMembers: members come back with the model, and one of them without it.
func TestMembers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.keras")
	f := &format.File{Model: built(t, 2), Members: []format.Member{{Name: "gorae/note", Data: []byte("hello")}}}
	if err := format.Save(path, f); err != nil {
		t.Fatal(err)
	}
	g, err := format.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if b, ok := g.Member("gorae/note"); !ok || string(b) != "hello" {
		t.Errorf("the member is %q, %v", b, ok)
	}
	if b, err := format.LoadMember(path, "gorae/note"); err != nil || string(b) != "hello" {
		t.Errorf("the member alone is %q, %v", b, err)
	}
	var missing *format.MissingMemberError
	if _, err := format.LoadMember(path, "gorae/none"); !errors.As(err, &missing) || missing.Name != "gorae/none" {
		t.Errorf("a member that is not there: %v", err)
	}
}

// TestErrors: errors name the file, what it is, and the remedy.
func TestErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	_, none := format.Load(filepath.Join(dir, "none.keras"))
	if !errors.Is(none, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", none)
	}
	var unknown *format.UnknownError
	_, err := format.Load(write("x.gguf", "GGUF\x03"))
	if !errors.As(err, &unknown) || !strings.Contains(err.Error(), ".keras") ||
		!strings.Contains(err.Error(), "gorae/format/keras") {
		t.Errorf("an unknown file: %v", err)
	}
	if err := format.Save(filepath.Join(dir, "x.gguf"), &format.File{Model: built(t, 1)}); !errors.As(err, &unknown) ||
		unknown.Head != nil {
		t.Errorf("an unknown extension: %v", err)
	}
	for path, want := range map[string]string{
		write("empty.keras", ""): "empty.keras: the file is empty",
		write("x.keras", "text"): `x.keras: the file is no zip archive: it begins with "text"`,
		write("x.toy", "TOY"):    "x.toy: want four bytes",
		dir:                      "is a folder",
	} {
		if _, err := format.Load(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q in it", path, err, want)
		}
	}
	if _, err := format.LoadMember(write("y.toy", "TOY1"), "a"); err == nil ||
		!strings.Contains(err.Error(), "holds no members") {
		t.Errorf("a member of a file without members: %v", err)
	}
}

// TestRegisterTwice: a name or an extension belongs to one format.
func TestRegisterTwice(t *testing.T) {
	for _, f := range []format.Format{toy, {Name: "other", Extensions: []string{".toy"}}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s with %v was taken", f.Name, f.Extensions)
				}
			}()
			format.Register(f)
		}()
	}
}
