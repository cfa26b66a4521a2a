package jpeg

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"io"
)

// Colours is what the channels of a picture stand for.
type Colours int

// The kinds of channels. CMYK and YCCK (CMYK whose first three channels are YCbCr) are inverted, as Adobe's programs
// write them: 255 is no ink.
const (
	Grey Colours = iota
	YCbCr
	RGB
	CMYK
	YCCK
)

// Picture is the samples of a file.
type Picture struct {
	Width, Height int
	Colours       Colours
	Planes        []Plane // one of Grey, three of YCbCr and RGB, four of CMYK and YCCK
}

// Plane is the samples of a channel: that of row y and column x is Pix[y*Stride+x]. There is one for each AcrossX
// pixels of a row and AcrossY of a column, 1 to 4; the last ones may reach beyond the picture.
type Plane struct {
	Pix              []uint8
	Stride           int
	AcrossX, AcrossY int
}

// maxScans bounds the scans of a picture: each may visit all of its blocks for a few bytes of the file, 0.3 s of 100
// megapixels. Programs write up to some dozen.
const maxScans = 200

// Markers, T.81 table B.1.
const (
	sof0, sof1, sof2  = 0xc0, 0xc1, 0xc2
	dht               = 0xc4
	rst0, rst7        = 0xd0, 0xd7
	eoi, sos          = 0xd9, 0xda
	dqt, dri          = 0xdb, 0xdd
	app0, app14, last = 0xe0, 0xee, 0xef
	com               = 0xfe
)

// channel is a component of the frame.
type channel struct {
	id, table       uint8 // the number of its quantization table
	h, v            int   // sampling factors
	wide, high      int   // blocks that hold samples of the picture
	stride          int   // blocks of a row up to the end of the last MCU
	pix             []uint8
	coefficients    []block // of progressive pictures
	quant           *[64]int32
	dc              int32 // the last one, which the next is told from
	huffDC, huffAC  *huffman
	horizontal, all int // blocks of an MCU: along a row, in all; of the scan that is read
}

// block is coefficients in natural order, row by row.
type block [64]int16

// decoder is the state of reading a file.
type decoder struct {
	file
	width, height         int
	h, v                  int // the greatest sampling factors
	mcusX, mcusY          int // MCUs of an interleaved scan
	channels              []channel
	quant                 [4]*[64]int32
	huff                  [2][4]*huffman // DC, AC
	interval              int            // MCUs between restarts; 0 without any
	baseline, progressive bool
	jfif, adobe           bool
	transform             uint8 // of Adobe's segment
	scans                 int
	eobRun                int
}

// Decode unpacks a file. What it takes grows with the pixels that the header claims, up to 4 bytes each, or 12 of a
// progressive picture: a caller that does not trust the file looks at DecodeConfig first.
func Decode(b []byte) (*Picture, error) {
	d := decoder{file: file{b: b}}
	if err := d.segments(eoi); err != nil {
		return nil, err
	}
	return d.picture()
}

// DecodeConfig reads the header: the size, and color.GrayModel, color.YCbCrModel or color.CMYKModel by the number of
// channels.
func DecodeConfig(b []byte) (image.Config, error) {
	d := decoder{file: file{b: b}}
	if err := d.segments(sof0); err != nil {
		return image.Config{}, err
	}
	model := map[int]color.Model{1: color.GrayModel, 3: color.YCbCrModel, 4: color.CMYKModel}[len(d.channels)]
	return image.Config{ColorModel: model, Width: d.width, Height: d.height}, nil
}

// segments reads a file up to the frame (sof0) or its end (eoi).
func (d *decoder) segments(end uint8) error {
	if len(d.b) < 2 {
		return io.ErrUnexpectedEOF
	}
	if d.b[0] != 0xff || d.b[1] != 0xd8 {
		return jpeg.FormatError("missing SOI marker")
	}
	d.at = 2
	for end == eoi || d.channels == nil {
		marker, err := d.marker()
		switch {
		case err != nil:
			return err
		case marker == eoi && d.channels == nil:
			return jpeg.FormatError("missing SOF marker")
		case marker == eoi:
			return nil
		case marker >= rst0 && marker <= rst7:
			continue // one too many, behind a scan
		}
		segment, err := d.segment()
		if err != nil {
			return err
		}
		if err := d.read(marker, segment); err != nil {
			return err
		}
	}
	return nil
}

// read takes a segment in.
func (d *decoder) read(marker uint8, s []uint8) error {
	switch {
	case marker == sof0, marker == sof1, marker == sof2:
		d.baseline, d.progressive = marker == sof0, marker == sof2
		return d.frame(s)
	case marker == dht:
		return d.huffmanTables(s)
	case marker == dqt:
		return d.quantTables(s)
	case marker == dri:
		if len(s) != 2 {
			return jpeg.FormatError("DRI has wrong length")
		}
		d.interval = int(binary.BigEndian.Uint16(s))
	case marker == sos:
		return d.scan(s)
	case marker == app0:
		d.jfif = d.jfif || len(s) >= 5 && string(s[:5]) == "JFIF\x00"
	case marker == app14:
		if len(s) >= 12 && string(s[:5]) == "Adobe" {
			d.adobe, d.transform = true, s[11]
		}
	case marker >= app0 && marker <= last, marker == com:
	case marker < sof0:
		return jpeg.FormatError("unknown marker")
	default:
		return jpeg.UnsupportedError("unknown marker")
	}
	return nil
}

// frame reads the header of the picture, T.81 B.2.2.
func (d *decoder) frame(s []uint8) error {
	if d.channels != nil {
		return jpeg.FormatError("multiple SOF markers")
	}
	n := (len(s) - 6) / 3
	if n != 1 && n != 3 && n != 4 || len(s) != 6+3*n {
		return jpeg.UnsupportedError("number of components")
	}
	if s[0] != 8 {
		return jpeg.UnsupportedError("precision")
	}
	if int(s[5]) != n {
		return jpeg.FormatError("SOF has wrong length")
	}
	d.height, d.width = int(binary.BigEndian.Uint16(s[1:])), int(binary.BigEndian.Uint16(s[3:]))
	if d.height == 0 || d.width == 0 {
		return jpeg.UnsupportedError("a picture without rows or columns in its header")
	}
	cs := make([]channel, n)
	for i := range cs {
		at := s[6+3*i:]
		cs[i] = channel{id: at[0], h: int(at[1] >> 4), v: int(at[1] & 15), table: at[2]}
		for _, c := range cs[:i] {
			if c.id == cs[i].id {
				return jpeg.FormatError("repeated component identifier")
			}
		}
		if cs[i].table > 3 {
			return jpeg.FormatError("bad Tq value")
		}
	}
	if n == 1 { // never interleaved, whatever its factors are (A.2.2)
		cs[0].h, cs[0].v = 1, 1
	}
	for _, c := range cs {
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 {
			return jpeg.FormatError("bad sampling factors")
		}
		d.h, d.v = max(d.h, c.h), max(d.v, c.v)
	}
	d.mcusX, d.mcusY = above(d.width, 8*d.h), above(d.height, 8*d.v)
	for i := range cs {
		c := &cs[i]
		if d.h%c.h != 0 || d.v%c.v != 0 {
			return jpeg.UnsupportedError("luma/chroma subsampling ratio")
		}
		c.wide, c.high = above(above(d.width*c.h, d.h), 8), above(above(d.height*c.v, d.v), 8)
		c.stride = d.mcusX * c.h
	}
	d.channels = cs
	return nil
}

// above is n/by, rounded up.
func above(n, by int) int { return (n + by - 1) / by }

// quantTables reads quantization tables, T.81 B.2.4.1.
func (d *decoder) quantTables(s []uint8) error {
	for len(s) > 0 {
		deep, n := s[0]>>4, s[0]&15
		if n > 3 {
			return jpeg.FormatError("bad Tq value")
		}
		if deep > 1 {
			return jpeg.FormatError("bad Pq value")
		}
		size := 64 << deep
		if s = s[1:]; len(s) < size {
			return jpeg.FormatError("DQT has wrong length")
		}
		table := new([64]int32)
		for i := range table {
			if deep == 1 {
				table[natural[i]] = int32(binary.BigEndian.Uint16(s[2*i:]))
			} else {
				table[natural[i]] = int32(s[i])
			}
		}
		d.quant[n] = table
		s = s[size:]
	}
	return nil
}

// picture puts the samples together once all scans are read.
func (d *decoder) picture() (*Picture, error) {
	if d.scans == 0 {
		return nil, jpeg.FormatError("missing SOS marker")
	}
	p := &Picture{Width: d.width, Height: d.height, Colours: d.colours()}
	for i := range d.channels {
		c := &d.channels[i]
		c.finish(d)
		p.Planes = append(p.Planes, Plane{c.pix, 8 * c.stride, d.h / c.h, d.v / c.v})
	}
	return p, nil
}

// colours is what libjpeg takes the channels for (jdapimin.c, default_decompress_parms).
func (d *decoder) colours() Colours {
	switch cs := d.channels; {
	case len(cs) == 1:
		return Grey
	case len(cs) == 4 && d.adobe && d.transform != 0:
		return YCCK
	case len(cs) == 4:
		return CMYK
	case d.jfif:
		return YCbCr
	case d.adobe && d.transform == 0, !d.adobe && cs[0].id == 'R' && cs[1].id == 'G' && cs[2].id == 'B':
		return RGB
	}
	return YCbCr
}

// finish computes a channel's samples where the scans have not.
func (c *channel) finish(d *decoder) {
	if c.pix == nil {
		c.pix = make([]uint8, 64*c.stride*d.mcusY*c.v)
		if c.coefficients == nil { // no scan has it
			for i := range c.pix {
				c.pix[i] = 128
			}
		}
	}
	if c.coefficients == nil {
		return
	}
	for y := range c.high {
		for x := range c.wide {
			inverse(&c.coefficients[y*c.stride+x], c.quant, c.pix[8*(8*y*c.stride+x):], 8*c.stride)
		}
	}
	c.coefficients = nil
}
