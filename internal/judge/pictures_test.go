//go:build judge

package judge

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gorae/data/image"
	"gorae/tensor"
	"gorae/weight"
)

// TestPictures: random pictures that Pillow saves, in every format and with its options, have the bytes that it reads.
func TestPictures(t *testing.T) {
	p := judge(t)
	rapid.Check(t, func(t *rapid.T) {
		h, w := rapid.IntRange(1, 40).Draw(t, "height"), rapid.IntRange(1, 40).Draw(t, "width")
		r := weight.NewRand(uint64(rapid.IntRange(0, 1000).Draw(t, "seed")), "pixels")
		x := tensor.New(tensor.Uint8, h, w, 3)
		smooth := rapid.IntRange(1, 60).Draw(t, "smooth")
		for i := range x.U8 {
			x.U8[i] = uint8(i/smooth*9) + uint8(r.Uniform()*255/float64(smooth))
		}
		options := map[string]any{}
		name := rapid.SampledFrom([]string{"JPEG", "JPEG", "JPEG", "PNG", "GIF", "BMP", "WEBP"}).Draw(t, "format")
		modes := map[string][]string{"JPEG": {"RGB", "L", "CMYK"}, "PNG": {"RGB", "L", "1", "P", "LA", "RGBA"},
			"GIF": {"P", "L"}, "BMP": {"RGB", "L", "1", "P"}, "WEBP": {"RGB", "RGBA"}}
		options["mode"] = rapid.SampledFrom(modes[name]).Draw(t, "mode")
		switch name {
		case "JPEG":
			options["subsampling"] = rapid.SampledFrom([]string{"4:4:4", "4:2:2", "4:2:0"}).Draw(t, "sampling")
			options["progressive"] = rapid.Bool().Draw(t, "progressive")
			options["optimize"] = rapid.Bool().Draw(t, "optimize")
			options["restart_marker_blocks"] = rapid.IntRange(0, 3).Draw(t, "restart")
			options["quality"] = rapid.IntRange(1, 100).Draw(t, "quality")
		case "WEBP":
			options["lossless"] = rapid.Bool().Draw(t, "lossless")
			options["quality"] = rapid.IntRange(0, 100).Draw(t, "quality")
		}
		a := p.ask(t, question{Do: "picture", Name: name, Inputs: []array{packed(x)}, Options: options})
		file, err := base64.StdEncoding.DecodeString(a.Outputs[2].Data)
		if err != nil {
			t.Fatalf("%v", err)
		}
		same(t, name, file, a)
	})
}

// same compares a picture with Pillow's colours and grey.
func same(t interface{ Errorf(string, ...any) }, name string, file []byte, a *answer) {
	for i, channels := range []int{3, 1} {
		got, err := image.Decode(file, channels, 0)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		want, err := base64.StdEncoding.DecodeString(a.Outputs[i].Data)
		if err != nil || !bytes.Equal(got.Pix, want) {
			t.Errorf("%s in %d channels: %d × %d, and bytes that are not those of %v (%v)", name, channels, got.Width,
				got.Height, a.Outputs[i].Shape, err)
		}
	}
}

// TestSharedJPEGs: every fifth JPEG of GORAE_SHARED has the bytes that Pillow reads.
func TestSharedJPEGs(t *testing.T) {
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		t.Skip("GORAE_SHARED is not set; its pictures are not there")
	}
	p := judge(t)
	root, err := filepath.EvalSymlinks(root) // a walk follows no link, not even its root
	if err != nil {
		t.Fatal(err)
	}
	found, compared := 0, 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if ext := strings.ToLower(filepath.Ext(path)); err != nil || d.IsDir() || ext != ".jpg" && ext != ".jpeg" {
			return err
		}
		if found++; found%5 != 1 {
			return nil
		}
		file, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		compared++
		same(t, path, file, p.ask(t, question{Do: "picture", Path: path}))
		return nil
	})
	if err != nil || compared < 100 {
		t.Errorf("%d JPEGs compared (%v)", compared, err)
	}
	t.Logf("%d of %d JPEGs compared", compared, found)
}
