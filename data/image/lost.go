package image

import (
	"fmt"
	"math"

	"gorae/internal/words"
)

// fewLevels is how many of 256 levels are too few to tell much by: 4 bits. They are looked for in lostLook pictures.
const (
	fewLevels = 16
	lostLook  = 32
)

// lost says what pictures hold and samples do not, a line each: the lower 8 of 16 bits, and transparency.
func (f *Files) lost(s *Survey, o Options) []string {
	var lines []string
	if s.Deep > 0 && o.Bits == 8 {
		line := fmt.Sprintf("%s: %s 16 bits a channel, of which the upper 8 are read: 256 levels in place of 65536",
			f.Name, words.Count(s.Deep, "picture has", "pictures have"))
		if low, high, n := f.levels(o); n > 0 && high-low < fewLevels {
			line += fmt.Sprintf(". In the first %d only %s used, and what tells them apart may be lost", n,
				words.Count(high-low+1, "level is", "levels are"))
		}
		lines = append(lines, line+"; image: {bits: 16} keeps all")
	}
	if s.Alpha > 0 {
		lines = append(lines, fmt.Sprintf("%s: %s transparency, which is left out: the colours beneath it are seen",
			f.Name, words.Count(s.Alpha, "picture has", "pictures have")))
	}
	return lines
}

// levels are the least and greatest byte in the first n pictures of 16 bits that can be read.
func (f *Files) levels(o Options) (low, high, n int) {
	low = math.MaxUint8
	for i := range f.Len() {
		if n == lostLook {
			break
		}
		b, err := f.read(i)
		if err != nil {
			continue
		}
		info, err := Peek(b, o.MaxPixels)
		if err != nil || info.Bits != 16 {
			continue
		}
		p, err := Decode(b, 0, o.MaxPixels)
		if err != nil {
			continue
		}
		for _, v := range p.Pix {
			low, high = min(low, int(v)), max(high, int(v))
		}
		n++
	}
	return low, high, n
}
