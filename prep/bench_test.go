package prep

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"gorae/data"
)

// BenchmarkTransforms fits a transform to 100,000 values and lays their features out; bytes are those of the values as
// text.
func BenchmarkTransforms(b *testing.B) {
	const rows = 100_000
	r := rand.New(rand.NewPCG(1, 2))
	number, size := data.Column{Name: "x", Numbers: make([]float64, rows)}, 0
	list := make([]string, rows)
	y := make([]float64, rows)
	for i := range rows {
		number.Numbers[i] = math.Exp(r.NormFloat64())
		list[i] = "category " + strconv.Itoa(r.IntN(1000))
		size += len(data.FormatNumber(number.Numbers[i])) + 1
		y[i] = r.NormFloat64()
	}
	word := wordColumn("x", list)
	in := Fitting{Targets: [][]float64{y}, Names: []string{"y"}}
	run := func(name string, c data.Column, s Spec) {
		b.Run(name, func(b *testing.B) {
			t := &data.Table{Name: "t", Header: true, Columns: []data.Column{c}, Rows: rows}
			b.SetBytes(int64(size))
			if c.Kind == data.Category {
				b.SetBytes(rows * 13)
			}
			for b.Loop() {
				f, _, err := fit(t, t, 0, s, in)
				if err != nil {
					b.Fatal(err)
				}
				p := &Pipeline{Columns: []Fitted{f}, Width: 1}
				if _, err := p.Apply(t); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, w := range Scales.Names() {
		s, err := Scales.Decode(w)
		if err != nil {
			b.Fatal(err)
		}
		run(w, number, Spec{Scale: s})
	}
	run("winsorize", number, Spec{Winsorize: 0.01})
	run("bins", number, Spec{Encode: KBins{}})
	for _, e := range []Encoder{TargetMean{}, Hash{Features: 16}, Ordinal{}} {
		run(Encoders.Word(e), word, Spec{Encode: e})
	}
}
