package reference

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"

	"gorae/internal/lang"
)

//go:generate go run ../lang/gen ko

//go:embed ko.zip
var translations []byte

// language translates the reference: texts by the English ones, paragraph by paragraph.
type language map[string]string

// In returns the reference's prose in a language. The translations of doc comments and of keys.txt stand in the folder
// of the language, paragraph by paragraph; what stands nowhere stays English.
func In(l lang.Language) (Prose, error) {
	p := Embedded()
	if l == lang.English {
		return p, nil
	}
	says, err := lang.Blocks(lang.Packed(translations), string(l))
	p.says = says
	return p, err
}

// sprintf prints a format in the prose's language.
func (p Prose) sprintf(format string, args ...any) string {
	return fmt.Sprintf(p.sayLine(format), args...)
}

// sayLine returns a text of one line in the prose's language.
func (p Prose) sayLine(english string) string {
	english = oneLine(english)
	if p.says == nil || english == "" {
		return english
	}
	said, ok := p.says[english]
	switch {
	case ok && p.seen != nil:
		p.seen(english)
	case !ok && p.lacks != nil:
		p.lacks(english)
	}
	if !ok {
		return english
	}
	return said
}

// Folder is the folder of a language's pages below docs/reference.
func Folder(l lang.Language) string {
	if l == lang.English {
		return ""
	}
	return string(l)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// phrase is a word between blanks, which a formula does not have.
var phrase = regexp.MustCompile(`(^|[ ,])[a-z]{2,}[,;]?( |$)`)

// sayPhrase returns a text of a list in the prose's language; a formula is the same in all.
func (p Prose) sayPhrase(text string) string {
	if text = strings.TrimSpace(text); phrase.MatchString(text) {
		return p.sayLine(text)
	}
	return text
}

// codeLine is a line of a list or a formula: the word that the text is of, a gap, and the text.
var codeLine = regexp.MustCompile(`^(\t.*?\S {2,})(\S.*)$`)

// say returns a doc comment in the prose's language: its paragraphs, and in its indented lists what stands behind each
// word.
func (p Prose) say(doc string) string {
	if p.says == nil {
		return doc
	}
	var b, paragraph strings.Builder
	flush := func() {
		if text := p.sayLine(paragraph.String()); text != "" {
			fmt.Fprintln(&b, text)
		}
		paragraph.Reset()
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(doc, "\n"), "\n") {
		code := strings.HasPrefix(line, "\t") || strings.HasPrefix(line, " ") // a formula, or YAML in a list
		if !code && line != "" {
			paragraph.WriteString(line + "\n")
			continue
		}
		flush()
		if m := codeLine.FindStringSubmatch(line); m != nil {
			line = m[1] + p.sayPhrase(m[2])
		}
		b.WriteString(line + "\n")
	}
	flush()
	return b.String()
}
