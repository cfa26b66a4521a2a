package image

import (
	"bytes"
	"encoding/binary"
)

// orientation is the EXIF orientation of a file, 1 to 8, and 1 (upright) where it
// has none or its notes make no sense. Nothing in the file is trusted: every offset and
// length is held against what there is. The byte diagram is in docs/format/exif.md.
//
// Source: CIPA DC-008 (EXIF 2.32), tag 0x0112; TIFF 6.0, section 2.
func orientation(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte(jpegMagic)):
		return tiffOrientation(jpegEXIF(b))
	case bytes.HasPrefix(b, []byte(pngMagic)):
		return tiffOrientation(pngEXIF(b))
	case isWebP(b):
		return tiffOrientation(webpEXIF(b))
	}
	return 1
}

// jpegEXIF is the TIFF block of a JPEG's first APP1 segment of kind Exif.
func jpegEXIF(b []byte) []byte {
	for at := 2; at+4 <= len(b) && b[at] == 0xff; {
		marker, size := b[at+1], int(binary.BigEndian.Uint16(b[at+2:]))
		switch {
		case marker == 0xff: // fill
			at++
			continue
		case marker == 0xda || marker == 0xd9 || size < 2 || at+2+size > len(b): // the pixels begin, or nothing more
			return nil
		}
		if body, ok := bytes.CutPrefix(b[at+4:at+2+size], []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			return body
		}
		at += 2 + size
	}
	return nil
}

// pngEXIF is a PNG's eXIf chunk, wherever it stands.
func pngEXIF(b []byte) []byte {
	for at := len(pngMagic); at+8 <= len(b); {
		size := int64(binary.BigEndian.Uint32(b[at:]))
		if int64(at)+12+size > int64(len(b)) {
			return nil
		}
		if string(b[at+4:at+8]) == "eXIf" {
			return b[at+8 : at+8+int(size)]
		}
		at += 12 + int(size)
	}
	return nil
}

// webpEXIF is a WebP's EXIF chunk.
func webpEXIF(b []byte) []byte {
	for at := 12; at+8 <= len(b); {
		size := int64(binary.LittleEndian.Uint32(b[at+4:]))
		if int64(at)+8+size > int64(len(b)) {
			return nil
		}
		if string(b[at:at+4]) == "EXIF" {
			body := b[at+8 : at+8+int(size)]
			// Some writers keep JPEG's prefix.
			return bytes.TrimPrefix(body, []byte("Exif\x00\x00"))
		}
		at += 8 + int(size+size&1)
	}
	return nil
}

// tiffOrientation looks through the first directory of a TIFF block.
func tiffOrientation(b []byte) int {
	var order binary.ByteOrder
	switch {
	case len(b) < 8:
		return 1
	case string(b[:4]) == "II*\x00":
		order = binary.LittleEndian
	case string(b[:4]) == "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	entries := int64(order.Uint16(b[at:]))
	at += 2
	for range entries {
		if at+12 > int64(len(b)) {
			return 1
		}
		e := b[at : at+12]
		if order.Uint16(e) == 0x0112 && order.Uint32(e[4:]) == 1 {
			v := uint32(0)
			switch order.Uint16(e[2:]) { // the type: a short, as the standard asks for, or a long
			case 3:
				v = uint32(order.Uint16(e[8:]))
			case 4:
				v = order.Uint32(e[8:])
			}
			if v >= 1 && v <= 8 {
				return int(v)
			}
			return 1
		}
		at += 12
	}
	return 1
}

// upright carries an orientation out: each is where the picture's first row and
// first column lie to the viewer.
//
//	1 top, left      2 top, right     3 bottom, right  4 bottom, left
//	5 left, top      6 right, top     7 right, bottom  8 left, bottom
func (p *raster[T]) upright(orientation int) *raster[T] {
	if orientation <= 1 || orientation > 8 {
		return p
	}
	q := &raster[T]{p.Height, p.Width, p.Channels, make([]T, len(p.Pix))}
	if orientation >= 5 {
		q.Height, q.Width = p.Width, p.Height
	}
	c := p.Channels
	for y := range q.Height {
		for x := range q.Width {
			sy, sx := y, x
			switch orientation {
			case 2:
				sx = p.Width - 1 - x
			case 3:
				sy, sx = p.Height-1-y, p.Width-1-x
			case 4:
				sy = p.Height - 1 - y
			case 5:
				sy, sx = x, y
			case 6:
				sy, sx = p.Height-1-x, y
			case 7:
				sy, sx = p.Height-1-x, p.Width-1-y
			case 8:
				sy, sx = x, p.Width-1-y
			}
			copy(q.Pix[(y*q.Width+x)*c:][:c], p.Pix[(sy*p.Width+sx)*c:][:c])
		}
	}
	return q
}
