package picture_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"gorae/chart"
	"gorae/internal/picture"
)

// words is a picture of a text.
type words string

func (w words) PNG(to io.Writer) error {
	_, err := fmt.Fprint(to, "png "+w)
	return err
}

func (w words) SVG(to io.Writer) error {
	_, err := fmt.Fprint(to, "svg "+w)
	return err
}

// language is one in which each text has the language's code before it, but for numbers.
func language(code string) chart.Language {
	return chart.Language{Code: code, Sprintf: func(format string, args ...any) string {
		return code + " " + fmt.Sprintf(format, args...)
	}}
}

// files returns the files below a folder with their contents.
func files(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out = append(out, filepath.ToSlash(rel)+": "+string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWrite: pictures are written in every language in which they differ, and never stay behind in a language of which
// a newer one is elsewhere.
func TestWrite(t *testing.T) {
	defer chart.Translate(chart.English)
	dir := t.TempDir()
	title := func() (picture.Vector, error) { return words(chart.Sprintf("loss")), nil }
	number := func() (picture.Vector, error) { return words("7"), nil }
	photo := func() (picture.Drawing, error) { return words(chart.Sprintf("photo")), nil }
	for _, c := range []struct {
		own, other string
		want       []string
	}{
		{"en", "ko", []string{"a.png: png en loss", "a.svg: svg en loss", "b.png: png 7", "b.svg: svg 7",
			"ko/a.svg: svg ko loss", "ko/sub/c.png: png ko photo", "sub/c.png: png en photo"}},
		{"ko", "en", []string{"a.png: png ko loss", "a.svg: svg ko loss", "b.png: png 7", "b.svg: svg 7",
			"en/a.svg: svg en loss", "en/sub/c.png: png en photo", "sub/c.png: png ko photo"}},
	} {
		chart.Translate(language(c.own), language(c.other))
		if err := errors.Join(picture.Write(dir, "a", title), picture.Write(dir, "b", number)); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := picture.WritePNG(dir, filepath.Join("sub", "c.png"), photo); err != nil {
			t.Fatal(err)
		}
		if got := files(t, dir); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q; want %q", c.own, got, c.want)
		}
		for name, want := range map[string]string{"a.svg": c.other + "/a.svg", "b.svg": "b.svg", "none.svg": "none.svg",
			"sub/c.png": c.other + "/sub/c.png"} {
			if got, _ := filepath.Rel(dir, picture.Find(c.other, dir, name)); filepath.ToSlash(got) != want {
				t.Errorf("%s of %s: %s", name, c.other, got)
			}
			if got := picture.Find(c.own, dir, name); got != filepath.Join(dir, name) {
				t.Errorf("%s of %s: %s", name, c.own, got)
			}
		}
	}
	chart.Translate(language("en"), language("ko"))
	if err := picture.Write(dir, "a", number); err != nil {
		t.Fatal(err)
	}
	if got, want := files(t, dir), []string{"a.png: png 7", "a.svg: svg 7"}; !slices.Equal(got[:2], want) ||
		slices.Contains(got, "en/a.svg: svg en loss") {
		t.Errorf("a picture that no longer differs: %q", got)
	}
}

// TestErrors: an error of drawing or writing ends it in any language, and leaves the language of pictures as it was.
func TestErrors(t *testing.T) {
	defer chart.Translate(chart.English)
	chart.Translate(language("en"), language("ko"))
	failed := errors.New("no memory")
	for _, in := range []string{"en x", "ko x"} {
		err := picture.Write(t.TempDir(), "a", func() (picture.Vector, error) {
			if s := chart.Sprintf("x"); s != in {
				return words(s), nil
			}
			return nil, failed
		})
		if !errors.Is(err, failed) || chart.Sprintf("x") != "en x" {
			t.Errorf("%s: %v, then %q", in, err, chart.Sprintf("x"))
		}
	}
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := picture.Write(name, "a", func() (picture.Vector, error) { return words("a"), nil }); err == nil {
		t.Error("written into a file as if it were a folder")
	}
}

// TestFindLinks: what a run directory of a stranger links to is not shown.
func TestFindLinks(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(elsewhere, "a.svg"), []byte("secret"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "ko"), 0o777), os.Symlink(filepath.Join(elsewhere, "a.svg"),
		filepath.Join(dir, "ko", "a.svg")), os.Symlink(elsewhere, filepath.Join(dir, "en"))); err != nil {
		if runtime.GOOS == "windows" {
			t.Skip(err) // links need a right there
		}
		t.Fatal(err)
	}
	for _, code := range []string{"ko", "en"} {
		if got := picture.Find(code, dir, "a.svg"); got != filepath.Join(dir, "a.svg") {
			t.Errorf("%s: %s", code, got)
		}
	}
}
