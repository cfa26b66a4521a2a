// Package marks finds single characters in text: where the fields of a file may end.
package marks

// Seen says what a text holds.
type Seen uint8

const (
	// Upper is bytes that are not ASCII.
	Upper Seen = 1 << iota
	// Zero is zero bytes.
	Zero
	// Fourth is the fourth of the characters of Find.
	Fourth
)

// variant is one implementation of the kernel.
type variant struct {
	name string
	find func(masks []uint64, text []byte, a, b, c, d byte) uint8
}

var use = func() *variant {
	vs := variants()
	return vs[len(vs)-1]
}()

// group is how many characters one mask stands for.
const group = 64

// Find sets bit i%64 of masks[i/64] where byte i of a text is a, b or c, and no other bit. It returns the masks, in
// their memory where that is enough, and what else the text holds: zero bytes, bytes that are not ASCII, d.
func Find(masks []uint64, text []byte, a, b, c, d byte) ([]uint64, Seen) {
	n := (len(text) + group - 1) / group
	if cap(masks) < n {
		masks = make([]uint64, n)
	}
	masks = masks[:n]
	whole, seen := len(text)/group, Seen(0)
	if whole > 0 {
		seen = Seen(use.find(masks[:whole], text, a, b, c, d))
	}
	if whole < n {
		var rest [group]byte
		size := copy(rest[:], text[whole*group:])
		for i := size; i < group; i++ {
			rest[i] = rest[0] // says nothing new
		}
		seen |= Seen(use.find(masks[whole:], rest[:], a, b, c, d))
		masks[whole] &= 1<<size - 1
	}
	return masks, seen
}
