//go:build judge

package judge

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/format"
	"gorae/format/onnx"
)

// unwritten are the real models that ONNX cannot say, and what the error names.
var unwritten = map[string]string{"prep-integer-lookup": "hashing (hash)",
	"x-scan": `layer "onnx/Scan" computes in another way`}

// leftOut are real models whose files are right, but not for the samples or by the advice of this test.
var leftOut = map[string]string{
	"ts-stateful-lstm":     "its states are inputs, which samples do not have",
	"t-trans-causal-dyn23": "sequences have 16 steps at most, and samples 256 where the number is open",
	"k-gru-bi":             "its Loop is computed step by step: more nodes than weights (S13)",
	"k-prep":               "an input of its own is read by nothing (S6)",
}

// TestONNXReal: the real models of Keras and of ONNX's exporters that gorae opens are written as ONNX; the checker, the
// inference of shapes and check_writer.py accept every file, and ONNX Runtime computes what gorae computes.
func TestONNXReal(t *testing.T) {
	p := judge(t)
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		t.Skip("GORAE_SHARED is not set; its models are not there")
	}
	var paths []string
	for _, pattern := range []string{"models/real/*/model.keras", "onnx-models/*/model.onnx"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	dir := t.TempDir()
	written, named := 0, 0
	for name := range leftOut {
		t.Logf("%s is left out: %s", name, leftOut[name])
	}
	for _, path := range paths {
		file, err := format.Load(path)
		if err != nil {
			continue // the tests of the readers say which and why
		}
		name := filepath.Base(filepath.Dir(path))
		if leftOut[name] != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			to := filepath.Join(dir, name+".onnx")
			if why := unwritten[name]; why != "" {
				err := onnx.WriteFile(to, file.Model, onnx.Options{})
				if err == nil || !strings.Contains(err.Error(), why) {
					t.Errorf("error %v, want one that names %s", err, why)
				}
				named++
				return
			}
			inRuntime(t, p, file.Model, to, 2, onnx.Options{})
			written++
		})
	}
	t.Logf("%d files are written, %d are refused by name", written, named)
	if written < 140 || named != len(unwritten) {
		t.Errorf("%d written, %d refused", written, named)
	}
}
