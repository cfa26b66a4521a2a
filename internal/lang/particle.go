package lang

import (
	"strings"
	"unicode"
)

// A particle of Korean has one form after a final consonant and another after a vowel. A catalogue writes both, as
// dictionaries do, right behind an argument or behind the marks that close it: "%s은(는)".
var particles = map[string]struct {
	verb         rune   // of the format, for [argument]
	closed, open string // after a final consonant, after a vowel
	liquid       string // after ㄹ
}{
	"은(는)":  {verb: '은', closed: "은", open: "는", liquid: "은"},
	"이(가)":  {verb: '이', closed: "이", open: "가", liquid: "이"},
	"을(를)":  {verb: '을', closed: "을", open: "를", liquid: "을"},
	"과(와)":  {verb: '과', closed: "과", open: "와", liquid: "과"},
	"(으)로":  {verb: '로', closed: "으로", open: "로", liquid: "로"},
	"(이)나":  {verb: '나', closed: "이나", open: "나", liquid: "이나"},
	"(이)라":  {verb: '라', closed: "이라", open: "라", liquid: "이라"},
	"(이)며":  {verb: '며', closed: "이며", open: "며", liquid: "이며"},
	"(이)므로": {verb: '므', closed: "이므로", open: "므로", liquid: "이므로"},
	"(이)지만": {verb: '지', closed: "이지만", open: "지만", liquid: "이지만"},
	"(이)고":  {verb: '고', closed: "이고", open: "고", liquid: "이고"},
	"(이)어서": {verb: '서', closed: "이어서", open: "여서", liquid: "이어서"},
}

// particle returns the form of a particle after a text.
func particle(verb rune, text string) (string, bool) {
	for _, p := range particles {
		if p.verb != verb {
			continue
		}
		switch ending(text) {
		case closed:
			return p.closed, true
		case liquid:
			return p.liquid, true
		}
		return p.open, true
	}
	return "", false
}

// final is how the last syllable of a word ends as Koreans say it.
type final int

const (
	open   final = iota // in a vowel
	closed              // in a consonant other than ㄹ
	liquid              // in ㄹ
)

// ending returns how a text ends, without closing marks. Digits are read one by one (일, 이, 삼), Latin capitals by
// their names, other Latin words roughly as Korean writes them.
func ending(text string) final {
	letters := []rune(strings.TrimRightFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '%'
	}))
	if len(letters) == 0 {
		return open
	}
	last := letters[len(letters)-1]
	switch {
	case last >= '가' && last <= '힣':
		switch (last - '가') % 28 {
		case 0:
			return open
		case 8:
			return liquid
		}
		return closed
	case strings.ContainsRune("036", last): // 영 (or 십, 백, 천, 만), 삼, 육
		return closed
	case strings.ContainsRune("178", last): // 일, 칠, 팔
		return liquid
	case last < unicode.MaxASCII && unicode.IsLetter(last):
		from := len(letters)
		for from > 0 && letters[from-1] < unicode.MaxASCII && unicode.IsLetter(letters[from-1]) {
			from--
		}
		return latin(string(letters[from:]))
	}
	return open
}

// latin returns how a word in Latin letters ends.
func latin(word string) final {
	if word == strings.ToUpper(word) { // 엘, 알; 엠, 엔
		switch word[len(word)-1] {
		case 'L', 'R':
			return liquid
		case 'M', 'N':
			return closed
		}
		return open
	}
	word = strings.ToLower(word)
	vowel := func(back int) bool {
		return len(word) >= back && strings.IndexByte("aeiouy", word[len(word)-back]) >= 0
	}
	switch {
	case strings.HasSuffix(word, "l"), strings.HasSuffix(word, "le"): // 레이블, 파일
		return liquid
	case strings.HasSuffix(word, "m"), strings.HasSuffix(word, "n"), strings.HasSuffix(word, "ng"),
		strings.HasSuffix(word, "out"): // 드롭아웃
		return closed
	case (strings.HasSuffix(word, "me") || strings.HasSuffix(word, "ne")) && vowel(3): // 이름 name: 네임
		return closed
	case strings.IndexByte("bckpt", word[len(word)-1]) >= 0 && vowel(2) && !vowel(3): // 스텝
		return closed
	}
	return open
}
