package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// plant is a fault that is planted in sound experiments.
type plant struct {
	kind  int // in the list of kinds
	name  string
	codes []string // acceptable names
	in    func(b *base) bool
	// structural faults are admitted whatever the figures say: a leak makes them better, a copy of a column leaves
	// them.
	structural bool
	// lost faults take information out of the file, which no change of the experiment brings back.
	lost  bool
	plant func(e *experiment)
}

// hidden lists the places of the layers with units but the last.
func (e *experiment) hidden() []int {
	var out []int
	for k, l := range e.layers[:len(e.layers)-1] {
		if strings.HasPrefix(l, "dense") || strings.HasPrefix(l, "conv") {
			out = append(out, k)
		}
	}
	return out
}

// key gives a layer a key in place of the one that it has.
func (e *experiment) key(k int, key, value string) {
	l := e.layers[k]
	if at := strings.Index(l, key+": "); at >= 0 {
		end := at + strings.IndexAny(l[at:], ",}")
		e.layers[k] = l[:at] + key + ": " + value + l[end:]
		return
	}
	e.layers[k] = strings.TrimSuffix(l, "}") + ", " + key + ": " + value + "}"
}

// all gives all hidden layers a key.
func (e *experiment) all(key, value string) {
	for _, k := range e.hidden() {
		e.key(k, key, value)
	}
}

// behind puts a layer behind each hidden one.
func (e *experiment) behind(layer string) {
	h := e.hidden()
	slices.Reverse(h)
	for _, k := range h {
		e.layers = slices.Insert(e.layers, k+1, layer)
	}
}

// units is the number of units of the last layer.
func (b *base) units() int {
	var n int
	if l := b.layers[len(b.layers)-1]; strings.Contains(l, "units: ") {
		fmt.Sscanf(l[strings.Index(l, "units: "):], "units: %d", &n)
	}
	return n
}

func (e *experiment) last() int { return len(e.layers) - 1 }

// numberOf is a value of a column as a number; missing ones are 0.
func numberOf(s string) float64 {
	v, _ := strconv.ParseFloat(s, 64)
	return v
}

// sorted puts the rows in the order of a column.
func (e *experiment) sorted(name string) {
	k := e.table.column(name)
	slices.SortStableFunc(e.table.rows, func(a, b []string) int {
		x, errX := strconv.ParseFloat(a[k], 64)
		y, errY := strconv.ParseFloat(b[k], 64)
		if errX != nil || errY != nil {
			return strings.Compare(a[k], b[k])
		}
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
}

// classes lists the classes of the target.
func (e *experiment) classes() []string {
	k := e.table.column(e.target)
	var out []string
	for _, r := range e.table.rows {
		if !slices.Contains(out, r[k]) {
			out = append(out, r[k])
		}
	}
	slices.Sort(out)
	return out
}

// score is the target as a number.
func (e *experiment) score(i int) float64 {
	v := e.table.rows[i][e.table.column(e.target)]
	if e.number {
		return numberOf(v)
	}
	return float64(slices.Index(e.classes(), v))
}

// drop leaves rows out.
func (e *experiment) drop(out func(i int) bool) {
	var rows [][]string
	for i, r := range e.table.rows {
		if !out(i) {
			rows = append(rows, r)
		}
	}
	e.table.rows = rows
}

// The bases that a plant can be put into.
func anyBase(*base) bool  { return true }
func column(b *base) bool { return b.kind == "table" && b.first != "" }
func classed(b *base) bool {
	return !b.number && !b.arrays && (b.kind == "table" || b.kind == "images")
}
func classedOrPictures(b *base) bool { return !b.number && (b.kind == "table" || b.kind == "images") }
func classedRows(b *base) bool       { return !b.number && (b.kind == "table" || b.kind == "text") }
func imagesOnly(b *base) bool        { return b.kind == "images" }
func pictures(b *base) bool          { return b.arrays }
func rowsOrPixels(b *base) bool      { return column(b) || b.kind == "images" && !b.arrays }
func two(b *base) bool               { return b.kind == "table" && b.units() == 1 && !b.number }
func several(b *base) bool           { return !b.number && !b.arrays }
func series(b *base) bool            { return b.kind == "series" }
func bends(b *base) bool             { return b.bent }
func numbers(b *base) bool           { return b.number }
func deep(b *base) bool              { return b.bent || b.kind == "images" && !b.arrays }
func notSeries(b *base) bool         { return b.kind == "table" || b.kind == "images" }
func withGood(b *base) bool          { return b.good != nil }

// effects are codes of what a bad training looks like, where no cause is to be seen.
var weak = []string{"result/underfit", "dynamics/stalled"}

func also(codes ...string) []string { return append(codes, weak...) }

// plants is the kinds of faults.
func plants() []plant { return append(commonPlants(), contentPlants()...) }

// commonPlants are faults of columns, parts, networks and trainings.
func commonPlants() []plant {
	rates := []string{"dynamics/rate-too-high", "dynamics/oscillation", "dynamics/not-finite", "activation/dead-units"}
	inits := []string{"network/huge-init", "gradient/exploding", "activation/saturated"}
	return []plant{
		{1, "unscaled column", []string{"data/unscaled-column"}, column, false, false, func(e *experiment) {
			e.table.each(e.first, func(_ int, v string) string { return number(numberOf(v)*1000 + 2000) })
			e.sets = append(e.sets, "data.features."+e.first+"=none")
		}},
		{2, "raw pixels", []string{"data/raw-pixels", "data/unscaled-column"}, pictures, false, false,
			func(e *experiment) {
				e.sets = append(e.sets, "data.features=none")
				e.optim = "{sgd: {learning_rate: 0.01}}"
			}},
		{3, "missing mark", []string{"data/missing-marker"}, column, true, true, func(e *experiment) {
			e.table.each(e.first, func(_ int, v string) string {
				if e.r.Float64() < 0.1 {
					return "-999"
				}
				return v
			})
		}},
		{4, "constant column", []string{"data/constant-column"}, column, true, false, func(e *experiment) {
			e.table.add("extra", func(int) string { return "7" })
			e.sets = append(e.sets, "data.features.extra=zscore")
		}},
		{5, "id-like column", []string{"data/id-like"}, column, true, false, func(e *experiment) {
			e.table.add("record", func(i int) string { return strconv.Itoa(100 + i) })
			e.sets = append(e.sets, "data.features.record=zscore")
		}},
		{6, "duplicate column", []string{"data/duplicate-column"}, column, true, false, func(e *experiment) {
			k := e.table.column(e.first)
			e.table.add("again", func(i int) string {
				if e.table.rows[i][k] == "" { // what is missing is missing in the copy
					return ""
				}
				return number(2.54 * numberOf(e.table.rows[i][k]))
			})
		}},
		{7, "target leak", []string{"data/target-leak"}, column, true, false, func(e *experiment) {
			var all []float64
			for i := range e.table.rows {
				all = append(all, e.score(i))
			}
			spread := slices.Max(all) - slices.Min(all)
			k := 0
			e.table.add("after", func(int) string {
				k++
				return number(all[k-1] + 0.01*spread*e.r.NormFloat64())
			})
		}},
		{8, "copied rows", []string{"split/copied-rows"}, column, true, false, func(e *experiment) {
			n := len(e.table.rows)
			for range n / 5 {
				e.table.rows = append(e.table.rows, slices.Clone(e.table.rows[e.r.IntN(n)]))
			}
			e.r.Shuffle(len(e.table.rows), func(i, j int) {
				e.table.rows[i], e.table.rows[j] = e.table.rows[j], e.table.rows[i]
			})
		}},
		{11, "imbalance", []string{"data/imbalance", "result/one-class"}, two,
			false, true,
			func(e *experiment) {
				c := e.classes()
				k := e.table.column(e.target)
				e.drop(func(i int) bool { return e.table.rows[i][k] == c[1] && e.r.Float64() > 0.07 })
				e.epochs = 12
			}},
		{12, "wrong labels", []string{"data/wrong-labels"}, classed, false, true, func(e *experiment) {
			c := e.classes()
			e.table.each(e.target, func(_ int, v string) string {
				if e.r.Float64() < 0.15 {
					return c[(slices.Index(c, v)+1+e.r.IntN(len(c)-1))%len(c)]
				}
				return v
			})
		}},
		{13, "conflicting labels", []string{"data/conflicting-labels", "data/wrong-labels"}, classed, true, true,
			func(e *experiment) {
				c := e.classes()
				k, n := e.table.column(e.target), len(e.table.rows)
				for range n / 5 {
					r := slices.Clone(e.table.rows[e.r.IntN(n)])
					r[k] = c[(slices.Index(c, r[k])+1)%len(c)]
					e.table.rows = append(e.table.rows, r)
				}
				e.r.Shuffle(len(e.table.rows), func(i, j int) {
					e.table.rows[i], e.table.rows[j] = e.table.rows[j], e.table.rows[i]
				})
			}},
		{14, "covariate shift", []string{"split/covariate-shift", "split/target-shift", "split/sorted"}, column,
			true, false, func(e *experiment) {
				e.sorted(e.first)
				e.head = strings.ReplaceAll(e.head, "split: {", "split: {by: time, ")
			}},
		{15, "target shift", []string{"split/target-shift", "split/sorted"}, classed, true, false, func(e *experiment) {
			c, k := e.classes(), e.table.column(e.target)
			slices.SortStableFunc(e.table.rows, func(a, b []string) int {
				return -strings.Compare(fmt.Sprint(a[k] == c[0]), fmt.Sprint(b[k] == c[0]))
			})
			e.head = strings.ReplaceAll(e.head, "split: {", "split: {by: time, ")
		}},
		{16, "sorted rows", []string{"split/sorted", "split/target-shift"}, rowsOrPixels,
			true, false, func(e *experiment) {
				e.sorted(e.target)
				e.head = strings.ReplaceAll(e.head, "split: {", "split: {by: time, ")
			}},
		{18, "too few rows", also("result/overfit", "result/no-better-than-baseline"), several, false, true,
			func(e *experiment) {
				e.table.rows = e.table.rows[:70]
			}},
		{32, "too many weights", []string{"result/overfit", "dynamics/trained-too-long"}, classedRows, false, true,
			func(e *experiment) {
				e.table.rows = e.table.rows[:min(len(e.table.rows), 120)]
				for _, k := range e.hidden() {
					e.key(k, "units", "512")
				}
				e.epochs, e.stop = 60, false
				e.head = strings.ReplaceAll(e.head, "validation: 0.2", "validation: 0")
			}},
		{44, "gradient through time", also("gradient/through-time", "result/no-better-than-baseline"), series, false,
			false, func(e *experiment) {
				e.head = strings.ReplaceAll(e.head, "window: ", "window: 1")
				e.layers = []string{"simple_rnn: {units: 8, activation: sigmoid}", e.layers[e.last()]}
			}},
		{19, "misaligned labels", also("result/overfit", "data/wrong-labels", "result/no-better-than-baseline"),
			classed, false, true,
			func(e *experiment) {
				k := e.table.column(e.target)
				e.r.Shuffle(len(e.table.rows), func(i, j int) {
					e.table.rows[i][k], e.table.rows[j][k] = e.table.rows[j][k], e.table.rows[i][k]
				})
			}},
		{26, "no activation", []string{"network/linear-stack"}, bends, false, false, func(e *experiment) {
			e.all("activation", "linear")
		}},
		{27, "relu and cross-entropy", []string{"network/activation-loss"}, classedOrPictures,
			false, false, func(e *experiment) {
				e.key(e.last(), "activation", "relu")
				loss := "sparse_categorical_crossentropy"
				if strings.Contains(e.layers[e.last()], "units: 1,") {
					loss = "binary_crossentropy"
				}
				e.train = "loss: " + loss + ", "
			}},
		{28, "bounded output", []string{"network/bounded-output"}, numbers, false, false, func(e *experiment) {
			e.key(e.last(), "activation", "sigmoid")
		}},
		{29, "squared error for classes", []string{"network/wrong-loss"}, classed, true, false, func(e *experiment) {
			e.train = "loss: mean_squared_error, "
		}},
		{31, "bottleneck", also("network/bottleneck", "result/no-better-than-baseline"), imagesOnly,
			false, false, func(e *experiment) {
				if e.arrays {
					e.layers = slices.Insert(e.layers, e.last(), "dense: {units: 1, activation: relu}")
					return
				}
				h := e.hidden()
				e.key(h[len(h)-1], "units", "1")
			}},
		{34, "constant first weights", []string{"network/constant-init"}, anyBase, false, false, func(e *experiment) {
			e.all("kernel_initializer", "zeros")
		}},
		{35, "huge first weights", inits, classedOrPictures,
			false, false, func(e *experiment) { e.all("kernel_initializer", "{random_normal: {stddev: 4}}") }},
		{36, "dropout 0.9", []string{"network/dropout"}, anyBase, false, false,
			func(e *experiment) { e.behind("dropout: 0.9") }},
		{37, "L2 of 1", []string{"network/over-regularized"}, anyBase, false, false, func(e *experiment) {
			e.all("kernel_regularizer", "{l2: {l2: 1}}")
		}},
		{39, "learning rate too high", append(rates, "gradient/exploding"), anyBase, false, false, func(e *experiment) {
			e.optim = "{adam: {learning_rate: 2}}"
		}},
		{39, "SGD 10", append(rates, "gradient/exploding"), anyBase, false, false, func(e *experiment) {
			e.optim = "{sgd: {learning_rate: 10}}"
		}},
		{40, "learning rate too low", []string{"dynamics/rate-too-low"}, anyBase, false, false, func(e *experiment) {
			e.optim = "{adam: {learning_rate: 1e-7}}"
		}},
		{41, "dead relu", []string{"activation/dead-units"}, anyBase, false, false, func(e *experiment) {
			e.all("bias_initializer", "{constant: {value: -10}}")
		}},
		{42, "twelve sigmoids", []string{"gradient/vanishing", "activation/saturated"}, deep, false, false,
			func(e *experiment) {
				end := e.layers[e.last()]
				e.layers = nil
				for range 12 {
					e.layers = append(e.layers, "dense: {units: 16, activation: sigmoid}")
				}
				e.layers = append(e.layers, end)
			}},
		{43, "exploding", append(inits, "dynamics/not-finite", "dynamics/rate-too-high"), anyBase, false, false,
			func(e *experiment) {
				e.behind("dense: {units: 16, activation: relu}")
				e.all("kernel_initializer", "{random_normal: {stddev: 3}}")
				e.optim = "{sgd: {learning_rate: 0.01}}"
			}},
		{45, "saturation", []string{"activation/saturated", "data/unscaled-column"}, column, false, false,
			func(e *experiment) {
				for _, n := range e.table.names {
					if n == e.target {
						continue
					}
					numeric := true
					for _, r := range e.table.rows {
						if _, err := strconv.ParseFloat(r[e.table.column(n)], 64); err != nil {
							numeric = false
						}
					}
					if numeric {
						e.table.each(n, func(_ int, v string) string { return number(200 * numberOf(v)) })
						e.sets = append(e.sets, "data.features."+n+"=none")
					}
				}
				e.all("activation", "tanh")
			}},
		{46, "oscillation", rates, notSeries, false, false,
			func(e *experiment) { e.optim, e.batch, e.stop, e.epochs = "{sgd: {learning_rate: 1}}", 4, false, 20 }},
		{47, "stalled", also("dynamics/rate-too-low"), anyBase, false, false, func(e *experiment) {
			e.optim = "{adadelta: {learning_rate: 0.0001}}"
		}},
		{48, "overfitting", []string{"result/overfit"}, classedRows, false, true,
			func(e *experiment) {
				for _, k := range e.hidden() {
					e.key(k, "units", "256")
				}
				e.table.rows = e.table.rows[:min(len(e.table.rows), 250)]
				e.epochs, e.stop = 150, false
				e.head = strings.ReplaceAll(e.head, "validation: 0.2", "validation: 0")
			}},
		// One unit may be dead from the first weights on: then that is the reason.
		{49, "underfitting", also("network/bottleneck", "dynamics/stopped-early", "activation/dead-units"), anyBase,
			false, false,
			func(e *experiment) {
				e.all("units", "1")
				if e.arrays {
					e.all("filters", "1")
				}
				e.epochs = 2
			}},
		{50, "not finite", []string{"dynamics/not-finite", "dynamics/rate-too-high"}, anyBase, true, false,
			func(e *experiment) {
				e.optim = "{sgd: {learning_rate: 1e30}}"
			}},
		{52, "one batch", []string{"dynamics/too-few-updates"}, anyBase, false, false, func(e *experiment) {
			e.batch, e.epochs = 4096, 10
		}},
		{53, "stopped early", also("dynamics/stopped-early"), anyBase, false, false,
			func(e *experiment) { e.epochs = 1 }},
		{54, "trained too long", []string{"dynamics/trained-too-long", "result/overfit"}, classedRows, true, false,
			func(e *experiment) { e.epochs, e.stop = 120, false }},
		{57, "good columns dropped", also("result/no-better-than-baseline"), withGood,
			false, true, func(e *experiment) {
				for _, n := range e.good {
					e.sets = append(e.sets, "data.features."+n+"=drop")
				}
			}},
	}
}

// among returns the bases that a plant is tried in: -most of those that can have it, one less where its harm
// need not be shown, others for each plant.
func (p *plant) among(of []base) (out []base) {
	for i := range of {
		if p.in(&of[i]) {
			out = append(out, of[i])
		}
	}
	n := *most
	if p.structural { // its harm need not be shown
		n = max(1, n-1)
	}
	if len(out) <= n {
		return out
	}
	k := slices.IndexFunc(plants(), func(q plant) bool { return q.name == p.name }) * n % len(out)
	return append(out[k:], out[:k]...)[:n]
}
