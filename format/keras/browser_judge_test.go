//go:build judge

package keras_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gorae/format/keras"
	"gorae/tensor"
)

// TestBrowserJudge: TensorFlow.js 4.22 opens what SaveBrowser writes, and computes the same. GORAE_TFJS is a folder
// with its node_modules; see testdata/browser.cjs.
func TestBrowserJudge(t *testing.T) {
	modules := os.Getenv("GORAE_TFJS")
	if modules == "" {
		t.Skip("GORAE_TFJS is not set: TensorFlow.js is not here")
	}
	for name, m := range browserModels() {
		if err := m.Build(3); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := keras.SaveBrowser(filepath.Join(dir, "model.json"), m); err != nil {
			t.Fatal(err)
		}
		x := tensor.New(tensor.Float32, m.InputTypes(3)[0].Shape...)
		r := rand.New(rand.NewPCG(1, 2))
		for i := range x.F32 {
			x.F32[i] = float32(r.IntN(9))
		}
		text, err := json.Marshal([]map[string]any{{"shape": x.Shape, "values": x.F32}})
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "inputs.json"), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("node", "testdata/browser.cjs", modules, dir).Output()
		if err != nil {
			t.Errorf("%s: %v: %s", name, err, err.(*exec.ExitError).Stderr)
			continue
		}
		var theirs [][]float32
		if err := json.Unmarshal(out, &theirs); err != nil {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
		y, err := m.Predict(t.Context(), x)
		if err != nil || len(y) != len(theirs) {
			t.Fatalf("%s: %d outputs of %d; %v", name, len(theirs), len(y), err)
		}
		for k := range y {
			worst := 0.0
			for i, v := range y[k].F32 {
				worst = math.Max(worst, math.Abs(float64(v-theirs[k][i]))/(1+math.Abs(float64(v))))
			}
			if !(worst <= 1e-5) || len(theirs[k]) != len(y[k].F32) {
				t.Errorf("%s: output %d differs by %.2g", name, k, worst)
			}
			t.Logf("%s: output %d: %.2g", name, k, worst)
		}
	}
}
