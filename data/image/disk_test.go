package image

import (
	"slices"
	"testing"

	"gorae/data"
	"gorae/internal/arrayfile"
)

// TestDisk: samples that do not fit in memory are decoded once and then read from the disk, of bytes and of floats,
// while there is room for them; without room they are decoded again.
func TestDisk(t *testing.T) {
	if !arrayfile.Supported() {
		t.Skip("no files are mapped here")
	}
	defer arrayfile.Tune(1, 0, 1)()
	for _, o := range []Options{{}, {Bits: 16}} {
		for _, most := range []int64{0, 100} {
			fsys := library(t)
			f, err := FolderFS(fsys, "set")
			if err != nil {
				t.Fatal(err)
			}
			memory, err := f.Dataset(o)
			if err != nil {
				t.Fatal(err)
			}
			o := o
			o.Cache, o.Disk = 1, &data.Cache{Dir: t.TempDir(), Most: most, Say: func(s string) { t.Error(s) }}
			d, err := f.Dataset(o)
			if err != nil {
				t.Fatal(err)
			}
			want, err := memory.Tensor()
			if err != nil {
				t.Fatal(err)
			}
			for _, about := range []string{"decoded", "again"} {
				got, err := d.Tensor()
				if about == "again" && most > 0 {
					if err == nil {
						t.Error("samples are kept where there is no room")
					}
					break
				}
				if err != nil || !slices.Equal(got.U8, want.U8) || !slices.Equal(got.F32, want.F32) {
					t.Errorf("%s: %v, other samples", about, err)
				}
				for name := range fsys {
					delete(fsys, name)
				}
			}
		}
	}
}
