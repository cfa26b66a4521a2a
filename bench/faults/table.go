package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gorae/data/source"
)

// table is rows of text under a header.
type table struct {
	names []string
	rows  [][]string
}

// column returns the place of a column.
func (t *table) column(name string) int {
	for k, n := range t.names {
		if n == name {
			return k
		}
	}
	panic("no column " + name)
}

// add adds a column.
func (t *table) add(name string, value func(i int) string) {
	t.names = append([]string{name}, t.names...)
	for i, r := range t.rows {
		t.rows[i] = append([]string{value(i)}, r...)
	}
}

// each changes a column.
func (t *table) each(name string, change func(i int, v string) string) {
	k := t.column(name)
	for i := range t.rows {
		t.rows[i][k] = change(i, t.rows[i][k])
	}
}

func (t *table) clone() *table {
	out := &table{names: append([]string(nil), t.names...)}
	for _, r := range t.rows {
		out.rows = append(out.rows, append([]string(nil), r...))
	}
	return out
}

func (t *table) write(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	if err := w.WriteAll(append([][]string{t.names}, t.rows...)); err != nil {
		return err
	}
	return f.Close()
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// rings is three classes in rings, with features that say nothing.
func rings(n, noise int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 1))
	t := &table{names: []string{"u", "v"}}
	for k := range noise {
		t.names = append(t.names, fmt.Sprintf("n%d", k))
	}
	t.names = append(t.names, "kind")
	for range n {
		class := r.IntN(3)
		radius, angle := 1+1.2*float64(class)+0.22*r.NormFloat64(), 2*math.Pi*r.Float64()
		row := []string{number(radius * math.Cos(angle)), number(radius * math.Sin(angle))}
		for range noise {
			row = append(row, number(r.NormFloat64()))
		}
		t.rows = append(t.rows, append(row, []string{"inner", "middle", "outer"}[class]))
	}
	return t
}

// friedman is Friedman's first function of five of eight features, with noise.
func friedman(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 2))
	t := &table{names: []string{"x1", "x2", "x3", "x4", "x5", "x6", "x7", "y"}}
	for range n {
		x := make([]float64, 7)
		row := make([]string, 0, 8)
		for k := range x {
			x[k] = r.Float64()
			row = append(row, number(x[k]))
		}
		y := 10*math.Sin(math.Pi*x[0]*x[1]) + 20*(x[2]-0.5)*(x[2]-0.5) + 10*x[3] + 5*x[4] + noise*r.NormFloat64()
		t.rows = append(t.rows, append(row, number(y)))
	}
	return t
}

// spirals is two classes that no line parts.
func spirals(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 3))
	t := &table{names: []string{"a", "b", "c", "d", "side"}}
	for i := range n {
		side := i % 2
		at := 0.5 + 2.2*math.Sqrt(r.Float64())
		turn := at*1.6 + math.Pi*float64(side)
		t.rows = append(t.rows, []string{number(at*math.Cos(turn) + noise*r.NormFloat64()),
			number(at*math.Sin(turn) + noise*r.NormFloat64()), number(r.NormFloat64()), number(r.NormFloat64()),
			[]string{"left", "right"}[side]})
	}
	r.Shuffle(n, func(i, j int) { t.rows[i], t.rows[j] = t.rows[j], t.rows[i] })
	return t
}

// xor is two classes by the sign of a product, and a category.
func xor(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 4))
	t := &table{names: []string{"p", "q", "r", "s", "shop", "bought"}}
	for range n {
		p, q, s := r.NormFloat64(), r.NormFloat64(), r.IntN(4)
		score := p*q + 0.5*float64(s-1) + noise*r.NormFloat64()
		word := "no"
		if score > 0 {
			word = "yes"
		}
		t.rows = append(t.rows, []string{number(p), number(q), number(r.NormFloat64()), number(r.ExpFloat64()),
			[]string{"north", "east", "south", "west"}[s], word})
	}
	return t
}

// wave is a series with a season and a memory.
func wave(n, season int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 5))
	t := &table{names: []string{"hour", "load"}}
	e := 0.0
	for i := range n {
		e = 0.6*e + r.NormFloat64()
		phase := 2 * math.Pi * float64(i) / float64(season)
		y := 20 + 5*math.Sin(phase) + 3*math.Cos(2*phase)*math.Sin(phase/2) + 0.8*e
		t.rows = append(t.rows, []string{strconv.Itoa(i), number(y)})
	}
	return t
}

// reviews is made texts for and against, of words that say which and of words that do not.
func reviews(n int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 6))
	good := strings.Fields("fine lovely great bright warm clever charming superb moving honest")
	bad := strings.Fields("dull awful poor weak cold clumsy boring stale hollow false")
	other := strings.Fields("film story actor scene music camera plot end start hour house city road night day man " +
		"woman " +
		"child dog train war sea rain letter table door glass voice hand face")
	t := &table{names: []string{"text", "label"}}
	for range n {
		side := r.IntN(2)
		var words []string
		for range 8 + r.IntN(10) {
			switch v := r.Float64(); {
			case v < 0.12:
				words = append(words, [][]string{bad, good}[side][r.IntN(10)])
			case v < 0.16:
				words = append(words, [][]string{good, bad}[side][r.IntN(10)])
			default:
				words = append(words, other[r.IntN(len(other))])
			}
		}
		t.rows = append(t.rows, []string{strings.Join(words, " "), []string{"against", "for"}[side]})
	}
	return t
}

// file reads a table of the shared folder, or an embedded sample.
func file(path string, most int) func() (*table, error) {
	return func() (*table, error) {
		at := path
		if !strings.HasPrefix(path, "embed:") {
			at = filepath.Join(os.Getenv("GORAE_SHARED"), "data", filepath.FromSlash(path))
		}
		s, err := source.Open(at, source.Options{})
		if err != nil {
			return nil, err
		}
		t := &table{names: s.Table.Names()}
		n := s.Table.Rows
		step := 1
		if most > 0 {
			step = max(1, n/most)
		}
		for i := 0; i < n && (most == 0 || len(t.rows) < most); i += step {
			var row []string
			for k := range s.Table.Columns {
				row = append(row, s.Table.Columns[k].Text(i))
			}
			t.rows = append(t.rows, row)
		}
		return t, nil
	}
}

func made(t *table) func() (*table, error) {
	return func() (*table, error) { return t.clone(), nil }
}

// plain reads rows of numbers without names, the target last.
func plain(path string, skip int, classes bool, most int) func() (*table, error) {
	return func() (*table, error) {
		f, err := os.Open(filepath.Join(os.Getenv("GORAE_SHARED"), "data", filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r := csv.NewReader(f)
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			return nil, err
		}
		t := &table{rows: rows[skip:]}
		if most > 0 && len(t.rows) > most {
			t.rows = t.rows[:most]
		}
		for k := range len(t.rows[0]) - 1 {
			t.names = append(t.names, fmt.Sprintf("f%d", k+1))
		}
		t.names = append(t.names, "y")
		if classes {
			t.each("y", func(_ int, v string) string { return "class " + v })
		}
		r2 := rand.New(rand.NewPCG(1, 9))
		r2.Shuffle(len(t.rows), func(i, j int) { t.rows[i], t.rows[j] = t.rows[j], t.rows[i] })
		return t, nil
	}
}
