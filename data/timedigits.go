package data

import (
	"strings"
	"time"
)

// digitLayout is a layout of numbers and marks, taken apart so that it need not be for each text.
type digitLayout []digitField

// digitField is a part of a layout: a number of at least and at most so many digits, or where part is 0 a mark.
type digitField struct {
	part        byte // Y, M, D, h, m or s
	least, most int
	mark        byte
}

// digitTokens are the numbers of layouts, as package time has them. Of those that begin alike the longer one is first.
var digitTokens = []struct {
	token string
	field digitField
}{
	{"2006", digitField{part: 'Y', least: 4, most: 4}}, {"01", digitField{part: 'M', least: 2, most: 2}},
	{"02", digitField{part: 'D', least: 2, most: 2}}, {"15", digitField{part: 'h', least: 1, most: 2}},
	{"04", digitField{part: 'm', least: 2, most: 2}}, {"05", digitField{part: 's', least: 2, most: 2}},
	{"1", digitField{part: 'M', least: 1, most: 2}}, {"2", digitField{part: 'D', least: 1, most: 2}},
}

// digitLayoutOf takes a layout apart; nil where it has parts of other kinds.
func digitLayoutOf(layout string) digitLayout {
	var out digitLayout
next:
	for layout != "" {
		for _, t := range digitTokens {
			if rest, is := strings.CutPrefix(layout, t.token); is {
				out, layout = append(out, t.field), rest
				continue next
			}
		}
		if !strings.ContainsRune("-/.,: T", rune(layout[0])) {
			return nil
		}
		out, layout = append(out, digitField{mark: layout[0]}), layout[1:]
	}
	return out
}

// time returns the time that a text stands for. It is not ok where the text is no time, or is written otherwise, which
// package time may take all the same.
func (l digitLayout) time(s string, in *time.Location) (t time.Time, ok bool) {
	year, month, day, hour, minute, second := 0, 1, 1, 0, 0, 0
	for _, f := range l {
		if f.part == 0 {
			if s == "" || s[0] != f.mark {
				return t, false
			}
			s = s[1:]
			continue
		}
		v, n := 0, 0
		for n < f.most && n < len(s) && s[n]-'0' <= 9 {
			v = 10*v + int(s[n]-'0')
			n++
		}
		if n < f.least {
			return t, false
		}
		s = s[n:]
		switch f.part {
		case 'Y':
			year = v
		case 'M':
			month = v
		case 'D':
			day = v
		case 'h':
			hour = v
		case 'm':
			minute = v
		default:
			second = v
		}
	}
	if s != "" || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return t, false
	}
	if day > 28 && day > time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return t, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, in), true
}

// reader returns parse for many texts.
func (f *TimeFormat) reader(in *time.Location) func(s string) (time.Time, bool) {
	l := digitLayoutOf(f.Layout)
	if l == nil {
		return func(s string) (time.Time, bool) { return f.parse(s, in) }
	}
	return func(s string) (time.Time, bool) {
		if t, ok := l.time(s, in); ok {
			return t, true
		}
		return f.parse(s, in)
	}
}
