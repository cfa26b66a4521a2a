package image

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"gorae/data"
)

// TestD6 is the chapter's 5,000 pictures of 78 × 78, in colour and grey, and what inspect says of them.
func TestD6(t *testing.T) {
	single := func(i int) string { return fmt.Sprintf("%d.png", i) }
	n := 5000
	if testing.Short() {
		n = 500
	}
	fsys := fstest.MapFS{}
	plain := encode(t, image.NewGray(image.Rect(0, 0, 78, 78)))
	for i := range n {
		fsys[single(i)] = &fstest.MapFile{Data: plain}
	}
	f, err := FolderFS(fsys, "grey")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Inspect(f, Options{})
	if want := fmt.Sprintf("(%d, 78, 78, 1): samples, height, width, channels; a Keras input shape leaves the sample "+
		"axis out: (78, 78, 1)", n); err != nil || r.Statement() != want {
		t.Errorf("%v %v", r, err)
	}
	img := flat(t, 78, 78, color.NRGBA{200, 100, 50, 255})
	fsys = fstest.MapFS{}
	for i := range n {
		fsys[fmt.Sprintf("%d/%s", i%2, single(i))] = &fstest.MapFile{Data: img}
	}
	if f, err = FolderFS(fsys, "people"); err != nil {
		t.Fatal(err)
	}
	if r, err = Inspect(f, Options{}); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("(%d, 78, 78, 3): samples, height, width, channels; a Keras input shape leaves the sample "+
		"axis out: (78, 78, 3)", n); r.Statement() != want {
		t.Errorf("%s", r.Statement())
	}
	if v := r.Values; v.Min != 50 || v.Max != 200 || v.Mean != 350./3 || r.Classes[0].Count != n/2 {
		t.Errorf("%+v %+v", v, r.Classes)
	}
}

// TestInspectList: a table of paths is reported on as pictures, with its other columns.
func TestInspectList(t *testing.T) {
	dir := t.TempDir()
	list := "file,age,kind\n"
	for i := range 6 {
		img := flat(t, 78, 78, color.NRGBA{200, 100, uint8(i), 255})
		if i == 5 {
			img = encode(t, image.NewGray(image.Rect(0, 0, 40, 50)))
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.png", i)), img, 0o644); err != nil {
			t.Fatal(err)
		}
		list += fmt.Sprintf("%d.png,%d,%s\n", i, 5, []string{"cat", "dog"}[i%2])
	}
	table, err := data.ReadCSV(strings.NewReader(list), "list.csv", data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := InspectList(table, "file", dir, "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := r.String()
	for _, want := range []string{"list.csv\n(6, 78, 78, 3): samples, height, width, channels;",
		"kind (target)  category", "kind: 2 classes of cat 3, dog 3\n",
		"2 sizes of files: 78 high × 78 wide 5, 50 high × 40 wide 1\nkinds of files: png 6, in colour 5, grey 1\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nlacks %q", text, want)
		}
	}
	if strings.Contains(text, "one-hot") || strings.Contains(text, "same value") {
		t.Errorf("%s\nwarns of features that pictures have not", text)
	}
	if r, err = InspectList(table, "file", dir, "age", Options{}); err != nil || r.Target != "age" ||
		!strings.Contains(r.String(), "warning: age: a single class") {
		t.Errorf("%v %v", r, err)
	}
	if _, err = InspectList(table, "file", filepath.Join(dir, "no"), "", Options{}); err == nil ||
		!strings.Contains(err.Error(), "list.csv:2: 0.png: no such picture") {
		t.Error(err)
	}
}
