package data

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// windows1252 is the encoding of Western European Windows, which holds Latin 1: the bytes from 0xa0 on are the
// characters of their numbers, those from 0x80 to 0x9f stand in a table (Microsoft's code page 1252, in
// which five bytes have no character). Package charmap has it too, with forty other encodings, all of which
// a program then links.
type windows1252 struct{}

// noRune is what stands for a byte without a character.
const noRune = utf8.RuneError

// upper1252 are the characters of the bytes from 0x80 to 0x9f.
var upper1252 = [32]rune{'€', noRune, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', noRune, 'Ž', noRune,
	noRune, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', noRune, 'ž', 'Ÿ'}

// rune1252 returns the character of a byte.
func rune1252(b byte) rune {
	if b >= 0x80 && b < 0xa0 {
		return upper1252[b-0x80]
	}
	return rune(b)
}

// NewDecoder returns a decoder to UTF-8.
func (windows1252) NewDecoder() *encoding.Decoder { return &encoding.Decoder{Transformer: from1252{}} }

// from1252 turns windows-1252 into UTF-8.
type from1252 struct{ transform.NopResetter }

// Transform implements transform.Transformer.
func (from1252) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for _, b := range src {
		r := rune1252(b)
		if nDst+utf8.RuneLen(r) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc++
	}
	return nDst, nSrc, nil
}
