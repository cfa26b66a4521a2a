package supervised

import (
	"slices"
	"strings"

	"gorae/prep"
)

// names are what a baseline is called for classes and for numbers.
type names struct{ classes, numbers, labels string }

var (
	constantName = names{"majority class", "mean", "majority of each label"}
	linearName   = names{"logistic regression", "ridge regression", "logistic regression"}
)

// one is the name for one target.
func (n names) one(g *prep.Target) string {
	switch g.Task {
	case prep.Regression:
		return n.numbers
	case prep.Labels:
		return n.labels
	}
	return n.classes
}

// of is the name for all targets together.
func (n names) of(ts Targets) string {
	out := n.one(ts[0])
	for _, g := range ts {
		if n.one(g) != out {
			return n.several(ts)
		}
	}
	return out
}

// several is the names for targets of several kinds.
func (n names) several(ts Targets) string {
	var out []string
	for _, name := range []string{n.classes, n.labels, n.numbers} {
		if !slices.Contains(out, name) && slices.ContainsFunc(ts,
			func(g *prep.Target) bool { return n.one(g) == name }) {
			out = append(out, name)
		}
	}
	return strings.Join(out, " and ")
}
