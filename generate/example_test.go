package generate_test

import (
	"fmt"

	"gorae/generate"
	"gorae/layer"
	"gorae/model"
	"gorae/prep/text"
)

// A language model goes on with a prompt: the network is asked for each character in turn.
func Example() {
	v, err := text.Fit([]string{"고래는 깊이 잠수한다"}, text.Spec{Unit: "character"})
	if err != nil {
		fmt.Println(err)
		return
	}
	m := model.Sequential(
		layer.Input{Shape: []int{20}, DType: "int32"},
		layer.Embedding{InputDim: v.Size(), OutputDim: 8},
		layer.GRU{Units: 16, ReturnSequences: true},
		layer.Dense{Units: v.Size(), Activation: "softmax"},
	)
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	// Here a training would follow: text.Stream is its data.
	w, err := generate.NewWriter(m, v, false, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	unknown, err := w.Prompt("고래는 크다")
	if err != nil {
		fmt.Println(err)
		return
	}
	n := 0
	for range 30 {
		s, err := w.Next()
		if err != nil {
			fmt.Println(err)
			return
		}
		n += len([]rune(s))
	}
	fmt.Printf("%d characters more, having passed over %q\n", n, unknown)
	// Output: 30 characters more, having passed over ["크"]
}
