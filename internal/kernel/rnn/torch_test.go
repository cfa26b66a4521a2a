package rnn

import (
	"encoding/json"
	"os"
	"testing"

	"gorae/internal/kernel/gemm"
)

// TestTorch: forward, gradients and a step of gradient descent are PyTorch's
// (testdata/golden.py).
func TestTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []map[string]any
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	kind := map[string]Shape{"simple": {Cell: Simple}, "lstm": {Cell: LSTM}, "gru": {Cell: GRU, ResetAfter: true}}
	eachVariant(t, func(t *testing.T, v gemm.Variant) {
		for _, c := range cases {
			t.Run(c["cell"].(string), func(t *testing.T) {
				number := func(name string) int { return int(c[name].(float64)) }
				list := func(name string) (x []float64) {
					for _, v := range c[name].([]any) {
						x = append(x, v.(float64))
					}
					return x
				}
				in := func(name string) (x []float32) {
					for _, v := range list(name) {
						x = append(x, float32(v))
					}
					return x
				}
				s := standard(kind[c["cell"].(string)])
				s.Batch, s.Steps, s.In, s.Units, s.Sequences = number("batch"), number("steps"), number("in"),
					number("units"), true
				like := func(name string) []float32 { return dirty(len(list(name))) }
				a := Args{X: in("x"), Kernel: in("kernel"), Recurrent: in("recurrent"), Bias: in("bias"), H0: in("h0"),
					Y: like("y"), HT: like("hT"), DY: in("dy"), DHT: in("dhT"),
					DX: like("x"), DH0: like("h0"), DKernel: like("kernel"), DRecurrent: like("recurrent"),
					DBias: like("bias")}
				if s.Cell == LSTM {
					a.C0, a.CT, a.DCT, a.DC0 = in("c0"), like("cT"), in("dcT"), like("dc0")
				}
				fw, bw := newVariant(s, false, v), newVariant(s, true, v)
				a.Residual = dirty(bw.Residual())
				pass(fw, &a, ascending)
				pass(bw, &a, ascending)
				results := map[string][]float32{"y": a.Y, "hT": a.HT, "dx": a.DX, "dh0": a.DH0, "dkernel": a.DKernel,
					"drecurrent": a.DRecurrent, "dbias": a.DBias}
				if s.Cell == LSTM {
					results["cT"], results["dc0"] = a.CT, a.DC0
				}
				for name, got := range results {
					near(t, name, got, list(name), 1e-5)
				}
				rate := float32(c["rate"].(float64))
				for name, w := range map[string][2][]float32{"kernel": {a.Kernel, a.DKernel},
					"recurrent": {a.Recurrent, a.DRecurrent}, "bias": {a.Bias, a.DBias}} {
					for i := range w[0] {
						w[0][i] -= rate * w[1][i]
					}
					near(t, "the next "+name, w[0], list("next "+name), 1e-5)
				}
			})
		}
	})
}
