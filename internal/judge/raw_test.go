//go:build judge

package judge

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/format"
	_ "gorae/format/keras"
	"gorae/format/keras/rawinput"
	"gorae/task/image"
)

// rawLayers are layers of Keras that the preparation of a product must be, by its name.
var rawLayers = map[string][]string{"titanic": {"StringLookup", "CategoryEncoding", "Normalization"},
	"codes": {"Discretization"}, "text": {"TextVectorization"}, "pictures": {"Rescaling"}}

// rawProduct lets Keras predict from the raw columns of a CSV file, or from the pictures of a question, and compares
// that with the predictions of gorae.
func rawProduct(t *testing.T, p *python, b *bundle.Bundle, name string, q question, want map[string][]any) {
	t.Helper()
	f, notes, err := rawinput.File(b)
	if err != nil {
		t.Fatal(err)
	}
	raw := question{Do: "raw", Path: filepath.Join(filepath.Dir(q.Path), "raw.keras"), Name: q.Name, Named: q.Named}
	if _, ok := b.Fitted.(*image.Fitted); ok {
		for _, x := range q.Named {
			raw.Named = map[string]array{"image": x}
		}
	}
	if name == "sublinear" { // its features are an input
		return
	}
	if err := format.Save(raw.Path, f); err != nil {
		t.Fatal(err)
	}
	a := p.ask(t, raw)
	for _, l := range rawLayers[name] {
		if !slices.Contains(a.Words, l) {
			t.Errorf("Keras has no %s among %q", l, a.Words)
		}
	}
	if out := slices.ContainsFunc(notes, func(s string) bool { return strings.Contains(s, "has no layer") }); out !=
		(name == "hash" || name == "sublinear") {
		t.Errorf("notes: %q", notes)
	}
	y := a.Outputs[0].tensor()
	var classes []string
	for h := range want {
		if strings.HasPrefix(h, "p(") || strings.HasPrefix(h, "score(") {
			classes = append(classes, h)
		}
	}
	slices.Sort(classes)
	if len(classes) == 0 {
		classes = []string{"prediction"}
	}
	width := y.Shape[1]
	for k, h := range classes[len(classes)-width:] { // one output is that of the second class
		for i, v := range want[h] {
			w, ok := v.(float64)
			if !ok {
				w = float64(v.(float32))
			}
			if g := y.Float(i*width + k); !(math.Abs(g-w) <= 1e-5+1e-4*math.Abs(w)) {
				t.Fatalf("row %d: %s is %v in Keras, gorae has %v", i, h, g, w)
			}
		}
	}
}
