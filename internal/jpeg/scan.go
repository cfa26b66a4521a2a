package jpeg

import (
	"fmt"
	"image/jpeg"
)

// band is what a scan brings of each block: coefficients first to last in zigzag order, from bit low on, and whether it
// refines what earlier scans brought (T.81 G.1.1.1).
type band struct {
	first, last int
	low         uint8
	refine      bool
}

// scan reads a scan, T.81 B.2.3.
func (d *decoder) scan(s []uint8) error {
	if d.channels == nil {
		return jpeg.FormatError("missing SOF marker")
	}
	if d.scans++; d.scans > maxScans {
		return jpeg.FormatError(fmt.Sprintf("more than %d scans", maxScans))
	}
	if len(s) < 1 || len(s) != 4+2*int(s[0]) || s[0] < 1 || int(s[0]) > len(d.channels) {
		return jpeg.FormatError("SOS has wrong length")
	}
	n := int(s[0])
	b := band{last: 63}
	if d.progressive {
		t := s[1+2*n:]
		high := t[2] >> 4
		b = band{int(t[0]), int(t[1]), t[2] & 15, high != 0}
		switch {
		case b.first == 0 && b.last != 0, b.first > b.last, b.last > 63:
			return jpeg.FormatError("bad spectral selection bounds")
		case b.first > 0 && n > 1:
			return jpeg.FormatError("progressive AC coefficients for more than one component")
		case b.refine && high != b.low+1, b.low > 13:
			return jpeg.FormatError("bad successive approximation values")
		}
	}
	cs := make([]*channel, n)
	blocks := 0
	for i := range cs {
		c, err := d.selected(s[1+2*i], s[2+2*i], b)
		if err != nil {
			return err
		}
		for _, other := range cs[:i] {
			if c == other {
				return jpeg.FormatError("repeated component selector")
			}
		}
		cs[i] = c
		c.horizontal, c.all = c.h, c.h*c.v
		blocks += c.all
	}
	if n > 1 && blocks > 10 {
		return jpeg.FormatError("total sampling factors too large")
	}
	return d.units(cs, b)
}

// selected is a channel of a scan, with its tables.
func (d *decoder) selected(id, tables uint8, b band) (*channel, error) {
	for i := range d.channels {
		c := &d.channels[i]
		if c.id != id {
			continue
		}
		dc, ac := tables>>4, tables&15
		if dc > 3 || d.baseline && dc > 1 {
			return nil, jpeg.FormatError("bad Td value")
		}
		if ac > 3 || d.baseline && ac > 1 {
			return nil, jpeg.FormatError("bad Ta value")
		}
		c.huffDC, c.huffAC = d.huff[0][dc], d.huff[1][ac]
		if b.first == 0 && !b.refine && c.huffDC == nil || b.last > 0 && c.huffAC == nil {
			return nil, jpeg.FormatError("uninitialized Huffman table")
		}
		if c.quant == nil { // the one of the first scan stays
			if c.quant = d.quant[c.table]; c.quant == nil {
				return nil, jpeg.FormatError("missing quantization table")
			}
		}
		size := c.stride * d.mcusY * c.v
		if d.progressive && c.coefficients == nil {
			c.coefficients = make([]block, size)
		}
		if !d.progressive && c.pix == nil {
			c.pix = make([]uint8, 64*size)
		}
		return c, nil
	}
	return nil, jpeg.FormatError("unknown component selector")
}

// units reads the blocks of a scan, MCU by MCU. Of one channel alone each block is an MCU, and those that hold nothing
// of the picture are missing (T.81 A.2.2).
func (d *decoder) units(cs []*channel, b band) error {
	wide, high := d.mcusX, d.mcusY
	if len(cs) == 1 {
		wide, high = cs[0].wide, cs[0].high
		cs[0].horizontal, cs[0].all = 1, 1
	}
	d.begin()
	count, restarts := 0, 0
	for y := range high {
		for x := range wide {
			if d.interval > 0 && count == d.interval {
				if err := d.restart(restarts); err != nil {
					return err
				}
				d.begin()
				count = 0
				restarts++
			}
			count++
			for _, c := range cs {
				for i := range c.all {
					bx, by := x*c.horizontal+i%c.horizontal, y*(c.all/c.horizontal)+i/c.horizontal
					if err := d.one(c, b, bx, by); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// begin is the state at the beginning of a scan and behind a restart.
func (d *decoder) begin() {
	d.bits, d.n, d.zeros, d.eobRun = 0, 0, 0, 0
	for i := range d.channels {
		d.channels[i].dc = 0
	}
}

// one reads block (x, y) of a channel.
func (d *decoder) one(c *channel, b band, x, y int) error {
	if !d.progressive {
		var k block
		d.sequential(c, &k)
		if err := d.sound(); err != nil {
			return err
		}
		inverse(&k, c.quant, c.pix[8*(8*y*c.stride+x):], 8*c.stride)
		return nil
	}
	k := &c.coefficients[y*c.stride+x]
	switch {
	case b.first == 0 && !b.refine:
		k[0] = int16(d.direct(c) << b.low)
	case b.first == 0:
		k[0] |= int16(d.get(1) << b.low)
	case !b.refine:
		d.firstBits(c.huffAC, k, b)
	default:
		d.nextBits(c.huffAC, k, b)
	}
	return d.sound()
}

// direct reads the DC coefficient, which is told by its difference from the last one (T.81 F.2.2.1).
func (d *decoder) direct(c *channel) int32 {
	n := d.symbol(c.huffDC)
	if n > 15 {
		d.wrong = true
		return 0
	}
	c.dc += d.extended(n)
	return c.dc
}

// sequential reads all coefficients of a block (T.81 F.2.2.2).
func (d *decoder) sequential(c *channel, k *block) {
	k[0] = int16(d.direct(c))
	for i := 1; i <= 63; i++ {
		v := d.symbol(c.huffAC)
		run, size := int(v>>4), v&15
		if size == 0 {
			if run != 15 {
				return
			}
			i += 15
			continue
		}
		i += run
		k[natural[i]] = int16(d.extended(size))
	}
}

// run reads how many blocks, this one included, have no more coefficients in the band (T.81 G.1.2.2, EOBn).
func (d *decoder) run(n int) int { return 1<<n + int(d.got(uint8(n))) }

// firstBits reads the upper bits of a band of AC coefficients (T.81 G.1.2.2).
func (d *decoder) firstBits(h *huffman, k *block, b band) {
	if d.eobRun > 0 {
		d.eobRun--
		return
	}
	for i := b.first; i <= b.last; i++ {
		v := d.symbol(h)
		run, size := int(v>>4), v&15
		if size == 0 {
			if run != 15 {
				d.eobRun = d.run(run) - 1
				return
			}
			i += 15
			continue
		}
		i += run
		k[natural[i]] = int16(d.extended(size) << b.low)
	}
}

// nextBits reads the next bit of a band of AC coefficients (T.81 G.1.2.3): those that are not 0 have one each, in
// between the codes of those that become ±1 in this bit.
func (d *decoder) nextBits(h *huffman, k *block, b band) {
	i := b.first
	for ; i <= b.last && d.eobRun == 0; i++ {
		v := d.symbol(h)
		skip, size := int(v>>4), v&15
		fresh := int16(0)
		switch {
		case size > 1:
			d.wrong = true
			return
		case size == 1:
			if fresh = 1 << b.low; d.got(1) == 0 {
				fresh = -fresh
			}
		case skip < 15:
			d.eobRun = d.run(skip)
		}
		if d.eobRun > 0 {
			break
		}
		i = d.correct(k, i, skip, b)
		if fresh != 0 {
			k[natural[i]] = fresh
		}
	}
	if d.eobRun > 0 {
		d.correct(k, i, -1, b)
		d.eobRun--
	}
}

// correct reads a bit for each coefficient from place i on that is not 0, and gives the place of the 0 that follows
// skip others, or the one behind the band.
func (d *decoder) correct(k *block, i, skip int, b band) int {
	for ; i <= b.last; i++ {
		v := &k[natural[i]]
		switch {
		case *v == 0:
			if skip == 0 {
				return i
			}
			skip--
		case d.get(1) == 0:
		case *v > 0:
			*v += 1 << b.low
		default:
			*v -= 1 << b.low
		}
	}
	return i
}
