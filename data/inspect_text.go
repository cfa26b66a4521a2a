package data

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"gorae/internal/words"
)

// Statement returns the meaning of the shape in one line: "(100, 3): 100 samples × 3 features; a Keras input shape
// leaves the sample axis out: (3,)".
func (r *Report) Statement() string {
	if len(r.Shape) == 0 && len(r.Texts) > 0 {
		return "one text; with data: {text: {window: 100}} a language model learns to go on with it"
	}
	if len(r.Shape) == 0 {
		return "several arrays; name the one that holds the samples"
	}
	meaning := strings.Join(r.Axes, ", ")
	if !r.wholly() {
		return words.Count(r.Shape[0], "row", "rows") + " × " + words.Count(len(r.Columns), "column", "columns")
	}
	switch len(r.Shape) {
	case 1:
		meaning = words.Count(r.Shape[0], "sample", "samples")
	case 2:
		meaning = words.Count(r.Shape[0], "sample", "samples") + " × " + words.Count(r.Shape[1], "feature", "features")
	}
	return fmt.Sprintf("%v: %s; a Keras input shape leaves the sample axis out: %v", r.Shape, meaning, r.Input)
}

// wholly reports whether the samples are what a training is given of them: arrays, and tables with a target whose other
// columns are all numbers that become features.
func (r *Report) wholly() bool {
	if len(r.Shape) != 2 || len(r.Columns) == 0 || r.Columns[0].Name == "" {
		return true
	}
	dropped := r.Uses != nil && len(r.Uses.Dropped) > 0
	return r.Target != "" && !dropped && !slices.ContainsFunc(r.Columns, func(c ColumnReport) bool {
		return c.Kind != Number.String() && c.Name != r.Target
	})
}

// String returns the report as text for people.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", r.Name, r.Statement())
	if r.DType != "" {
		fmt.Fprintf(&b, "elements: %s", r.DType)
		if v := r.Values; v != nil {
			fmt.Fprintf(&b, ", min %s, mean %s, sd %s, max %s", short(v.Min), short(v.Mean), short(v.SD), short(v.Max))
		}
		b.WriteByte('\n')
	}
	if len(r.Columns) > 0 {
		b.WriteByte('\n')
		var table strings.Builder
		w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
		fmt.Fprint(w, "column\tkind\tmissing\tvalues\tmin\tmean\tsd\tmax\n")
		wide := 0
		for _, c := range r.Columns {
			n := words.Width(c.Name)
			if c.Name == r.Target {
				n += len(" (target)")
			}
			wide = max(wide, min(30, n))
		}
		for _, c := range r.Columns {
			name := c.Name
			if name == r.Target {
				name += " (target)"
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\n", words.Fill(words.Clip(name, 30)), c.Kind, c.Missing, c.Levels,
				c.statisticsText(max(leastList, screen-wide-besideList)))
		}
		_ = w.Flush() // a strings.Builder takes everything
		b.WriteString(words.Unfill(table.String()))
	}
	if r.Assumed != "" {
		fmt.Fprintf(&b, "\nthe target is taken to be the last column, %s; --target, or target: in an experiment, "+
			"names another\n", words.Clip(r.Assumed, 30))
	}
	if r.Labels != nil {
		b.WriteString(r.Labels.text(r.Target))
	}
	if len(r.Classes) > 0 && r.Labels == nil {
		fmt.Fprintf(&b, "\n%s: %s of ", r.Target, words.Count(len(r.Classes), "class", "classes"))
		for i, c := range r.Classes {
			if i == 20 {
				fmt.Fprintf(&b, ", …")
				break
			}
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%s %d", words.Clip(c.Name, 30), c.Count)
		}
		b.WriteByte('\n')
	}
	if len(r.Sizes) > 0 {
		fmt.Fprintf(&b, "\n%s of files: ", words.Count(len(r.Sizes), "size", "sizes"))
		for i, z := range r.Sizes {
			if i == 8 {
				fmt.Fprintf(&b, ", …")
				break
			}
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%d high × %d wide %d", z.Height, z.Width, z.Count)
		}
		b.WriteByte('\n')
		var kinds []string
		for _, c := range slices.Concat(r.Formats, r.Colours) {
			kinds = append(kinds, fmt.Sprintf("%s %d", c.Name, c.Count))
		}
		fmt.Fprintf(&b, "kinds of files: %s\n", strings.Join(kinds, ", "))
	}
	if len(r.Sequences) > 0 {
		b.WriteString("\nsequences:\n")
		for _, l := range r.Sequences {
			fmt.Fprintf(&b, "  %s\n", l)
		}
	}
	if len(r.Series) > 0 {
		b.WriteString("\nas a series:\n")
		for _, l := range r.Series {
			fmt.Fprintf(&b, "  %s\n", l)
		}
	}
	if len(r.Texts) > 0 {
		b.WriteByte('\n')
	}
	for _, t := range r.Texts {
		b.WriteString(t.String())
	}
	if r.Uses != nil {
		if lines := r.Uses.Lines(); len(lines) > 0 {
			b.WriteString("\nin a training, where the experiment says nothing of these columns:\n")
			for _, l := range lines {
				fmt.Fprintf(&b, "  %s\n", l)
			}
		}
	}
	if len(r.Guesses) > 0 {
		b.WriteString("\nguesses, and the setting that says otherwise:\n")
		for _, g := range r.Guesses {
			fmt.Fprintf(&b, "  %s\n", g)
		}
	}
	if len(r.Warnings) > 0 {
		b.WriteByte('\n')
		for _, w := range r.Warnings {
			fmt.Fprintf(&b, "warning: %s\n", w)
		}
	}
	return b.String()
}

// statisticsText fills the last columns of the table of columns: statistics, or the
// most frequent words.
func (c ColumnReport) statisticsText(width int) string {
	if c.Levels == 0 {
		return "\t\t\t"
	}
	if c.Kind == Number.String() {
		return short(c.Min) + "\t" + short(c.Mean) + "\t" + short(c.SD) + "\t" + short(c.Max)
	}
	if c.Common[0].Count == 1 { // all different
		return words.Clip(c.Common[0].Name, 30) + ", …"
	}
	list := ""
	for i, w := range c.Common {
		item := fmt.Sprintf("%s %d", words.Clip(w.Name, 30), w.Count)
		if i > 0 {
			item = ", " + item
		}
		more := ", …"
		if i == len(c.Common)-1 && c.Levels == len(c.Common) {
			more = ""
		}
		if i > 0 && words.Width(list+item+more) > width {
			return list + ", …"
		}
		list += item
	}
	if c.Levels > len(c.Common) {
		list += ", …"
	}
	return list
}

// The table of columns fits a terminal of 80 columns where names leave room for it.
const (
	screen     = 79
	leastList  = 20 // characters for the frequent values of a column
	besideList = 29 // those of the columns kind, missing and values
)

// short returns a number in five digits.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }

// String returns the report in two lines.
func (t TextReport) String() string {
	var b strings.Builder
	if t.Texts == 1 {
		fmt.Fprintf(&b, "%s: %d characters, %d words of %d kinds\n", words.Clip(t.Name, 30), t.Characters, t.Words,
			t.Different)
	} else {
		fmt.Fprintf(&b, "%s: %d texts", words.Clip(t.Name, 30), t.Texts)
		if t.Empty > 0 {
			fmt.Fprintf(&b, " (%d without a word)", t.Empty)
		}
		fmt.Fprintf(&b, ", %d words of %d kinds; length: median %d, 95 %% to %d, longest %d words\n", t.Words,
			t.Different, t.Median, t.Most95, t.Longest)
	}
	for i, c := range t.Coverage {
		if i == 0 {
			fmt.Fprint(&b, "  the most frequent words and their share of all: ")
		} else {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%d: %.1f %%", min(c.Words, t.Different), 100*c.Share)
	}
	if len(t.Coverage) > 0 {
		b.WriteByte('\n')
	}
	if t.Hangul > 0.005 {
		fmt.Fprintf(&b, "  %.0f %% of the letters are Hangul", 100*t.Hangul)
		if t.Hangul > 0.5 {
			b.WriteString(": unit: character, jamo or pair meet every form of a word")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
