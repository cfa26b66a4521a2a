package main

import (
	"os"
	"strings"
	"testing"
)

// The columns of a table are explained in words, and with --output in tables and pictures; without targets there is no
// importance, and the reason is said.
func TestExplainColumns(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: embed:iris, target: species}\nmodel: [dense: {units: 3, activation: softmax}]\n"+
		"train: {epochs: 2, baselines: false}\n")
	if _, said, status := gorae("", "train", "e.yaml", "--out", "r", "--quiet"); status != 0 {
		t.Fatal(said)
	}
	out, said, status := gorae("", "explain", "r/model.keras", "--input", "embed:iris", "--row", "7", "--output", "x")
	if status != 0 {
		t.Fatal(said)
	}
	for _, want := range []string{"accuracy is ", " on 150 rows; where the values of a column are shuffled it is " +
		"worse by\n", "petal_width", "row 7: p(", "sepal_length = 4.6", "x/dependence.png\n", "x/row-7.csv\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	for name, first := range map[string]string{"importance.csv": "column,importance,deviation\n",
		"dependence.csv": "column,value,p(setosa),p(versicolor),p(virginica)\n", "row-7.csv": "column,value,p("} {
		if text := get(t, "x/"+name); !strings.HasPrefix(text, first) {
			t.Errorf("%s begins with %.60s", name, text)
		}
	}
	for _, name := range []string{"importance.png", "dependence.png", "row-7.png"} {
		if b, err := os.ReadFile("x/" + name); err != nil || !strings.HasPrefix(string(b), "\x89PNG") {
			t.Errorf("%s: %v", name, err)
		}
	}
	put(t, "new.csv", "sepal_length,sepal_width,petal_length,petal_width\n5,3,2,1\n6,3,4,2\n")
	if out, said, status = gorae("", "explain", "r/model.keras", "--input", "new.csv"); status != 0 ||
		!strings.Contains(out, `no importance of columns: target: new.csv: no column "species"`) {
		t.Errorf("status %d, %s%s", status, out, said)
	}
	for _, row := range []string{"-1", "3"} {
		if _, said, status = gorae("", "explain", "r/model.keras", "--input", "new.csv", "--row="+row); status == 0 ||
			!strings.Contains(said, "row") || strings.Count(said, "\n") != 1 {
			t.Errorf("--row %s: status %d, %s", row, status, said)
		}
	}
}
