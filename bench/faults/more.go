package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

func columnClasses(b *base) bool { return column(b) && !b.number }
func plainTexts(b *base) bool    { return b.kind == "text" && !strings.Contains(b.head, "ngrams") }
func pixelTables(b *base) bool   { return b.kind == "images" && !b.arrays }
func seasonal(b *base) bool      { return b.season }
func overlapping(b *base) bool   { return b.overlap }

// numeric reports whether all values of a column are numbers.
func (t *table) numeric(name string) bool {
	k := t.column(name)
	for _, r := range t.rows {
		if _, err := strconv.ParseFloat(r[k], 64); err != nil {
			return false
		}
	}
	return true
}

// key of the section series, in the head.
func (e *experiment) seriesKey(text string) {
	e.head = strings.Replace(e.head, "series: {", "series: {"+text+", ", 1)
}

// contentPlants are faults of what rows, pictures, texts and series hold.
func contentPlants() []plant {
	return []plant{
		{9, "group leak", []string{"split/group-leak"}, columnClasses, true, true, func(e *experiment) {
			const each = 6
			c, k := e.classes(), e.table.column(e.target)
			spread := make([]float64, len(e.table.names))
			for j, n := range e.table.names {
				if j != k && e.table.numeric(n) {
					var all []float64
					for _, r := range e.table.rows {
						all = append(all, numberOf(r[j]))
					}
					_, v := moments(all)
					spread[j] = math.Sqrt(v)
				}
			}
			var rows [][]string
			person := 0
			for _, r := range e.table.rows[:len(e.table.rows)/each] {
				person++
				label := r[k]
				if e.r.Float64() < 0.4 {
					label = c[e.r.IntN(len(c))]
				}
				for range each {
					row := slices.Clone(r)
					for j, s := range spread {
						if s == 0 {
							continue
						}
						row[j] = number(numberOf(row[j]) + 0.03*s*e.r.NormFloat64())
					}
					row[k] = label
					rows = append(rows, append([]string{"p" + strconv.Itoa(person)}, row...))
				}
			}
			e.table.names, e.table.rows = append([]string{"person"}, e.table.names...), rows
			e.sets = append(e.sets, "data.features.person=drop")
		}},
		{20, "unseen categories", []string{"split/unseen-categories"}, column, true, false, func(e *experiment) {
			n := len(e.table.rows)
			e.table.add("lot", func(i int) string { return "lot " + strconv.Itoa(12*i/n) })
			e.sets = append(e.sets, "data.features.lot=onehot")
			e.head = strings.ReplaceAll(e.head, "split: {", "split: {by: time, ")
		}},
		{21, "blank pictures", []string{"data/blank-pictures"}, pixelTables, true, true, func(e *experiment) {
			k := e.table.column(e.target)
			for i, r := range e.table.rows {
				if e.r.Float64() < 0.05 {
					row := slices.Repeat([]string{"0"}, len(r))
					row[k], e.table.rows[i] = r[k], row
				}
			}
		}},
		{22, "unknown words", []string{"data/unknown-words"}, plainTexts, false, false, func(e *experiment) {
			at := strings.Index(e.head, "words: ")
			e.head = e.head[:at] + "words: 14" + e.head[at+strings.Index(e.head[at:], ","):]
		}},
		{23, "cut texts", []string{"data/cut-texts"}, plainTexts, false, false, func(e *experiment) {
			at := strings.Index(e.head, "words: ")
			e.head = e.head[:at] + "words: 2000, length: 3" + e.head[at+strings.Index(e.head[at:], "}"):]
			e.layers = append([]string{"embedding: {input_dim: vocabulary, output_dim: 8}",
				"global_average_pooling1d: {}"}, e.layers[1:]...)
		}},
		{24, "trend", []string{"data/non-stationary"}, series, false, true, func(e *experiment) {
			n := float64(len(e.table.rows))
			var all []float64
			for _, r := range e.table.rows {
				all = append(all, numberOf(r[e.table.column(e.target)]))
			}
			_, v := moments(all)
			e.table.each(e.target, func(i int, s string) string {
				return number(numberOf(s) + 12*math.Sqrt(v)*float64(i)/n)
			})
			e.seriesKey("transform: {" + e.target + ": none}")
		}},
		{25, "window shorter than the season", []string{"data/short-window"}, seasonal, false, false,
			func(e *experiment) {
				at := strings.Index(e.head, "window: ")
				e.head = e.head[:at] + "window: 2" + e.head[at+strings.Index(e.head[at:], "}"):]
				e.seriesKey("transform: {" + e.target + ": none}")
			}},
		{33, "map of one place", []string{"network/collapsed-map"}, pictures, false, false, func(e *experiment) {
			e.behind("max_pooling2d: {pool_size: 4, padding: same}")
		}},
		{55, "batch normalization that lags", []string{"activation/batch-norm-mismatch"}, anyBase, false, false,
			func(e *experiment) {
				e.behind("batch_normalization: {momentum: 0.9999}")
				e.stop, e.epochs = false, 20
			}},
		{58, "copies the last value", []string{"network/copies-last-value", "data/non-stationary"}, series, true, true,
			func(e *experiment) {
				sum := 0.0
				e.table.each(e.target, func(int, string) string {
					sum += e.r.NormFloat64()
					return number(100 + sum)
				})
				at := strings.Index(e.head, "window: ")
				e.head = e.head[:at] + "window: 2" + e.head[at+strings.Index(e.head[at:], "}"):]
				e.seriesKey("transform: {" + e.target + ": none}")
			}},
		{59, "too sure", []string{"result/miscalibrated", "result/overfit"}, overlapping, true, false,
			func(e *experiment) {
				for _, k := range e.hidden() {
					e.key(k, "units", "128")
				}
				e.epochs, e.stop = 100, false
				e.head = strings.ReplaceAll(e.head, "validation: 0.2", "validation: 0")
			}},
		{60, "weak subgroup", []string{"result/weak-subgroup"}, columnClasses, true, true, func(e *experiment) {
			c, k := e.classes(), e.table.column(e.target)
			site := make([]bool, len(e.table.rows))
			for i, r := range e.table.rows {
				if site[i] = e.r.Float64() < 0.4; site[i] && e.r.Float64() < 0.8 {
					r[k] = c[e.r.IntN(len(c))]
				}
			}
			e.table.add("site", func(i int) string { return map[bool]string{true: "b", false: "a"}[site[i]] })
		}},
		{10, "time leak", []string{"split/time-leak"}, column, true, false, func(e *experiment) {
			e.table.add("day", func(i int) string {
				return fmt.Sprintf("20%02d-%02d-%02d", 10+i/336, 1+i/28%12,
					1+i%28)
			})
			e.head = strings.Replace(e.head, "source: SOURCE,", "source: SOURCE, time: day,", 1)
			e.sets = append(e.sets, "split.by=random")
		}},
	}
}
