package onnx

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
	"gorae/weight"
)

// leftOut are the node tests of known operators that gorae does not pass, and why.
var leftOut = map[string]string{
	"test_batchnorm_epsilon_training_mode":               "training",
	"test_batchnorm_example_training_mode":               "training",
	"test_training_dropout":                              "training",
	"test_training_dropout_default":                      "training",
	"test_training_dropout_default_mask":                 "training",
	"test_training_dropout_mask":                         "training",
	"test_identity_opt":                                  "no tensor",
	"test_identity_sequence":                             "no tensor",
	"test_lstm_with_peepholes":                           "peepholes",
	"test_maxpool_with_argmax_2d_precomputed_pads":       "places of the greatest",
	"test_maxpool_with_argmax_2d_precomputed_strides":    "places of the greatest",
	"test_reduce_max_empty_set":                          "the greatest of no elements",
	"test_resize_tf_crop_and_resize":                     "tf_crop_and_resize",
	"test_resize_tf_crop_and_resize_axes_2_3":            "tf_crop_and_resize",
	"test_resize_tf_crop_and_resize_axes_3_2":            "tf_crop_and_resize",
	"test_resize_tf_crop_and_resize_extrapolation_value": "tf_crop_and_resize",
}

// otherDomains are the operators of the node tests that no model for prediction has: losses and updates of weights.
var otherDomains = []string{"NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss", "ai.onnx.preview.training.Adagrad",
	"ai.onnx.preview.training.Adam", "ai.onnx.preview.training.Momentum"}

// TestNodes: the node tests of the ONNX project whose operator is known, but for those listed.
func TestNodes(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(shared(t, "onnx"), "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	passed := 0
	for line := range strings.Lines(string(index)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) < 3 || f[0] == "op" {
			continue
		}
		if slices.Contains(otherDomains, f[0]) {
			continue
		}
		err := checkNode(filepath.Join(shared(t, "onnx"), f[1]))
		switch why := leftOut[f[1]]; {
		case why == "" && err != nil:
			t.Errorf("%s: %v", f[1], err)
		case why != "" && err == nil:
			t.Errorf("%s passes and is listed as %s", f[1], why)
		case err == nil:
			passed++
		}
	}
	if t.Logf("%d passed, %d are left out", passed, len(leftOut)); passed < 400 {
		t.Errorf("only %d passed", passed)
	}
}

func checkNode(dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, "model.onnx"))
	if err != nil {
		return err
	}
	m, err := pb.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return err
	}
	p, err := newProgram(m)
	if err != nil {
		return err
	}
	sets, err := filepath.Glob(filepath.Join(dir, "test_data_set_*"))
	if err != nil || len(sets) == 0 {
		return fmt.Errorf("no data: %v", err)
	}
	for _, set := range sets {
		if err := checkSet(p, set); err != nil {
			return err
		}
	}
	return nil
}

// checkSet runs a program on a test set: floats as inputs, whole numbers as constants. The tolerance is that of ONNX,
// since some tests have numbers of four digits.
func checkSet(p *program, set string) error {
	trace := layer.NewTrace(false)
	store := weight.NewStore()
	s := layer.NewScope(trace, store, true)
	e := &graph.Evaluator{Leaves: map[string]*graph.Array{}}
	var out []*graph.Node
	err := graph.Catch(func() {
		var in []*value
		for i, end := range p.inputs {
			x, elem, err := tensorFile(filepath.Join(set, fmt.Sprintf("input_%d.pb", i)))
			if err != nil {
				s.Fail("%v", err)
			}
			if x == nil {
				s.Fail("no input %q", end.name)
			}
			v := &value{elem: elem}
			if x.DType() == tensor.Float32 && x.Shape.Size() > 1 && i == 0 {
				v.n = trace.Graph.Input(end.name, graph.Type{DType: tensor.Float32, Shape: x.Shape})
				e.Leaves[end.name] = graph.ArrayOf(x)
			} else {
				v.n = trace.Graph.Const(x)
			}
			in = append(in, v)
		}
		t := &tracer{program: p, scope: s, graph: trace.Graph, numbers: &graph.Evaluator{}}
		for _, y := range t.run(in) {
			out = append(out, y.node())
		}
	})
	if err != nil {
		return err
	}
	for name, v := range trace.Leaves {
		x, err := p.constants[v.Path].read()
		if err != nil {
			return err
		}
		e.Leaves[name] = graph.ArrayOf(x)
	}
	for i, y := range out {
		want, _, err := tensorFile(filepath.Join(set, fmt.Sprintf("output_%d.pb", i)))
		if err != nil {
			return err
		}
		got, err := e.Value(y)
		if err != nil {
			return err
		}
		if err := compare(got.Tensor(), want, 1e-3, 1e-6); err != nil {
			return fmt.Errorf("output %d: %w", i, err)
		}
	}
	return nil
}

func tensorFile(path string) (*tensor.Tensor, pb.Elem, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, err
	}
	x, err := pb.ReadTensor(b)
	if err != nil {
		return nil, 0, err
	}
	t, err := (&constant{tensor: x}).read()
	return t, x.Elem, err
}
