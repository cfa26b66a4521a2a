package categories

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gorae/prep"
)

// fitted is a column with an encoding as a product saves it.
func fitted(e prep.Encoder, saved string) (*prep.Fitted, error) {
	c := &prep.Fitted{Spec: prep.Spec{Encode: e}, Encoded: e.Blank()}
	c.RawEncoded = json.RawMessage(saved)
	return c, json.Unmarshal(c.RawEncoded, c.Encoded)
}

// TestOf: tables by hand, of what products save.
func TestOf(t *testing.T) {
	for _, c := range []struct {
		e     prep.Encoder
		saved string
		want  Table
	}{
		{prep.OneHotEncoder{}, `{"levels": ["x", "y"]}`,
			Table{[]string{"x", "y"}, [][]float32{{1, 0}, {0, 1}}, []float32{0, 0}, []float32{0, 0}}},
		{prep.Ordinal{}, `{"levels": ["x", "y"]}`,
			Table{[]string{"x", "y"}, [][]float32{{1}, {2}}, []float32{0}, []float32{0}}},
		// (mean − shift) / divisor: (5 − 1)/2, (2 − 1)/2, of missing values (9 − 1)/2, of others (3 − 1)/2.
		{prep.TargetMean{}, `{"levels": ["x", "y"], "targets": [{"name": "t", "means": [5, 2, 9], "mean": 3, "shift": 1,
			"divisor": 2}]}`,
			Table{[]string{"x", "y"}, [][]float32{{2}, {0.5}}, []float32{1}, []float32{4}}},
	} {
		f, err := fitted(c.e, c.saved)
		if err != nil {
			t.Fatalf("%s: %v", c.saved, err)
		}
		got, ok := Of(f)
		if diff := cmp.Diff(c.want, got); !ok || diff != "" {
			t.Errorf("%s: %v %s", c.saved, ok, diff)
		}
	}
}

// TestHostile: what an encoding does not save is no table, and never a panic.
func TestHostile(t *testing.T) {
	_, err := fitted(prep.TargetMean{}, `{"levels": ["x", "y"], "targets": [{"means": [5], "mean": 3, "shift": 1,
		"divisor": 2}]}`)
	if err == nil || !strings.Contains(err.Error(), "target means of 1 values for 2 levels") {
		t.Errorf("means of one level for two: %v", err)
	}
	f, err := fitted(prep.OneHotEncoder{}, `{"levels": ["x"]}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{`{"levels": 3}`, `{"targets": "x"}`, `[`, ``} {
		f.RawEncoded = json.RawMessage(raw)
		if _, ok := Of(f); ok {
			t.Errorf("%s is a table", raw)
		}
	}
	if _, ok := Edges(f); ok {
		t.Error("a one-hot encoding has edges")
	}
}
