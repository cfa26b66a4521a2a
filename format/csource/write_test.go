package csource

import (
	"io"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/model"
)

// text is the C file of a network.
func text(t *testing.T, o Options, layers ...layer.Layer) (string, Report) {
	t.Helper()
	m := model.Sequential(layers...)
	if err := m.Build(3); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	r, err := Write(&b, m, o)
	if err != nil {
		t.Fatal(err)
	}
	var again strings.Builder
	if _, err := Write(&again, m, o); err != nil || again.String() != b.String() {
		t.Errorf("the second file differs from the first (%v)", err)
	}
	return b.String(), r
}

// TestReport: constants and work space are counted by hand. Of an LSTM of 3 units over 4 steps whose last state is
// read, kernel 2·12, recurrent 3·12 and bias 12 are constant; the projection of all steps 4·12, both states 2·3, and of
// a step the sum of the gates 12 and both next states live at once.
func TestReport(t *testing.T) {
	s, r := text(t, Options{Name: "net"}, layer.Input{Shape: []int{4, 2}}, layer.LSTM{Units: 3})
	if want := 4 * (2*12 + 3*12 + 12); r.Weights != want {
		t.Errorf("%d bytes of constants, want %d", r.Weights, want)
	}
	if least, most := 4*(4*12+2*3+12+2*3), 4*(4*12+2*3+12+4*3); r.RAM < least || r.RAM > most {
		t.Errorf("%d bytes of work space, want %d to %d", r.RAM, least, most)
	}
	for _, want := range []string{"for (int32_t t0 = 0; t0 < 4; t0++) {", "#define NET_X_SIZE 8",
		"#define NET_Y_SIZE 3", "void net_predict(const float *restrict x, float *restrict y);"} {
		if !strings.Contains(s, want) {
			t.Errorf("the file lacks %q", want)
		}
	}
}

// TestReuse: arrays whose lifetimes do not meet share their place: of five layers of 100 numbers two are there at once.
func TestReuse(t *testing.T) {
	layers := []layer.Layer{layer.Input{Shape: []int{3}}}
	for range 5 {
		layers = append(layers, layer.Dense{Units: 100})
	}
	if _, r := text(t, Options{}, layers...); r.RAM != 2*100*4 {
		t.Errorf("%d bytes of work space, want %d", r.RAM, 2*100*4)
	}
}

// TestOpen: an open axis needs an extent.
func TestOpen(t *testing.T) {
	layers := []layer.Layer{layer.Input{Batch: []int{0, 0, 2}}, layer.GRU{Units: 2}}
	m := model.Sequential(layers...)
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(io.Discard, m, Options{}); err == nil || !strings.Contains(err.Error(), "leaves axis 1 open") {
		t.Errorf("the error is %v", err)
	}
	if s, _ := text(t, Options{Name: "n", Steps: 9}, layers...); !strings.Contains(s, "#define N__X_SIZE 18") {
		t.Error("the input has not 9 steps of 2 numbers")
	}
}

// TestRefused: what has no form in C is named, all at once.
func TestRefused(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{2}, DType: "int32"}, layer.Hashing{NumBins: 5, Output: "one_hot"})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(io.Discard, m, Options{}); err == nil || !strings.Contains(err.Error(), "hashing (hash)") {
		t.Errorf("the error is %v", err)
	}
}

// TestComments: names of layers, of models and lines of notes cannot end the comments that they stand in.
func TestComments(t *testing.T) {
	s, _ := text(t, Options{Notes: []string{"a */ int b; /*"}}, layer.Input{Shape: []int{2}},
		layer.Dense{Base: layer.Base{Name: "x*/y"}, Units: 2})
	if n := strings.Count(s, "*/"); n != strings.Count(s, "/*") || strings.Contains(s, "*/ int b") ||
		strings.Contains(s, "x*/y") {
		t.Errorf("%d comments end, %d begin", n, strings.Count(s, "/*"))
	}
}
