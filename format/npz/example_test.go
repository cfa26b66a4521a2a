package npz_test

import (
	"fmt"
	"os"
	"path/filepath"

	"gorae/format"
	_ "gorae/format/npz" // registers .npz
	"gorae/layer"
	"gorae/model"
)

// A network's weights as an archive that numpy.load reads.
func Example() {
	m := model.Sequential(layer.Input{Shape: []int{4}}, layer.Dense{Units: 3})
	dir, err := os.MkdirTemp("", "")
	if err == nil {
		defer os.RemoveAll(dir)
		err = m.Build(1)
	}
	path := filepath.Join(dir, "m.npz")
	if err == nil {
		err = format.SaveWeights(path, &format.File{Model: m})
	}
	list, err2 := format.ListWeights(path)
	if err != nil || err2 != nil {
		fmt.Println(err, err2)
		return
	}
	for _, a := range list {
		fmt.Println(a.Name, a.Shape, a.Type)
	}
	// Output:
	// dense/bias (3,) float32
	// dense/kernel (4, 3) float32
}
