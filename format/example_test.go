package format_test

import (
	"fmt"
	"os"
	"path/filepath"

	"gorae/format"
	_ "gorae/format/keras" // registers .keras
	"gorae/layer"
	"gorae/model"
)

// The import of gorae/format/keras registers that format; the extension chooses it.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	m := model.Sequential(layer.Input{Shape: []int{4}}, layer.Dense{Units: 3})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	path := filepath.Join(dir, "m.keras")
	classes := format.Member{Name: "my/classes", Data: []byte("setosa, versicolor, virginica")}
	if err := format.Save(path, &format.File{Model: m, Members: []format.Member{classes}}); err != nil {
		fmt.Println(err)
		return
	}
	f, err := format.Load(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	data, _ := f.Member("my/classes")
	fmt.Printf("%d parameters; %s\n", f.Model.Summary().Total, data)
	// Output: 15 parameters; setosa, versicolor, virginica
}
