package reference

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Width is how many columns the printed reference takes at most; formulas and examples may be longer.
const Width = 80

// WriteList prints the words of a topic: each with Keras's class and what it is, in one line.
func (t Topic) WriteList(w io.Writer, p Prose) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", t.Title)
	wide, class := 0, 0
	entries := make([]Entry, len(t.Names))
	for i, n := range t.Names {
		entries[i] = t.find(p, n)
		wide = max(wide, len(n))
		class = max(class, len(entries[i].class()))
	}
	for _, e := range entries {
		line := fmt.Sprintf("  %-*s  ", wide, e.Word)
		if class > 0 {
			line += fmt.Sprintf("%-*s  ", class, e.class())
		}
		line += short(e.Summary, Width-utf8.RuneCountInString(line))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// class is Keras's class without its module.
func (e Entry) class() string { return e.Class[strings.LastIndexByte(e.Class, '.')+1:] }

// short is a line of at most so many characters, cut at a word.
func short(line string, width int) string {
	if utf8.RuneCountInString(line) <= width {
		return line
	}
	cut := string([]rune(line)[:max(0, width-1)])
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
		writeKeys(&b, []Key{*e.Key})
	}
	if !e.Doc.Empty() {
		fmt.Fprintf(&b, "\n%s\n", e.Doc.Plain(Width))
	}
	if len(e.Keys) > 0 {
		b.WriteString("\nKeys\n")
		writeKeys(&b, e.Keys)
	}
	for i, g := range e.Groups {
		fmt.Fprintf(&b, "\nKeys of %s\n", g.Path)
		if i > 0 && !g.Doc.Empty() {
			fmt.Fprintf(&b, "%s\n\n", g.Doc.Plain(Width))
		}
		writeKeys(&b, g.Keys)
	}
	fmt.Fprintf(&b, "\nIn an experiment file\n    %s\n", e.YAML)
	if e.Go != "" {
		fmt.Fprintf(&b, "In Go\n    %s\n", e.Go)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// heading says what the entry is, what Keras calls it, and its other names.
func (e Entry) heading() string {
	s := e.Word + ": " + e.Thing
	switch {
	case e.Class != "":
		s += ", Keras's " + e.Class
	case e.Key == nil && e.Topic != "augmentations":
		s += ", which Keras does not have"
	}
	if len(e.Names) > 0 {
		s += "; also " + strings.Join(e.Names, ", ")
	}
	return s
}

// writeKeys prints keys with what may be written, and under it what they mean.
func writeKeys(b *strings.Builder, keys []Key) {
	wide := 0
	for _, k := range keys {
		wide = max(wide, len(k.Key))
	}
	wide = min(wide, 24)
	for _, k := range keys {
		lines := fold(k.facts(), Width-wide-4)
		if k.Text != "" {
			lines = append(lines, fold(k.Text, Width-wide-4)...)
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
func (k Key) facts() string {
	parts := []string{k.Form}
	if k.Allowed != "" {
		if len(k.Choices) > 0 {
			parts[0] = "one of " + k.Allowed
		} else {
			parts = append(parts, k.Allowed)
		}
	}
	parts = append(parts, k.DefaultText())
	if k.Main {
		parts = append(parts, "may stand without its key")
	}
	if k.Older != "" {
		parts = append(parts, "in older files "+k.Older)
	}
	field := "in Go " + k.Field
	if k.Inverse {
		field = "in Go the opposite, " + k.Field
	}
	return strings.Join(append(parts, field), "; ")
}

// DefaultText says what holds for a key that is left out: its default, or that it is required or then unset.
func (k Key) DefaultText() string {
	switch {
	case k.Required:
		return "required"
	case k.Default != "":
		return "default " + k.Default
	}
	return "optional"
}

// fold breaks a text into lines of at most so many characters; a longer word has a line of its own.
func fold(text string, width int) []string {
	var lines []string
	line, n := "", 0
	for word := range strings.FieldsSeq(text) {
		w := utf8.RuneCountInString(word)
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
