package reference

import (
	"fmt"
	"io"
	"strings"

	"gorae/internal/lang"
)

// Width is how many columns the printed reference takes at most, so that a terminal of 80 does not break its lines.
const Width = 79

// WriteList prints the words of a topic, each with what it is, in one line.
func (t Topic) WriteList(w io.Writer, p Prose) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", t.Heading(p))
	wide := 0
	entries := make([]Entry, len(t.Names))
	for i, n := range t.Names {
		entries[i] = t.entry(p, n)
		wide = max(wide, len(n))
	}
	for _, e := range entries {
		line := fmt.Sprintf("  %-*s  ", wide, e.Word)
		line += short(e.predicate(), Width-lang.Width(line))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// predicate is the summary without its subject, which a list names.
func (e Entry) predicate() string {
	subject, rest, _ := strings.Cut(e.Summary, " ")
	named := e.Doc.name != "" && strings.HasPrefix(subject, e.Doc.name)
	if !named || strings.Contains(subject, "(") || subject == e.Doc.name && strings.HasPrefix(rest, "(") {
		return e.Summary
	}
	return strings.TrimPrefix(rest, "is ")
}

// short is a line of at most so many columns, cut at a word.
func short(line string, width int) string {
	if lang.Width(line) <= width {
		return line
	}
	cut := lang.Cut(line, max(0, width-1))
	if i := strings.LastIndexByte(cut, ' '); i > width/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:") + "…"
}

// Write prints an entry.
func (e Entry) Write(w io.Writer) error {
	var b strings.Builder
	b.WriteString(strings.Join(fold(e.heading(), Width), "\n") + "\n")
	if e.Key != nil {
		b.WriteByte('\n')
		e.prose.writeKeys(&b, []Key{*e.Key})
	}
	if !e.Doc.Empty() {
		fmt.Fprintf(&b, "\n%s\n", e.Doc.Plain(Width))
	}
	if len(e.Keys) > 0 {
		fmt.Fprintf(&b, "\n%s\n", e.prose.sayLine("Keys"))
		e.prose.writeKeys(&b, e.Keys)
	}
	for i, g := range e.Groups {
		fmt.Fprintf(&b, "\n%s\n", e.prose.sprintf("Keys of %s", g.Path))
		if i > 0 && !g.Doc.Empty() {
			fmt.Fprintf(&b, "%s\n\n", g.Doc.Plain(Width))
		}
		e.prose.writeKeys(&b, g.Keys)
	}
	example := func(title, code string) {
		fmt.Fprintf(&b, "%s\n%s\n", e.prose.sayLine(title), strings.Join(foldCode("    "+code, Width), "\n"))
	}
	b.WriteByte('\n')
	example("In an experiment file", e.YAML)
	if e.Go != "" {
		example("In Go", e.Go)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// heading says what the entry is, what Keras calls it, and its other names.
func (e Entry) heading() string {
	p := e.prose
	s := e.Word + ": " + p.sayLine(e.Thing)
	switch {
	case e.Class != "":
		s += ", " + p.sprintf("Keras's %s", e.Class)
	case e.Key == nil && !e.Listed:
		s += ", " + p.sayLine("which Keras does not have")
	}
	if len(e.Names) > 0 {
		s += "; " + p.sprintf("also %s", strings.Join(e.Names, ", "))
	}
	return s
}

// writeKeys prints keys with what may be written, and under it what they mean.
func (p Prose) writeKeys(b *strings.Builder, keys []Key) {
	wide := 0
	for _, k := range keys {
		wide = max(wide, len(k.Key))
	}
	wide = min(wide, 24)
	for _, k := range keys {
		room := Width - max(wide, len(k.Key)) - 4
		lines := fold(p.facts(k), room)
		if k.Text != "" {
			lines = append(lines, fold(k.Text, room)...)
		}
		for i, line := range lines {
			name := ""
			if i == 0 {
				name = k.Key
			}
			fmt.Fprintf(b, "  %-*s  %s\n", wide, name, line)
		}
	}
}

// facts are what the tags say of a key: form, bounds, default, its field in Go.
func (p Prose) facts(k Key) string {
	parts := []string{p.sayLine(k.Form)}
	if k.Allowed != "" {
		if len(k.Choices) > 0 {
			parts[0] = p.sprintf("one of %s", k.Allowed)
		} else {
			parts = append(parts, k.Allowed)
		}
	}
	parts = append(parts, p.defaultText(k))
	if k.Main {
		parts = append(parts, p.sayLine("may stand without its key"))
	}
	if k.Older != "" {
		parts = append(parts, p.sprintf("in older files %s", k.Older))
	}
	field := p.sprintf("in Go %s", k.Field)
	if k.Inverse {
		field = p.sprintf("in Go the opposite, %s", k.Field)
	}
	return strings.Join(append(parts, field), "; ")
}

// defaultText says what holds for a key that is left out: its default, or that it is required or then unset.
func (p Prose) defaultText(k Key) string {
	switch {
	case k.Required:
		return p.sayLine("required")
	case k.Default != "":
		return p.sprintf("default %s", k.Default)
	}
	return p.sayLine("optional")
}

// fold breaks a text into lines of at most so many columns; a longer word has a line of its own.
func fold(text string, width int) []string {
	var lines []string
	line, n := "", 0
	for word := range strings.FieldsSeq(text) {
		w := lang.Width(word)
		if n > 0 && n+1+w > width {
			lines, line, n = append(lines, line), "", 0
		}
		if n > 0 {
			line, n = line+" ", n+1
		}
		line, n = line+word, n+w
	}
	return append(lines, line)
}
