package generate_test

import (
	"math"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"gorae/generate"
	"gorae/prep/text"
)

// TestU9Hangul writes Hangul by syllables and by jamo. Jamo are those of Unicode's form D, which the network reads and
// gives one by one; what comes out is composed, form C, also where the prompt ends within a syllable. No unit of the
// text occurs twice, so that the last one says the next.
func TestU9Hangul(t *testing.T) {
	const said = "큰 고래야"
	for _, c := range []struct {
		unit, prompt string
		units        int // of the text
		n            int // units that are written
		want         string
	}{
		{"character", "큰", 5, 4, " 고래야"},
		{"jamo", "큰", 10, 7, " 고래야"},
		{"jamo", norm.NFD.String("크"), 10, 8, "\u11ab 고래야"},
	} {
		v := vocabulary(t, said, text.Spec{Unit: c.unit})
		units := v.Spec.Tokens(said)
		if len(units) != c.units {
			t.Fatalf("%s: %d units of %q, want %d", c.unit, len(units), said, c.units)
		}
		table := make([][]float32, v.Size())
		for i := range table {
			table[i] = make([]float32, v.Size())
		}
		for i, u := range units[:len(units)-1] {
			table[v.Encode(u)[0]][v.Encode(units[i+1])[0]] = 30
		}
		w, err := generate.NewWriter(chain(t, 4, table, "softmax"), v, false, 1)
		if err != nil {
			t.Fatal(err)
		}
		w.Temperature = 0
		if unknown, err := w.Prompt(c.prompt); err != nil || unknown != nil {
			t.Fatal(unknown, err)
		}
		got := write(t, w, c.n)
		if got != c.want || norm.NFC.String(c.prompt+got) != said {
			t.Errorf("%s: %+q after %+q, want %+q", c.unit, got, c.prompt, c.want)
		}
	}
}

// TestU9 draws syllables with the probabilities .5, .3 and .2 in 4,000 steps: by temperature t they come in proportion
// to p^(1/t), among the two likeliest as 5 to 3, in the nucleus of .6 as these, in that of .45 the first alone.
func TestU9(t *testing.T) {
	v := vocabulary(t, "가가가나나다", text.Spec{Unit: "character"})
	row := []float32{0, 0, 0.5, 0.3, 0.2} // padding, unknown, 가, 나, 다
	m := chain(t, 3, [][]float32{row, row, row, row, row}, "linear")
	for _, c := range []struct {
		temperature float64
		k           int
		p           float64
		want        [3]float64
	}{
		{1, 0, 0, [3]float64{0.5, 0.3, 0.2}},
		{0.5, 0, 0, [3]float64{0.25 / 0.38, 0.09 / 0.38, 0.04 / 0.38}},
		{0, 0, 0, [3]float64{1, 0, 0}},
		{1, 2, 0, [3]float64{0.625, 0.375, 0}},
		{1, 0, 0.6, [3]float64{0.625, 0.375, 0}},
		{1, 0, 0.45, [3]float64{1, 0, 0}},
		{1, 0, 1, [3]float64{0.5, 0.3, 0.2}},
		{0.5, 3, 0.7, [3]float64{0.25 / 0.34, 0.09 / 0.34, 0}},
	} {
		w, err := generate.NewWriter(m, v, false, 5)
		if err != nil {
			t.Fatal(err)
		}
		w.Temperature, w.TopK, w.TopP = c.temperature, c.k, c.p
		got := write(t, w, 4000)
		for i, syllable := range []string{"가", "나", "다"} {
			share, want := float64(strings.Count(got, syllable))/4000, c.want[i]
			if math.Abs(share-want) > 4*math.Sqrt(want*(1-want)/4000) {
				t.Errorf("temperature %v, top-k %d, top-p %v: %s is %.3f of the text, want %.3f", c.temperature, c.k,
					c.p, syllable, share, want)
			}
		}
	}
}
