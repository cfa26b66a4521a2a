package tensor

import (
	"fmt"
	"strconv"
	"testing"
)

func TestString(t *testing.T) {
	var cases []golden
	readJSON(t, "print.json", &cases)
	for i, c := range cases {
		x := New(map[string]DType{"float32": Float32, "int32": Int32, "uint8": Uint8}[c.DType], c.Shape...)
		for k, s := range c.Values {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case x.F32 != nil:
				x.F32[k] = float32(v)
			case x.I32 != nil:
				x.I32[k] = int32(v)
			default:
				x.U8[k] = uint8(v)
			}
		}
		want := c.Text
		if got := x.String(); got != want {
			t.Errorf("case %d, %s %v:\ngot\n%s\nNumPy\n%s", i, c.DType, c.Shape, got, want)
		}
	}
	bad := &Tensor{Shape: Shape{2}}
	if got := bad.String(); got != "tensor(0 elements under shape (2,))" {
		t.Error(got)
	}
}

func ExampleTensor_String() {
	x := Of([]float32{1, 2.5, -3, 0.125, 5, 6}, 2, 3)
	fmt.Println(x)
	fmt.Println(x.Shape, x.DType())
	// Output:
	// [[ 1.     2.5   -3.   ]
	//  [ 0.125  5.     6.   ]]
	// (2, 3) float32
}
