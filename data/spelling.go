package data

import "strings"

// spelling is the text of a column's values: one text, and where each value ends in it.
type spelling struct {
	text  string
	ends  []uint32 // modulo 2³²
	wraps []int    // the values from which on ends count from another 2³², of a text beyond 4 GiB
	rows  []int    // which of the values these are; nil: all of them in their order
}

// len returns the number of values.
func (s *spelling) len() int {
	if s.rows != nil {
		return len(s.rows)
	}
	return len(s.ends)
}

// at returns the text of value i.
func (s *spelling) at(i int) string {
	if s.rows != nil {
		i = s.rows[i]
	}
	from := int64(0)
	if i > 0 {
		from = s.end(i - 1)
	}
	return s.text[from:s.end(i)]
}

func (s *spelling) end(i int) int64 {
	at := int64(s.ends[i])
	for _, w := range s.wraps {
		if i < w {
			break
		}
		at += 1 << 32
	}
	return at
}

// pick returns the spelling of some of the values.
func (s *spelling) pick(rows []int) *spelling {
	if s == nil {
		return nil
	}
	out := *s
	if out.rows = rows; s.rows != nil {
		out.rows = pick(s.rows, rows)
	}
	return &out
}

// speller gathers a column's values end to end, so that a file costs little more than its own size, and not an
// allocation per field. It is not to be copied.
type speller struct {
	text  strings.Builder
	ends  []uint32
	wraps []int
}

func (s *speller) add(value string) {
	s.text.WriteString(value)
	s.end(int64(s.text.Len())-int64(len(value)), int64(s.text.Len()))
}

// end notes where a value ends that begins where the one before ends.
func (s *speller) end(from, to int64) {
	for range to>>32 - from>>32 {
		s.wraps = append(s.wraps, len(s.ends))
	}
	s.ends = append(s.ends, uint32(to))
}

// spelling returns the spellings that were added.
func (s *speller) spelling() *spelling {
	return &spelling{text: s.text.String(), ends: s.ends, wraps: s.wraps}
}

// spells reports whether the column knows how its values were written.
func (c *Column) spells() bool { return c.Kind == Category || c.spelled != nil }

// spelling returns the text of the values.
func (c *Column) spelling() *spelling {
	if c.spelled != nil {
		return c.spelled
	}
	var s speller
	for _, v := range c.Strings {
		s.add(v)
	}
	return s.spelling()
}
