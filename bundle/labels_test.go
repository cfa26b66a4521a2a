package bundle_test

import (
	"bytes"
	"strings"
	"testing"

	"gorae/bundle"
)

// TestHostileLabels: a model file whose labels or thresholds are not those of its network is refused.
func TestHostileLabels(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	files, samples := trained(t)
	file, table := files[4], samples[4]
	prep := member(t, file, bundle.Member)
	if !strings.Contains(prep, `"classes":["cat","dog","person"]`) {
		t.Fatalf("no labels in %s", prep)
	}
	for _, c := range []struct{ from, to, want string }{
		{`["cat","dog","person"]`, `["cat","dog"]`, "thresholds of 2 labels"},
		{`"cat","dog",`, `"cat","cat",`, `the class "cat" twice`},
		{`"separator":"|"`, `"separator":"o"`, "is no label"},
		{`"task":"labels"`, `"task":"classification"`, "the task is classification"},
		{`"thresholds":[0.5`, `"thresholds":[7`, "is no probability"},
		{`"thresholds":[0.5,0.5,0.5]`, `"half":true`, ""},
		{`["cat","dog","person"],"separator":"|","thresholds":[0.5,0.5,0.5]`, `["cat","dog"],"separator":"|"`,
			"2 classes of tags, but the network gives 3 values"},
		{`"separator":"|",`, ``, "the columns or the targets are missing"},
	} {
		spoiled := strings.Replace(prep, c.from, c.to, 1)
		if spoiled == prep {
			t.Errorf("%q is not in %s", c.from, prep)
			continue
		}
		bad := changed(t, file, map[string]string{bundle.Member: spoiled})
		_, err := bundle.Read(bytes.NewReader(bad), int64(len(bad)), "f.keras")
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%q in place of %q: %v, want %q", c.to, c.from, err, c.want)
		}
		predict(t, file, member(t, file, "config.json"), spoiled, table)
	}
}
