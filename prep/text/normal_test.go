package text

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// TestNormalForm: text is cut in Unicode normalization form C, units of jamo in form D. The expected
// strings follow Unicode Standard Annex #15 (figures 3 to 6) and, for Hangul, section 3.12 of the standard.
func TestNormalForm(t *testing.T) {
	for _, c := range []struct{ name, in, composed, decomposed string }{
		{"already composed", "한글 naïve", "한글 naïve", "\u1112\u1161\u11ab\u1100\u1173\u11af nai\u0308ve"},
		{"singleton", "\u212b\u2126", "\u00c5\u03a9", "A\u030a\u03a9"},
		{"accent", "cafe\u0301", "caf\u00e9", "cafe\u0301"},
		{"two marks, any order", "s\u0307\u0323", "\u1e69", "s\u0323\u0307"},
		{"blocked mark", "a\u0315\u0300\u05ae\u0300", "\u00e0\u05ae\u0300\u0315", "a\u05ae\u0300\u0300\u0315"},
		{"composition exclusion", "\u0958", "\u0915\u093c", "\u0915\u093c"},
		{"compatibility character stays", "\ufb01²", "\ufb01²", "\ufb01²"},
		{"leading and vowel jamo", "\u1100\u1161", "가", "\u1100\u1161"},
		{"syllable and trailing jamo", "가\u11a8", "각", "\u1100\u1161\u11a8"},
		{"syllable with a trailing jamo and another", "각\u11a8", "각\u11a8", "\u1100\u1161\u11a8\u11a8"},
		{"trailing base is no trailing jamo", "가\u11a7", "가\u11a7", "\u1100\u1161\u11a7"},
		{"leading jamo alone", "\u1100\u1100\u1161", "\u1100가", "\u1100\u1100\u1161"},
		{"compatibility jamo", "ㄱㅏ", "ㄱㅏ", "ㄱㅏ"},
		{"last syllable", "\u1112\u1175\u11c2", "힣", "\u1112\u1175\u11c2"},
		{"bytes that are not UTF-8", "a\xffe\u0301", "a\ufffd\u00e9", "a\ufffde\u0301"},
	} {
		if got := strings.Join(Spec{Unit: "character", Case: true}.Tokens(c.in), ""); got != c.composed {
			t.Errorf("%s: characters of %+q: got %+q, want %+q", c.name, c.in, got, c.composed)
		}
		if got := strings.Join(Spec{Unit: "jamo", Case: true}.Tokens(c.in), ""); got != c.decomposed {
			t.Errorf("%s: jamo of %+q: got %+q, want %+q", c.name, c.in, got, c.decomposed)
		}
	}
}

// composing draws text whose characters join: letters, combining marks, jamo, syllables, and others.
func composing() *rapid.Generator[string] {
	ranges := [][2]rune{
		{'a', 'z'}, {'A', 'E'}, {'0', '3'}, {0x0300, 0x0345}, {0x1100, 0x1112}, {0x1161, 0x1175}, {0x11a7, 0x11c2},
		{0xac00, 0xac20}, {0x0915, 0x0917}, {0x093c, 0x093c}, {0x09c7, 0x09d7}, {0x304b, 0x304f}, {0x3099, 0x309a},
		{0x1f40b, 0x1f40d},
	}
	// Of punctuation and blanks one at a time: the unit word does not keep runs of blanks.
	single := []rune(" .,'-!?(\"")
	character := rapid.Custom(func(t *rapid.T) rune {
		i := rapid.IntRange(0, len(ranges)).Draw(t, "range")
		if i == len(ranges) {
			return rapid.SampledFrom(single).Draw(t, "mark")
		}
		return rapid.RuneFrom(nil, runeTable(ranges[i])).Draw(t, "character")
	})
	return rapid.Custom(func(t *rapid.T) string {
		return string(rapid.SliceOfN(character, 1, 60).Draw(t,
			"characters"))
	})
}

// TestRoundTrip: for any text, decoding the ids gives back the normalised text for the units that keep
// every character, decoding id by id gives what decoding all ids gives, and encoding the decoded text
// gives the same ids.
func TestRoundTrip(t *testing.T) {
	for _, s := range []Spec{
		{Case: true, Marks: true}, {Unit: "character"}, {Unit: "jamo", Case: true},
		{Unit: "pair", Case: true, Words: 270},
	} {
		t.Run(s.unit(), rapid.MakeCheck(func(t *rapid.T) {
			text := composing().Draw(t, "text")
			v, err := Fit([]string{text, "a 가"}, s)
			if err != nil {
				t.Fatal(err)
			}
			ids := v.Encode(text)
			if slices.Contains(ids, Unknown) {
				t.Fatalf("%+q: a token of a training text is unknown: %v", text, ids)
			}
			together := v.Decode(ids)
			if want := s.normal(text); s.unit() != "word" && together != want {
				t.Fatalf("decoded %+q, want %+q", together, want)
			}
			if again := v.Encode(together); !slices.Equal(again, ids) {
				t.Fatalf("%+q encodes to %v, decoded and encoded again to %v", text, ids, again)
			}
			d := Decoder{Vocabulary: v}
			stream := ""
			for _, id := range ids {
				stream += d.Next(id)
			}
			if stream += d.Rest(); stream != together {
				t.Fatalf("id by id %+q, together %+q", stream, together)
			}
		}))
	}
}

func runeTable(r [2]rune) *unicode.RangeTable {
	if r[1] > 0xffff {
		return &unicode.RangeTable{R32: []unicode.Range32{{Lo: uint32(r[0]), Hi: uint32(r[1]), Stride: 1}}}
	}
	return &unicode.RangeTable{R16: []unicode.Range16{{Lo: uint16(r[0]), Hi: uint16(r[1]), Stride: 1}}}
}
