package golden

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// counts is the page docs/keras.md: the counts of each file, and all reasons.
func counts() string {
	var b strings.Builder
	b.WriteString(`# Compatibility with Keras

What gorae computes is held against numbers that Keras 3.15 computed on TensorFlow, a case for each combination of
arguments: outputs, masks, gradients and states of layers, losses, metrics, optimizers, callbacks, names and whole
trainings (` + "`internal/golden`" + `). This page is written by that test.

`)
	rows := [][]string{{"cases", "run", "passed", "depart", "refused by Keras", "listed", "unsupported"}}
	sums := make([]int, 6)
	for _, y := range tallies {
		row := []string{strings.TrimSuffix(y.file, ".jsonl")}
		for i, n := range []int{y.run, y.passed, y.departing, y.refused, total(y.listed), total(y.missing)} {
			row, sums[i] = append(row, fmt.Sprint(n)), sums[i]+n
		}
		rows = append(rows, row)
	}
	last := []string{"all"}
	for _, n := range sums {
		last = append(last, fmt.Sprint(n))
	}
	for i, row := range append(rows, last) {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			b.WriteString("|---|" + strings.Repeat("---:|", len(row)-1) + "\n")
		}
	}
	b.WriteString(`
*depart*: of those that passed, cases in which Keras's numbers depart from the published formula, and gorae follows the
formula; *listed*: cases that gorae answers otherwise, refuses, or leaves out. Reasons are below.

## Departures

`)
	for _, d := range departures {
		b.WriteString(item(fmt.Sprintf("%s (%d numbers or arrays)", d.reason, d.differ)))
	}
	b.WriteString("\n## Cases that are listed\n\n")
	reasons := map[string]int{}
	for _, y := range tallies {
		for why, n := range y.listed {
			reasons[why] += n
		}
	}
	for _, why := range slices.Sorted(maps.Keys(reasons)) {
		b.WriteString(item(fmt.Sprintf("%s (%d)", why, reasons[why])))
	}
	b.WriteString("\n## Unsupported classes\n\n")
	missing := map[string]int{}
	for _, y := range tallies {
		for class, n := range y.missing {
			missing[class] += n
		}
	}
	for _, class := range slices.Sorted(maps.Keys(unsupported)) {
		b.WriteString(item(fmt.Sprintf("%s: %s (%d)", class, unsupported[class], missing[class])))
	}
	return b.String()
}

// item is an item of a list, in lines of 120 columns.
func item(text string) string {
	var b strings.Builder
	line := "-"
	for _, w := range strings.Fields(text) {
		if utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > 120 {
			b.WriteString(line + "\n")
			line = " "
		}
		line += " " + w
	}
	return b.String() + line + "\n"
}
