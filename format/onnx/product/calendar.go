package product

import (
	"math"
	"strconv"
	"strings"

	"gorae/format/internal/categories"
	"gorae/format/onnx/internal/emit"
	"gorae/format/onnx/internal/pb"
	"gorae/prep"
)

// times is the operators of the parts of times, on whole numbers [batch, 1].
type times struct{ curves }

func (f times) int(op, x string, v int64) string {
	return f.one(op, x, f.Ints("number", nil, v))
}

func (f times) real(x string) string { return f.Cast(f.label, x, pb.F32) }

// eras are so many spans of 400 years that all times begin after them, so that no quotient is negative; their days are
// whole weeks.
const eras = 100

// calendar is the parts of a column of times: the file takes what it counts since 1970, or, of times that are written
// as texts, their seconds, as double; parts of a second are left out.
//
// The days of a year are counted from March on, so that a leap day is the last.
func (p *product) calendar(c *prep.Fitted, k categories.Calendar) []string {
	f := times{curves{p.f, c.Name}}
	name, unit := c.Name, int64(k.Unit())
	if unit == 0 {
		if name, unit = c.Name+"_seconds", 1; p.columns[name].Name == "" {
			p.note("%s: ONNX reads no dates; the file takes its seconds from 1970-01-01 00:00 on, by the clock of the "+
				"column, as the input %s", c.Name, name)
		}
	}
	x := ""
	if name == c.Name {
		x = p.number(c, pb.F64)
	} else {
		x = p.input(name, pb.F64, 1).Name
	}
	gone := f.one("IsNaN", f.real(x))
	s := f.one("Where", gone, f.Ints("number", nil, 0), f.Cast(c.Name, x, pb.I64))
	s = f.int("Div", f.int("Add", s, unit*86400*146097*eras), unit)
	days := f.int("Div", s, 86400)
	day := f.with("Div", f.real(f.one("Sub", s, f.int("Mul", days, 86400))), 86400)
	z := f.int("Add", days, 719468)
	era := f.int("Div", z, 146097)
	z = f.one("Sub", z, f.int("Mul", era, 146097))
	year := f.one("Sub", z, f.int("Div", z, 1460))
	year = f.one("Add", year, f.int("Div", z, 36524))
	year = f.int("Div", f.one("Sub", year, f.int("Div", z, 146096)), 365)
	yearday := f.one("Add", f.int("Mul", year, 365), f.int("Div", year, 4))
	yearday = f.one("Sub", z, f.one("Sub", yearday, f.int("Div", year, 100)))
	march := f.int("Div", f.int("Add", f.int("Mul", yearday, 5), 2), 153)
	monthday := f.int("Div", f.int("Add", f.int("Mul", march, 153), 2), 5)
	monthday = f.int("Add", f.one("Sub", yearday, monthday), 1)
	late := f.int("GreaterOrEqual", march, 10) // January and February
	month := f.one("Where", late, f.int("Sub", march, 9), f.int("Add", march, 3))
	year = f.one("Add", year, f.int("Mul", era, 400))
	year = f.one("Add", f.int("Sub", year, 400*eras), f.Cast(c.Name, late, pb.I64))
	is := func(by int64) string { return f.int("Equal", f.int("Mod", year, by), 0) }
	leap := f.one("Or", f.one("And", is(4), f.one("Not", is(100))), is(400))
	leaps := f.Cast(c.Name, leap, pb.I64)

	var parts []string
	mark := func(truth string) { parts = append(parts, f.real(truth)) }
	cycle := func(place string) {
		w := f.with("Mul", place, 2*math.Pi)
		parts = append(parts, f.one("Sin", w), f.one("Cos", w))
	}
	for _, part := range k.Parts {
		switch part {
		case "month":
			cycle(f.with("Div", f.real(f.int("Sub", month, 1)), 12))
		case "weekday":
			cycle(f.with("Div", f.one("Add", f.real(f.int("Mod", f.int("Add", days, 3), 7)), day), 7))
		case "yearday":
			begun := f.one("Where", late, f.int("Sub", yearday, 306), f.one("Add",
				f.int("Add", yearday, 59), leaps))
			cycle(f.one("Div", f.one("Add", f.real(begun), day), f.real(f.int("Add", leaps, 365))))
		case "hour":
			cycle(day)
		case "weekend":
			mark(f.int("GreaterOrEqual", f.int("Mod", f.int("Add", days, 3), 7), 5))
		case "month_end":
			lengths := f.Ints(c.Name+"/lengths", []int64{12}, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
			last := f.One(c.Name, "Gather", []string{lengths, f.int("Sub", month, 1)}, emit.Int("axis", 0))
			february := f.Cast(c.Name, f.int("Equal", month, 2), pb.I64)
			mark(f.one("Equal", monthday, f.one("Add", last, f.one("Mul", february, leaps))))
		case "holiday":
			mark(f.holiday(k.Holidays, year, f.one("Add", f.int("Mul", month, 100), monthday)))
		default: // whole days beside the mean's, so that float32 loses nothing
			whole := math.Floor(k.Shift)
			n := f.real(f.int("Sub", days, 146097*eras+int64(whole)))
			parts = append(parts, f.with("Div", f.with("Sub", f.one("Add", n, day), k.Shift-whole), k.Divisor))
		}
	}
	y := parts[0]
	if len(parts) > 1 {
		y = f.One(c.Name, "Concat", parts, emit.Int("axis", 1))
	}
	y = f.one("Where", gone, f.Scalar(0), y)
	if c.Spec.Indicator {
		return []string{y, f.real(gone)}
	}
	return []string{y}
}

// holiday is whether a day, month·100 + day, is one of a list.
func (f times) holiday(list []string, year, day string) string {
	var each, once []int64
	for _, h := range list {
		n, err := strconv.ParseInt(strings.ReplaceAll(h, "-", ""), 10, 64)
		switch {
		case err != nil:
			continue // which no saved calendar has
		case len(h) == len("12-25"):
			each = append(each, n)
		default:
			once = append(once, n)
		}
	}
	among := func(day string, list []int64) string {
		same := f.one("Equal", day, f.Ints(f.label+"/holidays", []int64{1, int64(len(list))}, list...))
		return f.int("Greater", f.Reduce(f.label, "ReduceSum", f.Cast(f.label, same, pb.I64), []int{1}, true), 0)
	}
	dated := f.one("Add", f.int("Mul", year, 10000), day)
	switch {
	case len(once) == 0:
		return among(day, each)
	case len(each) == 0:
		return among(dated, once)
	}
	return f.one("Or", among(day, each), among(dated, once))
}
