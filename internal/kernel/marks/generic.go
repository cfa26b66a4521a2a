package marks

import "encoding/binary"

// generic is portable Go: eight characters at a time.
var generic = &variant{name: "generic", find: findGeneric}

const (
	ones  = 0x0101010101010101
	lower = 0x7f * ones
	upper = 0x80 * ones
)

// differ returns the upper bit of each byte of a word that is not a character of ASCII, which stands in all bytes of c.
// The word has no upper bits.
func differ(word, c uint64) uint64 { return (word ^ c) + lower }

func findGeneric(masks []uint64, text []byte, a, b, c, d byte) uint8 {
	as, bs, cs, ds := uint64(a)*ones, uint64(b)*ones, uint64(c)*ones, uint64(d)*ones
	high, zeros, fourths := uint64(0), uint64(0), uint64(0)
	for g := range masks {
		mask := uint64(0)
		for k := range 8 {
			word := binary.LittleEndian.Uint64(text[g*group+8*k:])
			w := word & lower
			high |= word
			zeros |= ^(w + lower | word) & upper
			fourths |= ^(differ(w, ds) | word) & upper
			found := ^(differ(w, as)&differ(w, bs)&differ(w, cs) | word) & upper
			// The product has the upper bits of the eight bytes side by side in its upper byte.
			mask |= found >> 7 * 0x0102040810204080 >> 56 << (8 * k)
		}
		masks[g] = mask
	}
	seen := Seen(0)
	if high&upper != 0 {
		seen |= Upper
	}
	if zeros != 0 {
		seen |= Zero
	}
	if fourths != 0 {
		seen |= Fourth
	}
	return uint8(seen)
}
