package run_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorae/task"
)

// TestP9Remedies: what is named against overfitting is what the experiment does not use yet: of the chapter's remedies
// (regularise the parameters, dropout, batch normalisation) and early stopping; more data is always one.
func TestP9Remedies(t *testing.T) {
	const all = "a regularizer, dropout, batch normalization, early stopping, more data"
	without := func(words ...string) string {
		left := slices.DeleteFunc(strings.Split(all, ", "), func(s string) bool { return slices.Contains(words, s) })
		return strings.Join(left, ", ")
	}
	const stops = "early_stopping: 3"
	for _, c := range []struct{ model, callbacks, want string }{
		{"[dense: 3]", "", all},
		{"[dense: 3]", stops, without("early stopping")},
		{"[dense: {units: 3, kernel_regularizer: {l2: 0.01}}]", "", without("a regularizer")},
		{"[dense: {units: 3, activity_regularizer: {l1: 0.01}}]", "", without("a regularizer")},
		{"[activity_regularization: {l1: 0.1}, dense: 3]", "", without("a regularizer")},
		{"[dropout: 0.2, dense: 3]", "", without("dropout")},
		{"[gaussian_dropout: 0.2, dense: 3]", "", without("dropout")},
		{"[reshape: [4, 1], lstm: {units: 2, recurrent_dropout: 0.1}, dense: 3]", "", without("dropout")},
		{"[reshape: [4, 1], bidirectional: {layer: {gru: {units: 2, dropout: 0.1}}}, dense: 3]", "",
			without("dropout")},
		{"[reshape: [4, 1], lstm: {units: 2, dropout: 0}, dense: 3]", "", all},
		{"[batch_normalization, dense: 3]", stops, without("batch normalization", "early stopping")},
		{"[layer_normalization, dense: 3]", "", all},
		{"[dense: {units: 4, bias_regularizer: l2}, dropout: 0.5, batch_normalization, dense: 3]", stops, "more data"},
	} {
		p := open(t, fmt.Sprintf("data: {source: embed:iris}\nmodel: %s\ntrain: {callbacks: [%s]}\n", c.model,
			c.callbacks))
		if got := strings.Join(p.Remedies(), ", "); got != c.want {
			t.Errorf("%s with %q: %s, want %s", c.model, c.callbacks, got, c.want)
		}
	}
}

// TestUnproven: a network is unproven where it was compared and one of the verdicts is none of better.
func TestUnproven(t *testing.T) {
	for _, c := range []struct {
		verdicts []task.Verdict
		want     bool
	}{
		{nil, false},
		{[]task.Verdict{task.Better}, false},
		{[]task.Verdict{task.Better, task.Untold}, true},
		{[]task.Verdict{task.Worse}, true},
	} {
		var f task.Findings
		for _, v := range c.verdicts {
			f.Judge(v, "a sentence")
		}
		if f.Unproven() != c.want || len(f.Verdict) != len(c.verdicts) {
			t.Errorf("%v: %v", c.verdicts, f.Unproven())
		}
	}
}
