package plot

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"gorae/chart"
)

// No word of a map hides another one or a dot, or is cut off, however close the dots are: 40 words in groups whose dots
// lie on each other, one of them in a corner.
func TestWordsApart(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	corners := [][2]float64{{0, 0}, {1, 0.9}, {0.3, 1}, {1, 0}}
	var words []chart.Word
	for i := range 40 {
		k := i % len(corners)
		words = append(words, chart.Word{X: corners[k][0] + 0.01*r.Float64(), Y: corners[k][1] + 0.01*r.Float64(),
			Text: []string{"harbour", "고래", "ox", "thunderstorm"}[r.IntN(4)], Kind: k})
	}
	f := figure{Title: "words", Large: true, Panels: []chart.Panel{{X: "first", Y: "second", Words: words}}}
	var b bytes.Buffer
	if err := f.png(&b); err != nil {
		t.Fatal(err)
	}
	keep(t, "words.png", b.Bytes())

	p := plot.New()
	addWords(p, words, drawn())
	c := draw.New(vgimg.New(8*vg.Inch, 6*vg.Inch))
	places := wordMap{words, drawn()}.places(c, p)
	for i, a := range places {
		if !contains(c.Rectangle, a.box) {
			t.Errorf("%s is cut off", words[i].Text)
		}
		for k, b := range places {
			if k != i && meet(a.box, b.box) {
				t.Errorf("%s hides %s", words[i].Text, words[k].Text)
			}
			if dot := boxAround(b.dot, vg.Points(wordDot), vg.Points(wordDot)); meet(a.box, dot) {
				t.Errorf("%s hides the dot of %s", words[i].Text, words[k].Text)
			}
		}
	}
}
