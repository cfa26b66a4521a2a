package text

import (
	"encoding/json"
	"strings"
	"testing"
)

// Words and marks become text again with blanks where people write them.
func TestMarks(t *testing.T) {
	for in, want := range map[string]string{
		"":                "",
		"Thar she blows!": "",
		"\"So,\" said he; \"well-known, and/or (not) 3.5 %.\" It costs $5, or [1,000]…": "\"So,\" said he; " +
			"\"well-known, and/or (not) 3.5%.\" It costs $5, or [1,000]…",
		"고래는 「깊이」 잠수하고, 노래한다. 정말?!":                       "",
		"“Call me Ishmael.” a snake_case `word` #1 @home": "",
		"word—word  and\n1 + 1 = 2 , then":                "word—word and 1 + 1 = 2, then",
		"- \u0300 well":                                   "", // a combining mark by itself does not join the dash
	} {
		if want == "" {
			want = in
		}
		v := fitted(t, []string{in, "x"}, Spec{Case: true, Marks: true})
		ids := v.Encode(in)
		d, got := Decoder{Vocabulary: v}, ""
		for _, id := range ids {
			got += d.Next(id)
		}
		if together := v.Decode(ids); got != want || together != want {
			t.Errorf("%q: one by one %q, together %q, want %q", in, got, together, want)
		}
	}
}

// What stands before decides on the first blank.
func TestMarksBegin(t *testing.T) {
	v := fitted(t, []string{`a whale , . " ( -`}, Spec{Marks: true})
	for _, c := range []struct{ before, text, want string }{
		{"", "whale", "whale"}, {"a", "whale", " whale"}, {"a ", "whale", "whale"}, {"a (", "whale", "whale"},
		{"a", ", whale", ", whale"},
		{`"a`, `" whale`, `" whale`}, {`"a" `, `"whale`, `"whale`}, {`"a"`, `"whale"`, ` "whale"`},
		{"a -", "whale", "whale"}, {"a\n", "whale", "whale"},
	} {
		d, got := Decoder{Vocabulary: v}, ""
		d.Begin(c.before)
		for _, id := range v.Encode(c.text) {
			got += d.Next(id)
		}
		if got != c.want {
			t.Errorf("%q behind %q: %q, want %q", c.text, c.before, got, c.want)
		}
	}
}

// A vocabulary that was saved before there were marks cuts and joins as it did.
func TestMarksSaved(t *testing.T) {
	old := `{"spec":{"case":true,"length":4},"tokens":["whale","a","dives"]}`
	var v Vocabulary
	if err := json.Unmarshal([]byte(old), &v); err != nil {
		t.Fatal(err)
	}
	ids, unknown := v.Known("a whale, dives.")
	if got := v.Decode(ids); got != "a whale dives" || len(unknown) != 0 {
		t.Errorf("%q, unknown %q", got, unknown)
	}
	d := Decoder{Vocabulary: &v}
	d.Begin("a (")
	if got := d.Next(ids[1]); got != " whale" {
		t.Errorf("%q", got)
	}
	b, err := json.Marshal(&v)
	if err != nil || strings.Contains(string(b), "marks") {
		t.Errorf("%s %v", b, err)
	}
	// With marks it is another one, and says so.
	w := fitted(t, []string{"a whale, dives."}, Spec{Marks: true})
	if b, err = json.Marshal(w); err != nil || !strings.Contains(string(b), `"marks":true`) {
		t.Errorf("%s %v", b, err)
	}
}
