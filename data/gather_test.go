package data

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// Whatever form a column's values take while they are gathered, they are spelled as they came.
func TestGatheredSpellsAsItCame(t *testing.T) {
	defer func(f int) { fewCoded = f }(fewCoded)
	some := []string{"0", "-0", "7", "-12", "+5", "007", ".5", "5.", "0.10", "-3.250", "00.5", "1e3", "NA", "-999", "",
		"123456789012345", "1234567890123456", "0.1234567890123456", "99999999.9999999", "-0.00", "yes", "1,5"}
	rapid.Check(t, func(t *rapid.T) {
		fewCoded = rapid.SampledFrom([]int{0, 50, 1 << 17}).Draw(t, "few")
		o := &CSVOptions{Missing: []string{"-999"}}
		if rapid.Bool().Draw(t, "typed") {
			o.Types = map[string]string{"a": typeText}
		}
		g := newGathered(o, "a", nil)
		g.values = rapid.IntRange(0, 400).Draw(t, "expected")
		var want []string
		for range rapid.IntRange(1, 6).Draw(t, "parts") {
			kind := rapid.IntRange(0, 3).Draw(t, "kind")
			var p piece
			for i := range rapid.IntRange(0, 300).Draw(t, "values") {
				s := "x" + strconv.Itoa(len(want)) // all different
				switch {
				case kind == 0:
					s = some[(i*7+len(want))%len(some)]
				case kind == 1:
					s = strconv.FormatFloat(float64(i)/8, 'f', i%4, 64)
				case kind == 2:
					s = "word " + strconv.Itoa(i%5)
				}
				want = append(want, s)
				p.text += s
				p.ends = append(p.ends, uint32(len(p.text)))
			}
			if rapid.Bool().Draw(t, "single") {
				for i := range p.ends {
					g.add(p.at(i))
				}
				continue
			}
			g.join(p)
		}
		got := g.spelling()
		if got.len() != len(want) {
			t.Fatalf("%d values, want %d", got.len(), len(want))
		}
		for i, s := range got.all() {
			if s != want[i] || got.at(i) != want[i] {
				t.Fatalf("value %d is spelled %q, want %q", i, s, want[i])
			}
		}
	})
}

// A column that is longer than the memory that was made for it is in one piece in the end, numbers bit by bit those of
// strconv and spelled as they came.
func TestGatheredGrows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	values := make([]string, 2*longPart+12345)
	for i := range values {
		values[i] = strconv.FormatFloat(r.NormFloat64()*1000, 'f', r.IntN(7), 64)
	}
	c := Infer("a", values)
	if c.Kind != Number || c.spelled.decimals == nil {
		t.Fatalf("the column is %v", c.Kind)
	}
	for i, s := range values {
		if v, _ := strconv.ParseFloat(s, 64); v != c.Numbers[i] || c.Spelling(i) != s {
			t.Fatalf("value %d is %v, spelled %q; want %s", i, c.Numbers[i], c.Spelling(i), s)
		}
	}
}
