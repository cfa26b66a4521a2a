package layer

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// TestKerasConfigs reads what Keras 3.15.1 serializes for a layer of each class at its defaults
// (testdata/configs.py), and writes it back: every class that Keras has is read, and each key that gorae writes has
// Keras's value.
func TestKerasConfigs(t *testing.T) {
	text, err := os.ReadFile("testdata/configs.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{"UGRNN": true, "PositionEmbedding": true, "TokenAndPositionEmbedding": true,
		"SinePositionEncoding": true} // gorae's own
	for _, theirs := range all {
		class := theirs["class_name"].(string)
		seen[class] = true
		l, err := Layers.Decode(theirs)
		if err != nil {
			t.Errorf("%s: %v", class, err)
			continue
		}
		written, err := json.Marshal(Layers.Encode(l))
		if err != nil {
			t.Fatal(err)
		}
		var ours map[string]any
		if err := json.Unmarshal(written, &ours); err != nil {
			t.Fatal(err)
		}
		if class != "InputLayer" { // a model writes it
			sameConfig(t, class, theirs["config"], ours["config"])
		}
	}
	for _, class := range Layers.Classes() {
		if !seen[class] {
			t.Errorf("testdata/configs.json has no %s", class)
		}
	}
}

// sameConfig compares the values of the keys that both have, in any depth. A list of one is its element, for Keras too.
func sameConfig(t *testing.T, at string, theirs, ours any) {
	t.Helper()
	list1, ok1 := theirs.([]any)
	list2, ok2 := ours.([]any)
	switch {
	case ok1 && ok2 && len(list1) == len(list2):
		for i := range list1 {
			sameConfig(t, at, list1[i], list2[i])
		}
		return
	case ok1 && !ok2 && len(list1) == 1:
		theirs = list1[0]
	case ok2 && !ok1 && len(list2) == 1:
		ours = list2[0]
	}
	a, ok1 := theirs.(map[string]any)
	b, ok2 := ours.(map[string]any)
	if !ok1 || !ok2 {
		if x, y := text(t, theirs), text(t, ours); x != y {
			t.Errorf("%s: Keras has %s, gorae %s", at, x, y)
		}
		return
	}
	for key, v := range a {
		w, both := b[key]
		if !both || slices.Contains([]string{"dtype", "name", "seed", "module", "registered_name"}, key) {
			continue
		}
		sameConfig(t, at+"."+key, v, w)
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
