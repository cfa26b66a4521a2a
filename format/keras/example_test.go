package keras_test

import (
	"bytes"
	"context"
	"fmt"
	"testing/fstest"

	"gorae/format/keras"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

func ExampleSave() {
	m := model.Sequential(
		layer.Input{Shape: []int{4}},
		layer.Dense{Units: 8, Activation: "relu"},
		layer.Dense{Units: 3, Activation: "softmax"},
	)
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	err := keras.Save(&file, m, keras.Member{Name: "my/classes.json",
		Data: []byte(`["setosa", "versicolor", "virginica"]`)})
	if err != nil {
		fmt.Println(err)
		return
	}
	n, members, err := keras.Load(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range n.Layers() {
		fmt.Println(l.Name())
	}
	fmt.Printf("%s: %s\n", members[0].Name, members[0].Data)
	// Output:
	// input_layer
	// dense
	// dense_1
	// my/classes.json: ["setosa", "versicolor", "virginica"]
}

// In a program the file system is an embed.FS: //go:embed model.keras.
func ExampleLoadFS() {
	m := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	copy(m.Store().Var("dense/kernel").Value.F32, []float32{2, 3})
	var file bytes.Buffer
	if err := keras.Save(&file, m); err != nil {
		fmt.Println(err)
		return
	}
	fsys := fstest.MapFS{"model.keras": {Data: file.Bytes()}}

	n, _, err := keras.LoadFS(fsys, "model.keras")
	if err != nil {
		fmt.Println(err)
		return
	}
	y, err := n.Predict(context.Background(), tensor.Of([]float32{10, 1, 1, 0}, 2, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(y[0].F32)
	// Output: [23 2]
}
