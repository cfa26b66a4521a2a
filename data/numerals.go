package data

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Numerals is the notation of the numbers of a column. The zero Numerals is 1234.5: a decimal point, no marks between
// thousands, no unit.
type Numerals struct {
	Decimal   string `json:"decimal,omitempty"`   // the decimal mark: "," or, as "", a point
	Thousands string `json:"thousands,omitempty"` // the mark between groups of digits: "," "." " " or "'"; "": none
	Unit      string `json:"unit,omitempty"`      // a percent sign or a currency before or behind the number; "": none
	Parens    bool   `json:"parens,omitempty"`    // (5) is −5, as accountants write it
}

// The signs that files have before negative numbers: hyphen-minus, minus, en dash, full-width hyphen.
const minusSigns = "-−–－"

// spaces are the characters that may stand between digits and units, and between groups of digits.
const spaces = " \u00a0\u2009\u202f"

// units are the units that a number may have: they do not change it. Longer ones stand before their beginnings.
var units = []string{"%", "US$", "R$", "A$", "C$", "HK$", "NT$", "$", "€", "£", "¥", "₩", "₹", "₽", "₺", "₫", "฿",
	"₴", "₪",
	"USD", "EUR", "GBP", "JPY", "KRW", "CHF", "CNY", "INR", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "CZK", "BRL",
	"Rs.", "kr", "zł", "원", "円", "元"}

// parse returns the number that a trimmed text stands for.
func (n Numerals) parse(s string) (float64, bool) {
	if v, ok := parseNumber(s); ok && n.plainly(s) {
		return v, true
	}
	if n.lettered() && hasLetter(s) {
		return 0, false
	}
	p, ok := n.plain(s)
	if !ok {
		return 0, false
	}
	return parseNumber(p)
}

// lettered reports whether no number has a letter of ASCII, but the e of an exponent: without a unit none has.
func (n Numerals) lettered() bool { return n.Unit == "" && n.Decimal < "A" && n.Thousands < "A" }

// hasLetter reports whether a text has a letter of ASCII other than e.
func hasLetter(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c >= 'a' && c <= 'z' && c != 'e' {
			return true
		}
	}
	return false
}

// plainly reports whether a number with a decimal point means the same in these numerals.
func (n Numerals) plainly(s string) bool {
	return (n.Decimal == "" && n.Thousands != ".") || !strings.Contains(s, ".")
}

// plain returns the number in the characters that parseNumber reads: "-1234.5" for "−1.234,5 €".
func (n Numerals) plain(s string) (string, bool) {
	negative := false
	if n.Parens && len(s) > 2 && s[0] == '(' && s[len(s)-1] == ')' {
		negative, s = true, strings.Trim(s[1:len(s)-1], spaces)
	}
	s, signed := n.sign(s, &negative)
	s, unit := n.unit(s)
	if unit && !signed { // €-5
		s, _ = n.sign(s, &negative)
	}
	whole, fraction, has := strings.Cut(s, cmpOr(n.Decimal, "."))
	if n.Thousands != "" {
		var ok bool
		if whole, ok = ungroup(whole, n.Thousands); !ok {
			return "", false
		}
	}
	if whole == "" && fraction == "" || !digitsOrExponent(whole, !has) || !digitsOrExponent(fraction, true) {
		return "", false
	}
	if has {
		whole += "." + fraction
	}
	if negative {
		whole = "-" + whole
	}
	return whole, true
}

func cmpOr(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// sign takes a sign off the front.
func (n Numerals) sign(s string, negative *bool) (rest string, signed bool) {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case size == 0:
		return s, false
	case strings.ContainsRune(minusSigns, r):
		*negative = !*negative
	case r != '+':
		return s, false
	}
	return strings.TrimLeft(s[size:], spaces), true
}

// unit takes the unit off the front or the end.
func (n Numerals) unit(s string) (rest string, had bool) {
	if n.Unit == "" {
		return s, false
	}
	if r, ok := strings.CutPrefix(s, n.Unit); ok {
		return strings.TrimLeft(r, spaces), true
	}
	if r, ok := strings.CutSuffix(s, n.Unit); ok {
		return strings.TrimRight(r, spaces), true
	}
	return s, false
}

// ungroup joins groups of digits: 1 to 3 digits that do not begin with 0, then groups of 3, or of 2 and a last one of 3
// as in India (12,34,567). Digits without a mark are one group of any length.
func ungroup(s, mark string) (string, bool) {
	switch mark {
	case " ":
		for _, r := range spaces[1:] {
			s = strings.ReplaceAll(s, string(r), " ")
		}
	case "'":
		s = strings.ReplaceAll(s, "’", "'")
	}
	if !strings.Contains(s, mark) {
		return s, true
	}
	groups := strings.Split(s, mark)
	last := len(groups) - 1
	size := len(groups[1]) // of the middle groups
	if g := groups[0]; g == "" || len(g) > size || g[0] == '0' || size < 2 || size > 3 || len(groups[last]) != 3 {
		return "", false
	}
	for _, g := range groups[1:last] {
		if len(g) != size {
			return "", false
		}
	}
	s = strings.Join(groups, "")
	return s, digitsOrExponent(s, false)
}

// digitsOrExponent reports whether s is digits, with an exponent behind them where one may stand.
func digitsOrExponent(s string, exponent bool) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
		case exponent && i > 0 && (c == 'e' || c == 'E'):
			_, err := strconv.Atoi(s[i+1:])
			return err == nil
		default:
			return false
		}
	}
	return true
}

// grouped reports whether a text is one to three digits and groups of three, and nothing that tells a mark between
// thousands from a decimal mark: 1,214 is 1214 or 1.214.
func grouped(s, mark string) bool {
	whole, rest, has := strings.Cut(s, mark)
	if !has || len(rest) != 3 {
		return false
	}
	whole = strings.TrimLeft(whole, "+"+minusSigns)
	return len(whole) >= 1 && len(whole) <= 3 && whole[0] != '0' &&
		digitsOrExponent(whole+rest, false)
}

// powers are those of ten that a float64 holds exactly, as far as simple needs them.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
	1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// simple reads a number of at most 15 digits with or without a sign and a point, as most are. Its digits and the power
// of ten below them are exact, so that their quotient is the float64 nearest to the number, as of strconv.ParseFloat.
// point is where the point stands, −1 without one.
func simple(s string) (v float64, point int, ok bool) {
	point = -1
	if len(s) > 17 || s == "" {
		return 0, point, false
	}
	from := 0
	if s[0] == '-' || s[0] == '+' {
		from = 1
	}
	whole, digits := uint64(0), len(s)-from
	for i := from; i < len(s); i++ {
		c := s[i] - '0'
		if c > 9 {
			if s[i] != '.' || point >= 0 {
				return 0, point, false
			}
			point = i
			digits--
			continue
		}
		whole = 10*whole + uint64(c)
	}
	if digits == 0 || digits > 15 {
		return 0, point, false
	}
	v = float64(int64(whole))
	if point >= 0 {
		v /= powers[len(s)-1-point]
	}
	if s[0] == '-' {
		v = -v
	}
	return v, point, true
}

// plainNumber reads a number as simple does, also one with a point and up to 19 digits. Where the digits are no more
// than 2⁵³ and the power of ten below them no more than 10²², both are exact, as in simple.
func plainNumber(s string) (v float64, point int, ok bool) {
	if v, point, ok = simple(s); ok || len(s) < 17 || len(s) > 21 {
		return v, point, ok
	}
	point = -1
	digits := uint64(0)
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = 10*digits + uint64(c-'0')
		case c == '.' && point < 0:
			point = i
		case i == 0 && (c == '-' || c == '+'):
		default:
			return 0, point, false
		}
	}
	if point < 0 {
		return 0, point, false
	}
	if k := len(s) - 1 - point; digits <= exactInteger && k < len(powers) && len(s) <= 20 {
		if v = float64(digits) / powers[k]; s[0] == '-' {
			v = -v
		}
		return v, point, true
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, point, err == nil
}

// parseNumber reads a decimal number; it knows neither infinity, NaN, hex digits
// nor underscores, which strconv takes and files mean as words.
func parseNumber(s string) (float64, bool) {
	if v, _, ok := simple(s); ok {
		return v, true
	}
	digits, points := false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = true
		case c == '.' && points == 0:
			points++
		case (c == '+' || c == '-') && (i == 0 || s[i-1] == 'e' || s[i-1] == 'E'): // dates end here, at little cost
		case (c == 'e' || c == 'E') && digits:
		default:
			return 0, false
		}
	}
	if !digits {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, false
	}
	return v, true
}

// isWord reports whether a text is no number in plain numerals as it has a character of ASCII that these do not have.
func isWord(s string) bool {
	for i := range len(s) {
		if !numeral[s[i]] {
			return true
		}
	}
	return false
}

// numeral holds which bytes may stand in a number in plain numerals, or in its characters beyond ASCII.
var numeral = func() (is [256]bool) {
	for c := range is {
		is[c] = c >= '0' && c <= '9' || c >= utf8.RuneSelf || strings.IndexByte("+-.eE ", byte(c)) >= 0
	}
	return is
}()

// exactInteger is the largest whole number up to which a float64 tells all of them apart, 2⁵³.
const exactInteger = 1 << 53

// telephone is how many digits behind a plus sign are taken for a telephone number.
const telephone = 10

// isName reports whether a text is digits that are no number to compute with: with leading zeros, beyond 2⁵³, where a
// float64 no longer tells neighbours apart, or 10 and more behind a plus sign.
func isName(s string) bool {
	plus := s != "" && s[0] == '+'
	if plus || s != "" && s[0] == '-' {
		s = s[1:]
	}
	if plus && len(s) >= telephone && digitsOrExponent(s, false) {
		return true
	}
	if len(s) < 2 || (s[0] != '0' && len(s) < 16) || !digitsOrExponent(s, false) {
		return false
	}
	if s[0] == '0' {
		return true
	}
	v, err := strconv.ParseUint(s, 10, 64)
	return err != nil || v > exactInteger
}

// canonical returns the text by which a number is known: that of FormatNumber, or, where a float64 does not hold all of
// its digits, the digits themselves and an exponent. plain is as parseNumber reads it, and v its value.
func canonical(plain string, v float64) string {
	short := FormatNumber(v)
	if len(plain) <= 15 {
		return short
	}
	exact := significant(plain)
	if exact == significant(short) {
		return short
	}
	return exact
}

// significant returns a number as sign, digits without zeros at their ends, and the exponent of the last digit.
func significant(s string) string {
	sign := ""
	switch {
	case strings.HasPrefix(s, "-"):
		sign, s = "-", s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	exp := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		exp, _ = strconv.Atoi(s[i+1:]) // parseNumber has read it
		s = s[:i]
	}
	if i := strings.IndexByte(s, '.'); i >= 0 {
		exp -= len(s) - i - 1
		s = s[:i] + s[i+1:]
	}
	s = strings.TrimLeft(s, "0")
	for strings.HasSuffix(s, "0") {
		s, exp = s[:len(s)-1], exp+1
	}
	if s == "" {
		return "0"
	}
	return sign + s + "e" + strconv.Itoa(exp)
}
