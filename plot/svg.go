package plot

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/vg/vgsvg"
)

// writeSVG writes a drawn canvas. Its text takes Liberation Sans or Arial of the viewer's machine, and the characters
// that these lack a font that the document carries, with only the characters that it uses, or one of the viewer's.
func writeSVG(w io.Writer, c *vgsvg.Canvas) error {
	var b strings.Builder
	if _, err := c.WriteTo(&b); err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	doc := strings.ReplaceAll(b.String(), "font-family:Liberation Sans;", "font-family:Liberation Sans,Arial,"+
		string(families[0])+",Noto Sans CJK KR,Malgun Gothic,sans-serif;")
	used := map[rune]bool{}
	for _, r := range doc {
		if k, _ := fontOf(r); k == 1 {
			used[r] = true
		}
	}
	if at := strings.Index(doc, "<g "); len(used) > 0 && at >= 0 {
		f, err := subset(hangul(), slices.Sorted(maps.Keys(used)))
		if err != nil {
			return fmt.Errorf("plot: %w", err)
		}
		doc = doc[:at] + "<style>@font-face{font-family:\"" + string(families[0]) + "\";src:url(data:font/ttf;base64," +
			base64.StdEncoding.EncodeToString(f) + ")}</style>\n" + doc[at:]
	}
	_, err := io.WriteString(w, doc)
	return err
}

// subset returns a TrueType font with the glyphs of characters of another, sorted and of the basic plane, and the glyph
// of a character that is absent. The glyphs of the font must not be made of others.
func subset(ttf []byte, characters []rune) ([]byte, error) {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, err
	}
	table := tables(ttf)
	glyphs := []int{0}
	for _, r := range characters {
		i, err := f.GlyphIndex(nil, r)
		if err != nil {
			return nil, err
		}
		glyphs = append(glyphs, int(i))
	}
	order := binary.BigEndian
	n := uint16(len(glyphs))
	head, hhea, maxp := slices.Clone(table["head"]), slices.Clone(table["hhea"]), slices.Clone(table["maxp"])
	long, metrics := order.Uint16(head[50:]) == 1, int(order.Uint16(hhea[34:]))
	order.PutUint16(head[50:], 1) // offsets of 32 bits
	order.PutUint16(hhea[34:], n)
	order.PutUint16(maxp[4:], n)
	var glyf, loca, hmtx []byte
	offset := func(i int) int {
		if long {
			return int(order.Uint32(table["loca"][4*i:]))
		}
		return 2 * int(order.Uint16(table["loca"][2*i:]))
	}
	for _, i := range glyphs {
		loca = order.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, table["glyf"][offset(i):offset(i+1)]...)
		glyf = append(glyf, make([]byte, -len(glyf)&3)...)
		// Glyphs beyond the last full metric have its advance, and bearings of their own behind the metrics.
		advance, bearing := 4*min(i, metrics-1), 4*i+2
		if i >= metrics {
			bearing = 4*metrics + 2*(i-metrics)
		}
		hmtx = append(append(hmtx, table["hmtx"][advance:advance+2]...), table["hmtx"][bearing:bearing+2]...)
	}
	loca = order.AppendUint32(loca, uint32(len(glyf)))
	return joined(map[string][]byte{
		"OS/2": table["OS/2"], "cmap": characterMap(characters), "glyf": glyf, "head": head, "hhea": hhea,
		"hmtx": hmtx, "loca": loca, "maxp": maxp, "name": table["name"], "post": table["post"],
	}), nil
}

// tables returns the tables of a TrueType font by name.
func tables(ttf []byte) map[string][]byte {
	out := map[string][]byte{}
	for k := range int(binary.BigEndian.Uint16(ttf[4:])) {
		entry := ttf[12+16*k:]
		at, n := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		out[string(entry[:4])] = ttf[at : at+n]
	}
	return out
}

// characterMap returns a cmap of format 4, with a segment for each character: character k has the glyph k + 1.
func characterMap(characters []rune) []byte {
	order := binary.BigEndian
	n := len(characters) + 1 // and the segment that ends the list
	var ends, starts, deltas []byte
	for k, r := range append(slices.Clone(characters), 0xFFFF) {
		ends = order.AppendUint16(ends, uint16(r))
		starts = order.AppendUint16(starts, uint16(r))
		delta := uint16(k + 1 - int(r))
		if k == n-1 {
			delta = 1 // glyph 0
		}
		deltas = order.AppendUint16(deltas, delta)
	}
	power, exponent := powerOfTwo(n)
	out := []byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12, 0, 4} // Windows, the basic plane, at byte 12: format 4
	for _, v := range []int{16 + 8*n, 0, 2 * n, 2 * power, exponent, 2 * (n - power)} {
		out = order.AppendUint16(out, uint16(v))
	}
	return slices.Concat(out, ends, []byte{0, 0}, starts, deltas, make([]byte, 2*n))
}

// powerOfTwo returns the greatest power of two that is not above n, and its exponent.
func powerOfTwo(n int) (power, exponent int) {
	for power = 1; 2*power <= n; power *= 2 {
		exponent++
	}
	return power, exponent
}

// joined returns the TrueType font of tables.
func joined(table map[string][]byte) []byte {
	order := binary.BigEndian
	power, exponent := powerOfTwo(len(table))
	head := []byte{0, 1, 0, 0}
	for _, v := range []int{len(table), 16 * power, exponent, 16 * (len(table) - power)} {
		head = order.AppendUint16(head, uint16(v))
	}
	var body []byte
	for _, name := range slices.Sorted(maps.Keys(table)) {
		t := slices.Concat(table[name], make([]byte, -len(table[name])&3))
		sum := uint32(0)
		for k := 0; k < len(t); k += 4 {
			sum += order.Uint32(t[k:])
		}
		head = append(head, name...)
		for _, v := range []int{int(sum), 12 + 16*len(table) + len(body), len(table[name])} {
			head = order.AppendUint32(head, uint32(v))
		}
		body = append(body, t...)
	}
	return append(head, body...)
}
