package rows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorae/format/internal/categories"
	"gorae/prep"
)

// calendar writes the parts of a time. A row holds what the column counts from 1970 on, or, of times that are written
// as texts, their seconds.
func (p *Product) calendar(c *prep.Fitted, k categories.Calendar) {
	unit := k.Unit()
	m := p.columns[c.Name+"_seconds"]
	switch {
	case unit > 0:
		m = p.member(c.Name, c.Name, "double", 0, fmt.Sprintf("%s, %s since 1970", c.Name, k.Format.Layout))
		p.line("const double x = %s;", p.given(c, m))
	default:
		if m == nil {
			m = p.member(c.Name+"_seconds", c.Name+"_seconds", "double", 0,
				c.Name+": seconds from 1970-01-01 00:00 on by its own clock")
			p.note(Note{What: Times, Column: c.Name, Member: m.name})
		}
		p.line("const double x = row->%s;", m.name)
		unit = 1
	}
	if c.Spec.Indicator {
		p.line("%s[%d] = isnan(x) ? 1 : 0;", p.array, p.at+features(c)-1)
	}
	p.line("if (!isnan(x)) {")
	p.depth++
	p.line("struct %s t;", p.help("time"))
	p.line("if (!%s(&t, x / %s)) {", p.help("time_of"), number(unit))
	p.line("    return %d;", m.place)
	p.line("}")
	at := 0
	for _, part := range k.Parts {
		if categories.Cyclic(part) {
			w := "6.283185307179586 * " + cycles[part]
			p.put(m, at, "sin("+w+")")
			p.put(m, at+1, "cos("+w+")")
			at += 2
			continue
		}
		switch part {
		case "weekend":
			p.put(m, at, "t.weekday >= 5 ? 1.0 : 0.0")
		case "month_end":
			p.put(m, at, "t.last ? 1.0 : 0.0")
		case "holiday":
			p.put(m, at, p.holidays(c, k.Holidays)+" ? 1.0 : 0.0")
		default:
			p.put(m, at, fmt.Sprintf("(x / %s - %s) / %s", number(86400*unit), bracketed(k.Shift),
				bracketed(k.Divisor)))
		}
		at++
	}
	p.depth--
	p.line("}")
}

// cycles are places in cycles.
var cycles = map[string]string{"month": "((t.month - 1) / 12.0)", "weekday": "((t.weekday + t.day) / 7.0)",
	"yearday": "((t.yearday + t.day) / t.days)", "hour": "t.day"}

// holidays is whether a day t is one of a list.
func (p *Product) holidays(c *prep.Fitted, list []string) string {
	var days []int
	for _, h := range list {
		n, err := strconv.Atoi(strings.ReplaceAll(h, "-", ""))
		if err != nil {
			panic(err) // it has been read as a day
		}
		days = append(days, n)
	}
	slices.Sort(days)
	return fmt.Sprintf("%s(&t, %s, %d)", p.help("holiday"), p.places(c.Name+"_holidays", days), len(days))
}
