package image

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"
	"testing/fstest"
)

// TestLost: what samples do not have of their pictures is said, by inspect and by the dataset: 16 bits, with the levels
// that are left where they are few, and transparency.
func TestLost(t *testing.T) {
	deep := func(from, step int) []byte {
		img := image.NewGray16(image.Rect(0, 0, 12, 12))
		for i := range 144 {
			img.SetGray16(i%12, i/12, color.Gray16{uint16(from + step*i)})
		}
		return encode(t, img)
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 12, 12))
	clear.Set(3, 3, color.NRGBA{200, 100, 50, 128})
	for name, c := range map[string]struct {
		files []fstest.MapFile
		says  []string
	}{
		"depths of 1030 to 1099": {[]fstest.MapFile{{Data: deep(1030, 0)}, {Data: deep(1090, 0)}},
			[]string{"f: 2 pictures have 16 bits a channel, of which the upper 8 are read: 256 levels in place of " +
				"65536. In the first 2 only 1 level is used, and what tells them apart may be lost; image: {bits: " +
				"16} keeps all"}},
		"the whole range": {[]fstest.MapFile{{Data: deep(0, 450)}}, []string{"f: 1 picture has 16 bits a channel, of " +
			"which the upper 8 are read: 256 levels in place of 65536; image: {bits: 16} keeps all"}},
		"transparency": {[]fstest.MapFile{{Data: encode(t, clear)}, {Data: encode(t, image.NewGray(clear.Rect))}},
			[]string{"f: 1 picture has transparency, which is left out: the colours beneath it are seen"}},
		"8 bits": {[]fstest.MapFile{{Data: encode(t, image.NewGray(clear.Rect))}}, nil},
	} {
		fsys := fstest.MapFS{}
		for i := range c.files {
			fsys[fmt.Sprintf("%d.png", i)] = &c.files[i]
		}
		f, err := FolderFS(fsys, "f")
		if err != nil {
			t.Fatal(err)
		}
		d, err := f.Dataset(Options{Bits: 8})
		if err != nil {
			t.Fatal(err)
		}
		r, err := Inspect(f, Options{Bits: 8})
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Join(c.says, "\n")
		if got := strings.Join(d.Lost, "\n"); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
		if got := strings.Join(r.Warnings, "\n"); !strings.HasSuffix(got, want) || want == "" && got != "" {
			t.Errorf("%s: inspect says %s", name, got)
		}
	}
}
