package reference

import (
	"fmt"
	"regexp"
	"strings"
)

// Pages returns the pages of docs/reference, by file name.
func Pages(p Prose) map[string]string {
	pages := map[string]string{}
	var index, experiment strings.Builder
	fmt.Fprintf(&index, "# %s\n\n%s\n\n", p.sayLine("Reference"), p.sayLine("Made by "+
		"`go generate ./internal/reference` from the registries, the tags and the doc comments; "+
		"`gorae help TOPIC [NAME]` prints the same."))
	fmt.Fprintf(&experiment, "# %s\n\n%s\n", p.sayLine("Experiment file"), p.sayLine("`gorae help data`, "+
		"`gorae help split` and `gorae help train` print these sections. The section `model` is a list of "+
		"[layers](layers.md); `seed` is a whole number, 1 if left out."))
	for _, t := range Topics() {
		if t.Section {
			experiment.WriteString("\n" + t.markdown(p, "##"))
			continue
		}
		fmt.Fprintf(&index, "- [%s](%s.md)\n", t.Heading(p), t.Word)
		pages[t.Word+".md"] = t.markdown(p, "#")
	}
	fmt.Fprintf(&index, "- [%s](experiment.md): data, split, train\n", p.sayLine("Experiment file"))
	pages["README.md"], pages["experiment.md"] = index.String(), experiment.String()
	for name, page := range pages {
		pages[name] = wrapped(page)
	}
	return pages
}

// pageWidth is the width of lines outside tables and code.
const pageWidth = 120

// markWord is a word that would begin a list, a heading or a quotation at the start of a line.
var markWord = regexp.MustCompile(` ([-+*#>=]+|\d+[.)]) `)

// wrapped is a page with its paragraphs broken into lines.
func wrapped(page string) string {
	var b strings.Builder
	code := false
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		if code || line == "" || strings.ContainsRune("|\t#` ", rune(line[0])) {
			b.WriteString(line + "\n")
			continue
		}
		glued := markWord.ReplaceAllString(line, "\x00$1 ")
		b.WriteString(strings.ReplaceAll(strings.Join(fold(glued, pageWidth), "\n"), "\x00", " ") + "\n")
	}
	return b.String()
}

// markdown is a topic with its entries; level is the mark of its heading.
func (t Topic) markdown(p Prose, level string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", level, t.Heading(p))
	for _, n := range t.Names {
		b.WriteString("\n" + t.entry(p, n).markdown(level+"#"))
	}
	return b.String()
}

func (e Entry) markdown(level string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", level, e.Word)
	if e.Key != nil {
		fmt.Fprintf(&b, "\n%s\n", cell(e.prose.facts(*e.Key)))
		if e.Key.Text != "" {
			fmt.Fprintf(&b, "\n%s\n", e.Key.Text)
		}
	} else {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimPrefix(e.heading(), e.Word+": "))
	}
	if !e.Doc.Empty() {
		fmt.Fprintf(&b, "\n%s\n", e.Doc.Markdown())
	}
	if len(e.Keys) > 0 {
		b.WriteString("\n" + e.prose.keyTable(e.Keys))
	}
	for i, g := range e.Groups {
		fmt.Fprintf(&b, "\n%s:\n", e.prose.sprintf("Keys of %s", "`"+g.Path+"`"))
		if i > 0 && !g.Doc.Empty() {
			fmt.Fprintf(&b, "\n%s\n", g.Doc.Markdown())
		}
		b.WriteString("\n" + e.prose.keyTable(g.Keys))
	}
	fmt.Fprintf(&b, "\n```yaml\n%s\n```\n", e.YAML)
	if e.Go != "" {
		fmt.Fprintf(&b, "\n```go\n%s\n```\n", e.Go)
	}
	return b.String()
}

func (p Prose) keyTable(keys []Key) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %s | %s |\n|---|---|---|\n", p.sayLine("key"), p.sayLine("what may be written"),
		p.sayLine("meaning"))
	for _, k := range keys {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Key, cell(p.facts(k)), cell(k.Text))
	}
	return b.String()
}

// cell is a text in a table, whose bars are no borders.
func cell(s string) string { return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(s) }
