package prep

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/data"
)

func answers(list ...string) *data.Column {
	c := data.Infer("x", list)
	return &c
}

// TestLikert: answers of questionnaires and ranges of numbers come in their order; other words are none.
func TestLikert(t *testing.T) {
	for _, c := range []struct{ in, order, except string }{
		{"Agree|Strongly agree|neutral|Disagree|STRONGLY  DISAGREE", "STRONGLY  DISAGREE|Disagree|neutral|Agree|" +
			"Strongly agree", ""},
		{"Often|Never|Sometimes|Don't know", "Never|Sometimes|Often", "Don't know"},
		{"high|low|medium", "low|medium|high", ""},
		{"보통이다|매우 그렇다|전혀 그렇지 않다|그렇다|그렇지 않다", "전혀 그렇지 않다|그렇지 않다|보통이다|그렇다|매우 그렇다", ""},
		{"만족|불만족|매우 만족|보통|매우 불만족", "매우 불만족|불만족|보통|만족|매우 만족", ""},
		{"55+|18-24|25 to 34|35–54|under 18", "under 18|18-24|25 to 34|35–54|55+", ""},
		{"30대|20대|60세 이상|40~59세", "20대|30대|40~59세|60세 이상", ""},
		{"2학년|1학년|3학년", "1학년|2학년|3학년", ""},
		{in: "yes|no|maybe"},
		{in: "agree|disagree"},            // two
		{in: "never|agree|always|often"},  // of two scales
		{in: "good|bad|poor|very good"},   // bad and poor are one answer
		{in: "P0123|P0124|P0125"},         // codes
		{in: "10-2020|11-2020|12-2020-x"}, // no ranges
		{in: "5-3|9-2|8-8"},               // results
		{in: "red|green|blue|neutral"},
	} {
		order, except, ok := Likert(answers(strings.Split(c.in, "|")...))
		if c.order == "" {
			if ok {
				t.Errorf("%s: a scale %q", c.in, order)
			}
			continue
		}
		if got := strings.Join(order, "|"); !ok || got != c.order || strings.Join(except, "|") != c.except {
			t.Errorf("%s: %v %s, %q, want %s", c.in, ok, got, except, c.order)
		}
	}
}

// TestRanks: by hand. Of low, high, medium, high the ranks are 0, 2, 1, 2, their mean 5/4, their deviation √(11/16). A
// missing value, one outside of the order and a new one are 0.
func TestRanks(t *testing.T) {
	e := Ranks{Categories: []string{"low", "medium", "high"}, Except: []string{"unsure"}}
	c := answers("low", "high", "", "medium", "high", "unsure")
	s, err := e.Fit(&Fitting{Table: &data.Table{Name: "t", Columns: []data.Column{*c}, Rows: c.Len()}, Column: c})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	saved := e.Blank()
	if err := json.Unmarshal(b, saved); err != nil || saved.Check() != nil {
		t.Fatal(err, saved.Check())
	}
	saved.(categorical).prepare(nil)
	rows := answers("LOW", "medium", "high", "", "unsure", "none")
	row, err := saved.Bind(nil, rows)
	if err != nil {
		t.Fatal(err)
	}
	sd := math.Sqrt(11.0 / 16)
	want := []float64{-1.25 / sd, -0.25 / sd, 0.75 / sd, 0, 0, 0}
	for r := range rows.Len() {
		to := []float32{0}
		if err := row(to, r); err != nil || math.Abs(float64(to[0])-want[r]) > 1e-6 {
			t.Errorf("row %d: %v, want %v, %v", r, to[0], want[r], err)
		}
	}
	if !slices.Equal(saved.Names("x"), []string{"x"}) || saved.Width() != 1 {
		t.Error(saved.Names("x"), saved.Width())
	}
	c = answers("low", "hihg", "high")
	table := &data.Table{Name: "t.csv", Columns: []data.Column{*c}, Rows: 3}
	if _, err := e.Fit(&Fitting{Table: table, Column: c}); err == nil || !strings.Contains(err.Error(),
		`"hihg" is none of the categories in order; did you mean "high"?; add it to them`) {
		t.Error(err)
	}
	for _, bad := range []Ranks{{}, {Categories: []string{"a"}}, {Categories: []string{"a", "A"}},
		{Categories: []string{"a", "b"}, Except: []string{"b"}}} {
		if bad.Check() == nil {
			t.Errorf("%v is an order", bad)
		}
	}
}
