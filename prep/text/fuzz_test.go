package text

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// FuzzVocabulary: a saved vocabulary is refused, or it encodes any text into ids that it has, writes them as text that
// is valid, and is read again from what is written of it.
func FuzzVocabulary(f *testing.F) {
	for _, s := range []Spec{{Words: 8, Length: 4}, {Unit: "jamo", Length: 6},
		{Words: 8, Output: "tfidf", Ngrams: 2, MaxDF: 0.9, SublinearTF: true},
		{Unit: "pair", Words: 270, Length: 5}, {Unit: "character", Output: "count"}, {Length: 3, Marks: true}} {
		v, err := Fit([]string{"고래는 깊이 잠수한다.", "A whale dives, a whale sings", "aaaa bbbb aaab"}, s)
		if err != nil {
			f.Fatal(err)
		}
		b, err := json.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b), "고래 whale, sings\xff", int32(5))
	}
	f.Fuzz(func(t *testing.T, saved, text string, id int32) {
		var v Vocabulary
		if json.Unmarshal([]byte(saved), &v) != nil || v.Width() > 1<<20 {
			return
		}
		ids := v.Encode(text)
		for _, id := range ids {
			if id < 0 || int(id) >= v.Size() {
				t.Fatalf("the id %d of %d", id, v.Size())
			}
		}
		known, _ := v.Known(text)
		if said := v.Decode(append(append(ids, known...), id)); !utf8.ValidString(said) && utf8.ValidString(saved) &&
			v.Spec.Unit == "pair" {
			t.Fatalf("%q", said)
		}
		v.Apply(make([]float32, v.Width()), text)
		written, err := json.Marshal(&v)
		if err != nil {
			t.Fatal(err)
		}
		var again Vocabulary
		if err := json.Unmarshal(written, &again); err != nil {
			t.Fatalf("%s is written as %s: %v", saved, written, err)
		}
		if again.Size() != v.Size() || again.Width() != v.Width() {
			t.Fatalf("%d ids of width %d, then %d of %d", v.Size(), v.Width(), again.Size(), again.Width())
		}
	})
}
