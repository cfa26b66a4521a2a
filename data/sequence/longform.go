package sequence

import (
	"fmt"
	"slices"
	"strings"

	"gorae/data"
)

// ForTable returns how a table in long form is read for a network that was trained on sequences of another file, whose
// features have these names. The features are the columns of their names or, where a file gave none (c1, c2, …), as
// many columns of numbers in their order; target is the label's column, where there is one. Of the others the one
// called sequence or id, or else the first, tells sequences apart, and the one called step, or else the one behind the
// id, orders their rows. The note says what was taken for what.
func (r Reading) ForTable(t *data.Table, names []string, target string) (long Reading, note string, err error) {
	var rest []string // neither the label nor, where they go by their names, features
	known := !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(t.Names(), n) })
	for _, c := range t.Names() {
		if c != target && !(known && slices.Contains(names, c)) {
			rest = append(rest, c)
		}
	}
	shape := fmt.Sprintf("a table in long form has a column that tells sequences apart, one called step, and %s",
		strings.Join(names, ", "))
	lacks := slices.IndexFunc(names, func(n string) bool { return !slices.Contains(t.Names(), n) })
	switch {
	case !known && !numbered(names):
		return r, "", fmt.Errorf("%s: no column %q, a feature that the network was trained on; %s", t.Name,
			names[lacks], shape)
	case len(rest) == 0:
		return r, "", fmt.Errorf("%s: no column tells sequences apart; %s", t.Name, shape)
	}
	long = Reading{ID: pick(rest, "sequence", "id"), Features: names, Target: target, MayLack: r.MayLack}
	if long.ID == "" {
		long.ID = rest[0]
	}
	at := slices.Index(rest, long.ID)
	rest = slices.Delete(rest, at, at+1)
	// Behind the id, step by step, there are whole numbers or times.
	orders := func(name string) bool {
		c, err := t.Column(name)
		if err != nil || c.Kind == data.Number {
			return err == nil && counting(c) != nil
		}
		_, err = t.Time(name)
		return err == nil
	}
	numbers := func(names []string) (of []string) {
		for _, n := range names {
			if c, err := t.Column(n); err == nil && c.Kind == data.Number {
				of = append(of, n)
			}
		}
		return of
	}
	long.Step = pick(rest, "step")
	if long.Step == "" && at < len(rest) && next(t, long.ID) == rest[at] && orders(rest[at]) && (known ||
		len(numbers(rest[at+1:])) == len(names)) {
		long.Step = rest[at]
	}
	if !known {
		of := numbers(slices.DeleteFunc(slices.Clone(rest), func(n string) bool { return n == long.Step }))
		if len(of) != len(names) {
			return r, "", fmt.Errorf("%s: columns of numbers beside sequence, step and label: %d (%s), but the "+
				"network was trained on %d; %s",
				t.Name, len(of), strings.Join(of, ", "), len(names), shape)
		}
		long.Features = of
	}
	order := "they follow each other as they stand"
	if long.Step != "" {
		order = long.Step + " orders them"
	}
	return long, fmt.Sprintf("%s: read as steps of sequences: %s tells them apart, %s; the features are %s", t.Name,
		long.ID, order, strings.Join(long.Features, ", ")), nil
}

// numbered reports whether features are called c1, c2, …, as those are that a file does not name.
func numbered(names []string) bool {
	for i, n := range names {
		if n != fmt.Sprintf("c%d", i+1) {
			return false
		}
	}
	return true
}

// pick returns the first of names that is one of the words, in any capitals; "" if none is.
func pick(names []string, words ...string) string {
	for _, w := range words {
		if i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, w) }); i >= 0 {
			return names[i]
		}
	}
	return ""
}

// next returns the column behind another one.
func next(t *data.Table, name string) string {
	names := t.Names()
	if i := slices.Index(names, name) + 1; i < len(names) {
		return names[i]
	}
	return ""
}
