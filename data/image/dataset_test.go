package image

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"gorae/data"
	"gorae/internal/arrayfile"
	"gorae/tensor"
)

// flat is a PNG of one colour.
func flat(t testing.TB, width, height int, c color.Color) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Set(x, y, c)
		}
	}
	return encode(t, img)
}

func grey(v uint8) color.Color { return color.Gray{v} }

// library is a folder of pictures with everything that folders have.
func library(t testing.TB) fstest.MapFS {
	file := func(b []byte) *fstest.MapFile { return &fstest.MapFile{Data: b} }
	return fstest.MapFS{
		"b/1.png":             file(flat(t, 4, 3, grey(10))),
		"b/deep/er/2.PNG":     file(flat(t, 4, 3, grey(20))),
		"a/9.png":             file(flat(t, 4, 3, grey(30))),
		"a/10.png":            file(flat(t, 4, 3, grey(40))),
		"a/.hidden.png":       file(nil),
		"a/notes.txt":         file(nil),
		"a/old.tiff":          file(nil),
		".git/x.png":          file(nil),
		"__MACOSX/a/._1.png":  file(nil),
		"nothing/readme.html": file(nil),
		"loose.png":           file(flat(t, 4, 3, grey(50))),
	}
}

func TestFolder(t *testing.T) {
	f, err := FolderFS(library(t), "set")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"set/a/10.png", "set/a/9.png", "set/b/1.png", "set/b/deep/er/2.PNG"}
	for i, p := range f.Paths {
		f.Paths[i] = filepath.ToSlash(p)
	}
	if !slices.Equal(f.Paths, want) || !slices.Equal(f.Labels, []int{0, 0, 1, 1}) ||
		!slices.Equal(f.Classes, []string{"a", "b"}) {
		t.Errorf("%v %v %v", f.Paths, f.Labels, f.Classes)
	}
	notes := strings.Join(f.Notes, "\n")
	for _, says := range []string{"the folder nothing holds no pictures",
		"1 picture that lies in no class's folder left out, such as loose.png",
		"3 files that are no pictures by their names left out, such as a/old.tiff"} {
		if !strings.Contains(notes, says) {
			t.Errorf("%q is not said in %q", says, notes)
		}
	}
	d, err := f.Dataset(Options{})
	if err != nil {
		t.Fatal(err)
	}
	x, err := d.Tensor()
	if err != nil || !x.Shape.Equal(tensor.Shape{4, 3, 4, 3}) {
		t.Fatal(x, err)
	}
	for i, v := range []uint8{40, 30, 10, 20} {
		if got := x.U8[i*36]; got != v {
			t.Errorf("sample %d is %d, want %d", i, got, v)
		}
	}
	// Without class folders there are no labels.
	f, err = FolderFS(fstest.MapFS{"1.png": library(t)["b/1.png"]}, "one")
	if err != nil || f.Len() != 1 || f.Labels != nil {
		t.Errorf("%+v %v", f, err)
	}
	for dir, says := range map[string]string{filepath.Join(t.TempDir(), "absent"): "no such folder",
		t.TempDir(): "no pictures in it (.png, .jpg"} {
		if _, err := Folder(dir); err == nil || !strings.Contains(err.Error(), says) ||
			!strings.HasPrefix(err.Error(), dir) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

// TestLinks: a class may be a link to a folder; links in a circle end.
func TestLinks(t *testing.T) {
	dir, far := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(far, "1.png"), flat(t, 2, 2, grey(1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(far, filepath.Join(dir, "class")); err != nil {
		t.Skip("this system makes no links:", err)
	}
	f, err := Folder(dir)
	if err != nil || f.Len() != 1 || f.Classes[0] != "class" {
		t.Fatalf("%+v %v", f, err)
	}
	if err := os.Symlink(far, filepath.Join(far, "again")); err != nil {
		t.Fatal(err)
	}
	if _, err := Folder(dir); err == nil || !strings.Contains(err.Error(), "is a link pointing back?") &&
		!strings.Contains(err.Error(), "too many") {
		t.Error(err)
	}
}

// TestBatches: batches are the same for any number of workers, with the cache and without, and when several
// goroutines read at once.
func TestBatches(t *testing.T) {
	defer arrayfile.Tune(1, 0, 1)()
	fsys := fstest.MapFS{}
	for i := range 23 {
		fsys[fmt.Sprintf("%c/%02d.png", 'a'+i%3, i)] = &fstest.MapFile{Data: flat(t, 5+i%4, 6,
			color.NRGBA{uint8(i), uint8(10 * i), uint8(i * i), 255})}
	}
	f, err := FolderFS(fsys, "set")
	if err != nil {
		t.Fatal(err)
	}
	var want [][]byte
	for _, o := range []Options{{Workers: 1, Cache: -1}, {Workers: 4, Cache: -1}, {Workers: 1}, {Workers: 4},
		{Workers: 4, Cache: 100}, {Workers: 4, Cache: 100, Disk: &data.Cache{Dir: t.TempDir()}}} {
		o.Height, o.Width = 4, 7
		d, err := f.Dataset(o)
		if err != nil {
			t.Fatal(err)
		}
		l := data.Loader{Data: d, Size: 5, Shuffle: true, Seed: 3}
		s, err := l.Stream(0, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got [][]byte
		for range 2 * l.Steps() {
			b, err := s.Next()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, slices.Concat(b.Inputs[0].U8, bytesOf(b.Targets[0].I32)))
		}
		s.Close()
		if want == nil {
			want = got
		}
		if (d.disk != nil) != (o.Disk != nil && arrayfile.Supported()) {
			t.Errorf("%+v: on the disk: %v", o, d.disk)
		}
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%+v: other batches", o)
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				row := data.Row{*tensor.New(tensor.Uint8, 4, 7, 3), *tensor.New(tensor.Int32)}
				for i := range d.Len() {
					if err := d.Read(0, i, row); err != nil || int(row[1].I32[0]) != d.Labels[i] {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
	}
	if d, _ := f.Dataset(Options{Height: 4, Width: 7}); d.Read(0, 99, data.Row{{}}) == nil ||
		d.Read(0, -1, data.Row{{}}) == nil {
		t.Error("a sample that is not there was read")
	}
}

func bytesOf(x []int32) (b []byte) {
	for _, v := range x {
		b = append(b, byte(v))
	}
	return b
}

// TestBroken: broken files are named, or left out and counted.
func TestBroken(t *testing.T) {
	jpg := content(t, "colour.jpg")
	fsys := fstest.MapFS{
		"a/1.jpg": {Data: jpg}, "a/2.jpg": {Data: jpg[:len(jpg)-200]}, "a/3.jpg": {Data: nil},
		"b/1.jpg": {Data: jpg}, "b/4.png": {Data: bomb(t)}, "b/5.png": {Data: []byte("no picture at all")},
	}
	f, err := FolderFS(fsys, "set")
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Dataset(Options{})
	if err == nil || !strings.HasPrefix(filepath.ToSlash(err.Error()), "set/a/3.jpg: the file is empty") ||
		!strings.HasSuffix(err.Error(), "(and 2 more such files)") {
		t.Error(err)
	}
	// What only shows in the pixels comes up when they are read, with the file's name.
	d, err := f.Subset([]int{0, 1}).Dataset(Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := data.Loader{Data: d, Size: 2}
	b, err := l.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Fill(b, 0, 0); err == nil || !strings.Contains(filepath.ToSlash(err.Error()),
		"sample 1: set/a/2.jpg: a jpeg that ends too early") {
		t.Error(err)
	}
	d, err = f.Dataset(Options{SkipBad: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Skipped) != 4 || d.Len() != 2 || !slices.Equal(d.Labels, []int{0, 1}) {
		t.Errorf("%v of %d: %v", d.Skipped, d.Len(), d.Labels)
	}
	r, err := Inspect(f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"(2, 10, 14, 3): samples, height, width, channels; a Keras input shape leaves the " +
		"sample axis out: (10, 14, 3)",
		"folders: 2 classes of a 1, b 1", "1 size of files: 10 high × 14 wide 2", "3.jpg: the file is empty",
		"4.png: 50000 × 50000"} {
		if !strings.Contains(r.String(), says) {
			t.Errorf("%q is not in\n%s", says, r)
		}
	}
	if _, err := f.Subset([]int{2, 4}).Dataset(Options{SkipBad: true}); err == nil ||
		!strings.Contains(err.Error(), "none of 2 files can be read") {
		t.Error(err)
	}
}

// counted is a file system that counts how often files are opened.
type counted struct {
	fstest.MapFS
	opened *atomic.Int32
}

func (c counted) Open(name string) (fs.File, error) {
	c.opened.Add(1)
	return c.MapFS.Open(name)
}

// TestSkipBad: files that are broken are looked for once, whose pixels then need no second reading; the samples are
// those of the good files alone, also where a broken one promised another size, and where nothing is kept.
func TestSkipBad(t *testing.T) {
	jpg, small := content(t, "colour.jpg"), flat(t, 4, 3, grey(1))
	c := counted{fstest.MapFS{
		"a/1.jpg": {Data: jpg}, "a/2.jpg": {Data: jpg[:len(jpg)-200]}, "a/3.jpg": {Data: jpg},
		"b/0.png": {Data: small[:len(small)-20]},
		"b/1.jpg": {Data: jpg}, "b/2.png": {Data: nil},
	}, new(atomic.Int32)}
	f, err := FolderFS(c, "set")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := f.Subset([]int{0, 2, 4}).Dataset(Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := whole.Tensor()
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		files []int
		o     Options
		opens int32 // header and pixels of each, and pixels again where they are not kept
	}{
		"kept":              {[]int{0, 1, 2, 4, 5}, Options{}, 5 + 4},
		"none broken":       {[]int{0, 2, 4}, Options{}, 3 + 3},
		"another size":      {[]int{0, 1, 2, 3, 4, 5}, Options{}, 6 + 5 + 3},
		"resized, kept":     {[]int{0, 1, 2, 3, 4, 5}, Options{Height: 10, Width: 14}, 6 + 5},
		"without any cache": {[]int{0, 1, 2, 4, 5}, Options{Cache: -1}, 5 + 4 + 3},
	} {
		x.o.SkipBad = true
		c.opened.Store(0)
		d, err := f.Subset(x.files).Dataset(x.o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := d.Tensor()
		if err != nil || !got.Shape.Equal(want.Shape) || !slices.Equal(got.U8, want.U8) ||
			!slices.Equal(d.Labels, whole.Labels) {
			t.Errorf("%s: other samples: %v %v", name, got.Shape, err)
		}
		if n := len(x.files) - 3; len(d.Skipped) != n || (d.Rows != nil) != (n > 0) {
			t.Errorf("%s: %d left out, rows %v", name, len(d.Skipped), d.Rows)
		}
		if n := c.opened.Load(); n != x.opens {
			t.Errorf("%s: files were opened %d times, want %d", name, n, x.opens)
		}
	}
}

func TestOptions(t *testing.T) {
	fsys := fstest.MapFS{"1.png": {Data: flat(t, 4, 3, grey(1))}, "2.png": {Data: flat(t, 5, 3, grey(1))}}
	f, err := FolderFS(fsys, "set")
	if err != nil {
		t.Fatal(err)
	}
	for says, o := range map[string]Options{
		"give both sides": {Height: 3}, "give both sides, ": {Height: -1, Width: -1},
		"from 1 to 32768": {Height: 1 << 20, Width: 2},
		"2 channels":      {Channels: 2}, "pictures of 2 sizes (3 high and 4 wide, 3 and 5, …)": {},
		"more than the limit of 10": {MaxPixels: 10},
	} {
		if _, err := f.Dataset(o); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v, want %q", o, err, says)
		}
	}
	if h, w := f.Survey(Options{}, false).Suggest(); h != 3 || w != 4 {
		t.Errorf("suggests %d × %d", h, w)
	}
	// Grey pictures make one channel.
	g := image.NewGray(image.Rect(0, 0, 78, 78))
	f, err = FolderFS(fstest.MapFS{"1.png": {Data: encode(t, g)}}, "grey")
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Dataset(Options{})
	if err != nil || !d.Shape().Equal(tensor.Shape{78, 78, 1}) {
		t.Errorf("%v %v", d, err)
	}
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "pics"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"1.png", "2.png"} {
		if err := os.WriteFile(filepath.Join(dir, "pics", n), flat(t, 3, 3, grey(n[0])), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	table := func(text string) *data.Table {
		tb, err := data.ReadCSV(strings.NewReader(text), "list.csv", data.CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return tb
	}
	tb := table("age,file,kind\n3,pics/2.png,cat\n4,pics/1.png,dog\n")
	if c := PathColumn(tb); c != "file" {
		t.Errorf("paths in %q", c)
	}
	f, err := List(tb, "file", dir)
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Dataset(Options{})
	if err != nil {
		t.Fatal(err)
	}
	x, err := d.Tensor()
	if err != nil || x.U8[0] != '2' || x.U8[27] != '1' {
		t.Errorf("%v %v", x, err)
	}
	if _, err := List(table("file\npics/1.png\npics/3.png\n"), "file", dir); err == nil ||
		!strings.Contains(err.Error(), "pics/3.png: no such picture") || !strings.Contains(err.Error(), "list.csv") {
		t.Error(err)
	}
	if c := PathColumn(table("a,b\n1,x.png\n2,y\n")); c != "" {
		t.Errorf("paths in %q", c)
	}
	one, err := Single(filepath.Join(dir, "pics", "1.png")).Dataset(Options{})
	if err != nil || one.Len() != 1 || len(one.Spec().Targets) != 0 {
		t.Errorf("%v %v", one, err)
	}
	if _, err := Single(filepath.Join(dir, "absent.png")).Dataset(Options{}); err == nil ||
		!strings.Contains(err.Error(), "absent.png") {
		t.Error(err)
	}
}

func shared(t testing.TB) string {
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set: no shared files to read")
	}
	return filepath.Join(dir, "data", "images")
}

// TestCIFAR reads real pictures: 10 classes of 60.
func TestCIFAR(t *testing.T) {
	f, err := Folder(filepath.Join(shared(t), "cifar10-mini"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Inspect(f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Shape.Equal(tensor.Shape{600, 32, 32, 3}) || len(r.Classes) != 10 || r.Classes[3].Name != "cat" ||
		r.Classes[3].Count != 60 || len(r.Warnings) != 0 {
		t.Errorf("%s", r)
	}
	photo, err := Single(filepath.Join(shared(t), "china.jpg"),
		filepath.Join(shared(t), "flower.jpg")).Dataset(Options{Height: 60, Width: 80, Fit: Crop})
	if err != nil {
		t.Fatal(err)
	}
	if x, err := photo.Tensor(); err != nil || !x.Shape.Equal(tensor.Shape{2, 60, 80, 3}) {
		t.Error(x, err)
	}
}

// BenchmarkRead is the rate at which small pictures are unpacked, and that of photographs.
func BenchmarkRead(b *testing.B) {
	dir := shared(b)
	f, err := Folder(filepath.Join(dir, "cifar10-mini"))
	if err != nil {
		b.Fatal(err)
	}
	for name, files := range map[string]*Files{"32x32": f,
		"photo": Single(filepath.Join(dir, "china.jpg"), filepath.Join(dir, "flower.jpg"))} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/%d", name, workers), func(b *testing.B) {
				d, err := files.Dataset(Options{Height: 32, Width: 32, Cache: -1, Workers: workers})
				if err != nil {
					b.Fatal(err)
				}
				n, began := 0, time.Now()
				for b.Loop() {
					if _, err := d.Tensor(); err != nil {
						b.Fatal(err)
					}
					n += d.Len()
				}
				b.ReportMetric(float64(n)/time.Since(began).Seconds(), "pictures/s")
			})
		}
	}
}
