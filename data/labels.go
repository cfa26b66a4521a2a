package data

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gorae/internal/words"
)

// LabelsReport counts the labels of samples of which each may have several.
type LabelsReport struct {
	Labels  []ClassReport `json:"labels"`  // samples with each label, by falling count
	Without int           `json:"without"` // samples without a label
	Several int           `json:"several"` // samples with more than one
	Most    int           `json:"most"`    // labels of a sample, at most
	Pairs   []PairReport  `json:"pairs"`   // of the pairs of labels that occur together, the most frequent ones
}

// PairReport counts the samples with two labels.
type PairReport struct {
	First  string `json:"first"`
	Second string `json:"second"`
	Count  int    `json:"count"`
}

// mostPairs is the number of pairs of labels that a report has.
const mostPairs = 10

// CountLabels counts labels: labels lists those of each sample, by their place among the names.
func CountLabels(names []string, labels [][]int) *LabelsReport {
	r := &LabelsReport{Labels: make([]ClassReport, len(names))}
	pairs := map[[2]int]int{}
	for k, name := range names {
		r.Labels[k].Name = name
	}
	for _, list := range labels {
		switch {
		case len(list) == 0:
			r.Without++
		case len(list) > 1:
			r.Several++
		}
		r.Most = max(r.Most, len(list))
		list = slices.Sorted(slices.Values(list))
		for i, a := range list {
			r.Labels[a].Count++
			for _, b := range list[i+1:] {
				pairs[[2]int{a, b}]++
			}
		}
	}
	for p, n := range pairs {
		r.Pairs = append(r.Pairs, PairReport{names[p[0]], names[p[1]], n})
	}
	slices.SortFunc(r.Pairs, func(a, b PairReport) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.First, b.First), cmp.Compare(a.Second, b.Second))
	})
	r.Pairs = r.Pairs[:min(len(r.Pairs), mostPairs)]
	slices.SortStableFunc(r.Labels, func(a, b ClassReport) int { return b.Count - a.Count })
	return r
}

// text returns the report in lines; target is the name of the target.
func (l *LabelsReport) text(target string) string {
	var b strings.Builder
	list := func(n int, of func(i int) string) {
		for i := range n {
			if i == 20 {
				b.WriteString(", …")
				break
			}
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(of(i))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "\n%s: %d labels, up to %d of a sample: ", target, len(l.Labels), l.Most)
	list(len(l.Labels), func(i int) string {
		return fmt.Sprintf("%s %d", words.Clip(l.Labels[i].Name, 30), l.Labels[i].Count)
	})
	fmt.Fprintf(&b, "  samples without a label: %d; with more than one: %d\n", l.Without, l.Several)
	if len(l.Pairs) > 0 {
		b.WriteString("  labels together: ")
		list(len(l.Pairs), func(i int) string {
			p := l.Pairs[i]
			return fmt.Sprintf("%s and %s %d", words.Clip(p.First, 30), words.Clip(p.Second, 30), p.Count)
		})
	}
	return b.String()
}
