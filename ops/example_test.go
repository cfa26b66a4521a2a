package ops_test

import (
	"context"
	"fmt"

	"gorae/model"
	"gorae/ops"
	"gorae/tensor"
)

// A functional model of operations: 1 − x, then the mean of the last two of each sample's three numbers.
func Example() {
	x := model.Input("x", 3)
	y := model.Apply(ops.Must("subtract", ops.Args{"x1": 1}), x)
	y = model.Apply(ops.Must("get_item", ops.Args{"key": []any{ops.Span(nil, nil), ops.Span(1, nil)}}), y)
	y = model.Apply(ops.Must("mean", ops.Args{"axis": 1}), y)
	m := model.New([]*model.Value{x}, []*model.Value{y})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	out, err := m.Predict(context.Background(), tensor.Of([]float32{0, 1, 2, 3, 4, 5}, 2, 3))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out[0].F32)
	// Output: [-0.5 -3.5]
}
