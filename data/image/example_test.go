package image_test

import (
	"bytes"
	"fmt"
	std "image"
	"image/png"
	"testing/fstest"

	"gorae/data/image"
)

// Two classes of grey pictures.
func Example() {
	var dark bytes.Buffer
	if err := png.Encode(&dark, std.NewGray(std.Rect(0, 0, 78, 78))); err != nil {
		panic(err)
	}
	folder := fstest.MapFS{
		"cat/1.png": {Data: dark.Bytes()},
		"cat/2.png": {Data: dark.Bytes()},
		"dog/1.png": {Data: dark.Bytes()},
	}
	files, err := image.FolderFS(folder, "pets")
	if err != nil {
		panic(err)
	}
	d, err := files.Dataset(image.Options{Height: 32, Width: 32})
	if err != nil {
		panic(err)
	}
	fmt.Println(files.Classes, d.Labels, d.Len(), d.Shape())
	// Output: [cat dog] [0 0 1] 3 (32, 32, 1)
}
