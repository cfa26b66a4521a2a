package marks

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Every variant finds what a search byte by byte finds.
func TestFind(t *testing.T) {
	best := use
	defer func() { use = best }()
	for _, v := range variants() {
		use = v
		t.Run(v.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				few := rapid.SampledFrom([]byte(",\n\"\rab 09\x00\x01\x7f\x80\x8a\xac\xff"))
				text := rapid.SliceOf(few).Draw(t, "text")
				text = bytes.Repeat(text, rapid.IntRange(0, 5).Draw(t, "times"))
				if rapid.Bool().Draw(t, "tame") {
					text = bytes.Map(func(r rune) rune {
						if r < ' ' || r > '~' {
							return 'x'
						}
						return r
					}, text)
				}
				before := rapid.IntRange(0, 40).Draw(t, "before")
				padded := append(make([]byte, before), text...) // at any address
				got, seen := Find([]uint64{7}[:1:1], padded[before:], ',', '\n', '"', '\r')
				want, is := make([]uint64, (len(text)+63)/64), Seen(0)
				for i, c := range text {
					switch {
					case c == ',' || c == '\n' || c == '"':
						want[i/64] |= 1 << (i % 64)
					case c == '\r':
						is |= Fourth
					case c == 0:
						is |= Zero
					case c >= 0x80:
						is |= Upper
					}
				}
				if !slices.Equal(got, want) || seen != is {
					t.Fatalf("%q: %x %b, want %x %b", text, got, seen, want, is)
				}
			})
		})
	}
}

func BenchmarkFind(b *testing.B) {
	text := bytes.Repeat([]byte("100000,C046370,2022-03-25,Dorvi,3.5\n"), 4000)
	var masks []uint64
	for _, v := range variants() {
		b.Run(v.name, func(b *testing.B) {
			best := use
			defer func() { use = best }()
			use = v
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				masks, _ = Find(masks, text, ',', '\n', '"', '\r')
			}
		})
	}
}
