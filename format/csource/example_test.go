package csource_test

import (
	"fmt"
	"os"
	"strings"

	"gorae/format/csource"
	"gorae/layer"
	"gorae/model"
)

func Example() {
	m := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Base: layer.Base{Name: "dense"}, Units: 2,
		Activation: "relu"})
	m.Name = "tiny"
	if err := m.Build(1); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	for _, v := range m.Store().Vars() {
		for i := range v.Value.F32 {
			v.Value.F32[i] = float32(i) / 4
		}
	}
	var text strings.Builder
	report, err := csource.Write(&text, m, csource.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Printf("%d bytes of weights, %d of work space\n", report.Weights, report.RAM)
	_, function, _ := strings.Cut(text.String(), "#include <stdint.h>\n")
	function, _, _ = strings.Cut(function, "#ifdef")
	fmt.Println(strings.TrimSpace(function))
	// Output:
	// 32 bytes of weights, 0 of work space
	// #define TINY_X_SIZE 3
	// #define TINY_Y_SIZE 2
	//
	// void tiny_predict(const float *restrict x, float *restrict y);
	//
	// static const float dense_kernel[6] = {
	//     0.0f, 0.5f, 1.0f, 0.25f, 0.75f, 1.25f,
	// };
	//
	// static const float dense_bias[2] = {
	//     0.0f, 0.25f,
	// };
	//
	// void tiny_predict(const float *restrict x, float *restrict y)
	// {
	//     /* dense: relu */
	//     {
	//         for (int32_t i = 0; i < 2; i++) {
	//             float v1 = 0.0f;
	//             for (int32_t j = 0; j < 3; j++) {
	//                 v1 += x[j] * dense_kernel[i * 3 + j];
	//             }
	//             const float v2 = v1 + dense_bias[i];
	//             y[i] = v2 <= 0.0f ? 0.0f : v2;
	//         }
	//     }
	// }
}
