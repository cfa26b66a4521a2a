package reference

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"go/doc/comment"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"gorae/config"
)

// Doc is the doc comment of a type or function, and those of its fields.
type Doc struct {
	Doc    string            `json:"doc,omitempty"`
	Fields map[string]string `json:"fields,omitempty"`
}

// Prose is what the reference says, in a language.
type Prose struct {
	Docs  map[string]Doc // by import path and name: gorae/layer.Dense; in English
	says  language       // nil: English
	seen  func(string)   // is told what is translated, and
	lacks func(string)   // what has no translation, where they are not nil
}

//go:embed prose.json.gz
var embedded []byte

// Embedded returns the doc comments that the generator has written.
var Embedded = sync.OnceValue(func() Prose {
	var p Prose
	r, err := gzip.NewReader(bytes.NewReader(embedded))
	if err == nil {
		err = json.NewDecoder(r).Decode(&p.Docs)
	}
	if err != nil {
		panic("reference: prose.json.gz: " + err.Error()) // it is written by the generator and tested
	}
	return p
})

// Text is a doc comment, to be printed at some width or as Markdown.
type Text struct {
	raw  string
	has  func(name string) bool // there is such a type beside the one that the comment is of
	name string                 // of the type
}

// text is the doc comment of a type.
func (p Prose) text(t reflect.Type) Text {
	return Text{p.say(p.Docs[typeName(t)].Doc), func(name string) bool {
		_, ok := p.Docs[t.PkgPath()+"."+name]
		return ok
	}, t.Name()}
}

// Empty reports whether there is no text.
func (t Text) Empty() bool { return strings.TrimSpace(t.raw) == "" }

// link is a doc link to a type.
var link = regexp.MustCompile(`\[([A-Z]\w*)\]`)

// unlinked is the text with the bare names of types in the place of doc links. Package comment takes none for a link
// that a Korean particle follows.
func (t Text) unlinked() string {
	return link.ReplaceAllStringFunc(t.raw, func(s string) string {
		if name := s[1 : len(s)-1]; t.has != nil && t.has(name) {
			return name
		}
		return s
	})
}

func (t Text) parse() (*comment.Doc, *comment.Printer) {
	p := comment.Parser{LookupSym: func(_, name string) bool { return t.has != nil && t.has(name) },
		LookupPackage: func(string) (string, bool) { return "", false }}
	return p.Parse(t.unlinked()), &comment.Printer{DocLinkURL: func(*comment.DocLink) string { return "" },
		HeadingLevel: 4}
}

// Plain is the text in lines of at most so many columns.
func (t Text) Plain(width int) string {
	d, pr := t.parse()
	pr.TextWidth, pr.TextCodePrefix = -1, "    "
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(string(pr.Text(d)), "\n"), "\n") {
		if strings.HasPrefix(line, pr.TextCodePrefix) {
			lines = append(lines, foldCode(line, width)...)
		} else {
			lines = append(lines, fold(line, width)...)
		}
	}
	return strings.Join(lines, "\n")
}

// Markdown is the text as Markdown.
func (t Text) Markdown() string {
	d, pr := t.parse()
	return strings.TrimRight(string(pr.Markdown(d)), "\n")
}

// Summary is the text's first sentence in one line.
func (t Text) Summary() string {
	d, pr := t.parse()
	if len(d.Content) == 0 {
		return ""
	}
	pr.TextWidth = -1
	line := strings.TrimSpace(string(pr.Text(&comment.Doc{Content: d.Content[:1]})))
	return strings.TrimSuffix(firstSentence(line), ":")
}

// sentenceEnd is a full stop before a blank and a capital letter, or behind the ending of a Korean verb.
var sentenceEnd = regexp.MustCompile(`\. [A-Z]|[다오](?:\([^()]*\))?\. `)

// firstSentence ends at a sentence's full stop, but not at that of et al.
func firstSentence(line string) string {
	for _, m := range sentenceEnd.FindAllStringIndex(line, -1) {
		end := m[0] + strings.LastIndexByte(line[m[0]:m[1]], '.')
		if !strings.HasSuffix(line[:end], "et al") {
			return line[:end+1]
		}
	}
	return line
}

//go:embed keys.txt
var commonKeys string

// common is the meaning of keys that many things have, which doc comments would repeat.
var common = sync.OnceValue(func() map[string]string { return table(commonKeys) })

// table reads lines of a word and a text, # beginning a comment.
func table(text string) map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(text) {
		word, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
		if ok && word[0] != '#' {
			m[word] = strings.TrimSpace(rest)
		}
	}
	return m
}

// keys are keys with their meanings.
func (p Prose) keys(infos []config.KeyInfo) []Key {
	keys := make([]Key, len(infos))
	for i, k := range infos {
		keys[i] = Key{k, p.meaning(k)}
	}
	return keys
}

// meaning is what a key means: the comment of its field, what its flag of the command says, the meaning that the key
// has everywhere, or what its number is of. The comment of a field that is the key's opposite is about the opposite.
func (p Prose) meaning(k config.KeyInfo) string {
	comment := p.Docs[typeName(k.In)].Fields[k.Field]
	of := common()[k.In.Name()+"."+k.Key]
	if of == "" {
		of = common()[k.Key]
	}
	if k.Inverse {
		if of == "" && comment != "" {
			return p.sprintf("its opposite: %s", p.sayLine(comment))
		}
		return p.sayLine(of)
	}
	var help string
	if sf, ok := k.In.FieldByName(k.Field); ok {
		help = sf.Tag.Get("help")
	}
	for _, text := range []string{comment, help, of, k.What} {
		if text = oneLine(text); text == "" {
			continue
		}
		if rest, ok := strings.CutPrefix(text, "nil: "); ok {
			return p.sprintf("if left out, %s", p.sayLine(rest))
		}
		return p.sayLine(text)
	}
	return ""
}
