package supervised

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"gorae/data"
)

// TestLabelFigures compares precision, recall, F1 score and AUC of a label with scikit-learn, and the threshold that is
// chosen with the rule in NumPy: testdata/labels.py.
func TestLabelFigures(t *testing.T) {
	text, err := os.ReadFile("testdata/labels.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		P                                             []float32
		Has                                           []int
		Threshold, Precision, Recall, F1, AUC, Chosen float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 6 {
		t.Fatalf("%d cases", len(cases))
	}
	other := false
	for k, c := range cases {
		l := one{p: c.P}
		for _, v := range c.Has {
			l.has = append(l.has, v == 1)
		}
		table := l.counts(c.Threshold)
		for name, v := range map[string][2]float64{"precision": {table.precision(), c.Precision},
			"recall": {table.recall(), c.Recall}, "f1": {table.f1(), c.F1},
			"auc": {l.ranking().auc(data.Range(len(c.P))), c.AUC}} {
			if !(math.Abs(v[0]-v[1]) < 1e-12) {
				t.Errorf("case %d: %s is %v, scikit-learn has %v", k, name, v[0], v[1])
			}
		}
		if got := l.threshold(); got != c.Chosen {
			t.Errorf("case %d: the threshold is %v, want %v", k, got, c.Chosen)
		}
		other = other || c.Chosen != 0.5
	}
	if !other {
		t.Error("no case has another threshold than 0.5")
	}
}

// TestRepeatedRanking: the AUC of samples that repeat is that of the list that they make, by pairs.
func TestRepeatedRanking(t *testing.T) {
	l := one{p: []float32{.9, .8, .8, .3, .1}, has: []bool{true, false, true, true, false}}
	r := l.ranking()
	for _, rows := range [][]int{{0, 1, 2, 3, 4}, {0, 0, 1, 1, 1, 2}, {4, 3, 3}, {2, 1}, {0, 4, 4, 3, 1, 1}} {
		pairs, right := 0.0, 0.0
		for _, i := range rows {
			for _, j := range rows {
				if !l.has[i] || l.has[j] {
					continue
				}
				pairs++
				switch {
				case l.p[i] > l.p[j]:
					right++
				case l.p[i] == l.p[j]:
					right += 0.5
				}
			}
		}
		if got := r.auc(rows); got != right/pairs {
			t.Errorf("%v: %v, want %v", rows, got, right/pairs)
		}
	}
	if v := r.auc([]int{0, 0, 2}); !math.IsNaN(v) {
		t.Errorf("without a sample that lacks the label the AUC is %v", v)
	}
}
