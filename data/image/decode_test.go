package image

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorae/data/source"
)

func content(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func reference(t testing.TB, name string, to any) {
	t.Helper()
	if err := json.Unmarshal(content(t, name), to); err != nil {
		t.Fatal(err)
	}
}

// far is the greatest difference of two pictures' bytes.
func far[T uint8 | int](a []uint8, b []T) int {
	most := 0
	for i := range a {
		most = max(most, int(a[i])-int(b[i]), int(b[i])-int(a[i]))
	}
	return most
}

// pillow is a picture with the pixels that Pillow gives for it (testdata/pillow.py).
type pillow struct {
	Name            string
	File, RGB, Grey []byte
	Width, Height   int
}

// TestKinds compares pictures of every kind with Pillow (testdata/pillow.py): each byte is the same.
func TestKinds(t *testing.T) {
	var all []pillow
	reference(t, "pillow.json", &all)
	if len(all) < 129 {
		t.Fatalf("%d pictures", len(all))
	}
	for _, w := range all {
		info, err := Peek(w.File, 0)
		if err != nil {
			t.Errorf("%s: %v", w.Name, err)
			continue
		}
		has := func(word string) bool { return strings.Contains(" "+w.Name+" ", " "+word+" ") }
		format, _, _ := strings.Cut(w.Name, " ")
		grey := has("grey") && !has("colour") && (format == "png" || format == "jpeg")
		alpha := (has("alpha") || has("transparent")) && format != "gif"
		if info.Format != format || info.Grey != grey || info.Alpha != alpha || (info.Bits == 16) != has("16") ||
			info.Height != w.Height || info.Width != w.Width {
			t.Errorf("%s: %+v, want %d × %d", w.Name, info, w.Width, w.Height)
		}
		for channels, pix := range map[int][]byte{1: w.Grey, 3: w.RGB} {
			p, err := Decode(w.File, channels, 0)
			if err != nil {
				t.Errorf("%s: %v", w.Name, err)
				continue
			}
			if p.Height != w.Height || p.Width != w.Width || p.Channels != channels || len(p.Pix) != len(pix) {
				t.Errorf("%s: %d × %d × %d", w.Name, p.Width, p.Height, p.Channels)
				continue
			}
			if d := far(p.Pix, pix); d > 0 {
				t.Errorf("%s in %d channels: a byte is %d away", w.Name, channels, d)
			}
		}
	}
}

// TestResize compares with PIL, which rounds (and, were it needed, clips) between rows and columns: within 1.
func TestResize(t *testing.T) {
	var ref struct {
		Height, Width int
		Pix           []int
		Sizes         []struct {
			Height, Width int
			Filter        string
			Pix           []int
		}
	}
	reference(t, "resized.json", &ref)
	p := newPixels(ref.Height, ref.Width, 3)
	for i, v := range ref.Pix {
		p.Pix[i] = uint8(v)
	}
	if len(ref.Sizes) != 9 {
		t.Fatalf("%d sizes", len(ref.Sizes))
	}
	for _, s := range ref.Sizes {
		f, err := ParseFilter(s.Filter)
		if err != nil {
			t.Fatal(err)
		}
		q, err := p.Resize(s.Height, s.Width, f, true)
		if err != nil {
			t.Fatal(err)
		}
		if d := far(q.Pix, s.Pix); d > 1 {
			t.Errorf("%s to %d × %d: a byte is %d away", s.Filter, s.Width, s.Height, d)
		}
		// One channel takes the same way as three equal ones.
		g, err := p.Grey().Resize(s.Height, s.Width, f, true)
		if err != nil {
			t.Fatal(err)
		}
		c, err := p.Grey().Colour().Resize(s.Height, s.Width, f, true)
		if err != nil || !slices.Equal(g.Colour().Pix, c.Pix) {
			t.Errorf("%s to %d × %d: grey and colour differ (%v)", s.Filter, s.Width, s.Height, err)
		}
	}
	for _, bad := range [][2]int{{0, 5}, {5, 0}, {5, 1 << 16}} {
		if _, err := p.Resize(bad[0], bad[1], Bilinear, true); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

// TestArea: halving averages four pixels; 3 to 2 takes one and a half each.
func TestArea(t *testing.T) {
	p := &Pixels{2, 4, 1, []uint8{0, 10, 20, 30, 40, 50, 60, 70}}
	q, err := p.Resize(1, 2, Area, false)
	if err != nil || !slices.Equal(q.Pix, []uint8{25, 45}) {
		t.Errorf("%v %v", q, err)
	}
	p = &Pixels{1, 3, 1, []uint8{0, 90, 240}}
	q, err = p.Resize(1, 2, Area, false)
	if err != nil || !slices.Equal(q.Pix, []uint8{30, 190}) { // (0 + 45)/1.5, (45 + 240)/1.5
		t.Errorf("%v %v", q, err)
	}
}

func TestCropPad(t *testing.T) {
	p := &Pixels{2, 3, 1, []uint8{1, 2, 3, 4, 5, 6}}
	q, err := p.Crop(0, 1, 2, 2)
	if err != nil || !slices.Equal(q.Pix, []uint8{2, 3, 5, 6}) {
		t.Errorf("%v %v", q, err)
	}
	q, err = q.Pad(1, 0, 0, 1, 9)
	if err != nil || !slices.Equal(q.Pix, []uint8{9, 9, 9, 2, 3, 9, 5, 6, 9}) {
		t.Errorf("%v %v", q, err)
	}
	if _, err := p.Crop(1, 0, 2, 1); err == nil || !strings.Contains(err.Error(), "do not lie in a picture of 3 × 2") {
		t.Error(err)
	}
	if _, err := p.Pad(-1, 0, 0, 0, 0); err == nil {
		t.Error("a negative margin was taken")
	}
	// Fit: a picture twice as wide as high, into a square.
	wide := &Pixels{2, 4, 1, []uint8{10, 20, 30, 40, 50, 60, 70, 80}}
	to := make([]uint8, 4)
	wide.raster().fit(to, 2, 2, &Options{Fit: Crop})
	if !slices.Equal(to, []uint8{20, 30, 60, 70}) {
		t.Errorf("crop: %v", to)
	}
	to = make([]uint8, 16)
	wide.raster().fit(to, 4, 4, &Options{Fit: Pad})
	if !slices.Equal(to, append(append(make([]uint8, 4), wide.Pix...), make([]uint8, 4)...)) {
		t.Errorf("pad: %v", to)
	}
}

// TestImage: the way to the standard library's pictures and back changes nothing, for windows of pictures too.
func TestImage(t *testing.T) {
	p, err := Decode(content(t, "rgb.png"), 3, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []*Pixels{p, p.Grey()} {
		r, err := FromImage(q.Image(), q.Channels)
		if err != nil || !slices.Equal(r.Pix, q.Pix) {
			t.Errorf("%d channels: %v", q.Channels, err)
		}
		part, err := FromImage(q.Image().(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(image.Rect(3, 2, 9, 7)), q.Channels)
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := q.Crop(2, 3, 5, 6); !slices.Equal(part.Pix, want.Pix) {
			t.Errorf("%d channels: a window of the picture is another", q.Channels)
		}
	}
	if _, err := FromImage(image.NewGray(image.Rectangle{}), 1); err == nil {
		t.Error("an empty picture was taken")
	}
	colour, err := decodeJPEG(content(t, "colour.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	// Kinds with a case of their own equal the general way; chroma in halves does not, which is no repetition.
	for _, img := range []image.Image{image.NewNRGBA64(image.Rect(-2, -1, 5, 4)),
		image.NewRGBA(image.Rect(1, 1, 6, 4)), image.NewNRGBA(image.Rect(-1, 0, 3, 3)),
		image.NewYCbCr(image.Rect(1, 1, 8, 6), image.YCbCrSubsampleRatio444),
		image.NewRGBA64(image.Rect(1, 1, 8, 6)), image.NewGray16(image.Rect(1, 1, 8, 6)),
		image.NewCMYK(image.Rect(1, 1, 8, 6)), limited{image.NewYCbCr(image.Rect(0, 1, 8, 6), 0)},
		image.NewYCbCr(image.Rect(2, 1, 9, 6), image.YCbCrSubsampleRatio411), colour} {
		fill(img)
		fast, err := FromImage(img, 3)
		if err != nil {
			t.Fatal(err)
		}
		slow, err := FromImage(struct{ image.Image }{img}, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i := range fast.Pix {
			if d := int(fast.Pix[i]) - int(slow.Pix[i]); d > 1 || d < -1 {
				t.Errorf("%T at %d: %d, by the general way %d", img, i, fast.Pix[i], slow.Pix[i])
				break
			}
		}
	}
}

func fill(img image.Image) {
	switch img := img.(type) {
	case *image.YCbCr:
		for i := range img.Y {
			img.Y[i] = uint8(i * 7)
		}
		for i := range img.Cb {
			img.Cb[i], img.Cr[i] = uint8(i*31), uint8(200-i*13)
		}
	case *image.NRGBA64:
		for i := range img.Pix {
			img.Pix[i] = uint8(i * 37)
		}
	case *image.NRGBA:
		for i := range img.Pix {
			img.Pix[i] = uint8(i * 37)
		}
	case limited:
		fill(img.YCbCr)
	case draw.Image:
		r := img.Bounds()
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				img.Set(x, y, color.NRGBA{uint8(x * 40), uint8(y * 60), 99, uint8(x * y * 9)})
			}
		}
	}
}

func encode(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is a PNG that claims 50000 × 50000 pixels in a hundred bytes.
func bomb(t testing.TB) []byte {
	b := encode(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(b[16:], 50000)
	binary.BigEndian.PutUint32(b[20:], 50000)
	fixCRC(b)
	return b
}

// TestBad: what is no picture, or a broken one, is refused in one line that says what it is.
func TestBad(t *testing.T) {
	good := content(t, "colour.jpg")
	for name, c := range map[string]struct {
		b    []byte
		says string
	}{
		"empty":     {nil, "the file is empty"},
		"text":      {[]byte("hello, world, this is a text"), "it begins with 68 65 6c 6c"},
		"svg":       {[]byte("<svg xmlns='x'/>"), "text (SVG, XML or a web page)"},
		"tiff":      {[]byte("II*\x00\x08\x00\x00\x00"), "a TIFF picture"},
		"heic":      {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), `of kind "heic"`},
		"moving":    {content(t, "moving.webp"), "an animated WebP"},
		"truncated": {good[:len(good)*2/3], "a jpeg that ends too early"},
		"header":    {good[:20], "a jpeg that ends too early"},
		"png":       {content(t, "rgb.png")[:80], "a png that ends too early"},
		"gif":       {content(t, "moving.gif")[:200], "gif"},
		"crc":       {append(append([]byte(nil), content(t, "rgb.png")[:50]...), make([]byte, 90)...), "a broken png"},
		"bomb":      {bomb(t), "50000 × 50000 pixels are more than the limit of 100000000"},
		"bmp":       {[]byte("BM" + strings.Repeat("\x00", 60)), "bmp"},
	} {
		_, err := Decode(c.b, 3, 0)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	if _, err := Decode(good, 3, 100); err == nil ||
		!strings.Contains(err.Error(), "14 × 10 pixels are more than the limit of 100;") {
		t.Error(err)
	}
	if _, err := Decode(good, 2, 0); err == nil {
		t.Error("2 channels were taken")
	}
}

// FuzzDecode: no content makes the decoder panic, take unbounded memory, or give a picture
// that is not what its header says.
func FuzzDecode(f *testing.F) {
	entries, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		if IsPicture(e.Name()) {
			f.Add(content(f, e.Name()))
		}
	}
	f.Add(bomb(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Decode(b, 0, 1<<16)
		if err != nil {
			if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "decoder fails") {
				t.Fatal(err)
			}
			return
		}
		if len(p.Pix) != p.Height*p.Width*p.Channels || p.Height < 1 || p.Width < 1 || p.Height*p.Width > 1<<16 {
			t.Fatalf("%d × %d × %d in %d bytes", p.Width, p.Height, p.Channels, len(p.Pix))
		}
		q, err := unpacked(b, p.Channels, 1<<16, deep)
		if err != nil || q.Height != p.Height || q.Width != p.Width || len(q.Pix) != len(p.Pix) {
			t.Fatalf("with all of its bits: %v", err)
		}
		for i, v := range q.Pix { // rounding down to the upper 8 bits takes less than 1
			if d := v - float32(p.Pix[i]); !(d > -1.01 && d < 1.01) {
				t.Fatalf("value %d is %v, as a byte %d", i, v, p.Pix[i])
			}
		}
	})
}

// FuzzOrientation: no content misleads the reader of orientations.
func FuzzOrientation(f *testing.F) {
	for _, n := range []string{"turn6.jpg", "turn8.jpg", "turn6.png", "turn6.webp", "colour.jpg"} {
		f.Add(content(f, n))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if o := orientation(b); o < 1 || o > 8 {
			t.Fatal(o)
		}
	})
}

// TestBudget: what is unpacked at a time stays within the budget, but for one that is larger alone.
func TestBudget(t *testing.T) {
	b := budget{most: 10}
	var now, alone atomic.Int64
	var all sync.WaitGroup
	for i := range 40 {
		n := int64(1 + i%7)
		if i%10 == 0 {
			n = 25
		}
		all.Go(func() {
			b.take(n)
			if sum := now.Add(n); sum > 10 && sum != 25 {
				t.Errorf("%d at a time", sum)
			} else if sum == 25 {
				alone.Add(1)
			}
			time.Sleep(time.Millisecond)
			now.Add(-n)
			b.give(n)
		})
	}
	all.Wait()
	if alone.Load() != 4 || b.taken != 0 {
		t.Errorf("%d took it alone, %d are left taken", alone.Load(), b.taken)
	}
}

// TestPictureFormat: a file is a picture by its name or its first bytes, also one that is not read.
func TestPictureFormat(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]bool{"a.PNG": true, "b.tif": true, "c.heic": true, "photo": true,
		"photo.jpg_large": true, "table.csv": false, "short": false} {
		b := []byte("a,b\n1,2\n")
		if strings.HasPrefix(name, "photo") {
			b = content(t, "colour.jpg")
		} else if name == "short" {
			b = nil
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		i, err := source.Find(path, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := i.Is("picture"); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestKindsNotRead: sound files of kinds that are not read are not called broken.
func TestKindsNotRead(t *testing.T) {
	jpg := content(t, "colour.jpg")
	at := bytes.Index(jpg, []byte("\xff\xc0"))
	with := func(i int, v byte) []byte {
		b := bytes.Clone(jpg)
		b[at+i] = v
		return b
	}
	for name, b := range map[string][]byte{"12 bits": with(4, 12), "lossless": with(1, 0xc3),
		"arithmetic": with(1, 0xc9)} {
		if _, err := Decode(b, 0, 0); err == nil ||
			!strings.HasPrefix(err.Error(), "a jpeg of a kind that is not read (") ||
			!strings.HasSuffix(err.Error(), "; save it anew, as PNG") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
