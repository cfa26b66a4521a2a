package image_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"

	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
	_ "gorae/task/image"
)

// A folder with a folder of pictures for each class.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the example's own making
	for i := range 40 {
		class, shade := "dark", uint8(i)
		if i%2 == 1 {
			class, shade = "light", uint8(200+i)
		}
		img := image.NewGray(image.Rect(0, 0, 8, 8))
		for k := range img.Pix {
			img.SetGray(k%8, k/8, color.Gray{Y: shade})
		}
		if err := os.MkdirAll(filepath.Join(dir, "pictures", class), 0o755); err != nil {
			fmt.Println(err)
			return
		}
		f, err := os.Create(filepath.Join(dir, "pictures", class, fmt.Sprintf("%d.png", i)))
		if err == nil {
			err = png.Encode(f, img)
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "example", []byte(`data: {source: pictures}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Task.Name(), "predicts", p.Problem.About(), "of", p.Model.InputTypes(1)[0].Shape[1:])
	// Output:
	// image predicts class (2 classes) of (8, 8, 1)
}
