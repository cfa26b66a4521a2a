package lang

import (
	"archive/zip"
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

//go:generate go run ./gen ko

//go:embed ko.zip
var packed []byte

// Packed are the catalogue files of a zip file that the generator has written. They are unpacked when they are read.
func Packed(file []byte) fs.FS {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		panic("lang: " + err.Error()) // go generate writes it, and a test compares it with the texts
	}
	return z
}

// entry is a message of a catalogue: its format in English and in the other language.
type entry struct {
	english, other string
	file           string
	line           int
}

// entries reads the catalogue files below a folder. A file is blocks of two lines, the English format and the other
// one, with an empty line between blocks; \n and \t in a line are line ends and tabs. Lines that begin with # are
// comments.
func entries(fsys fs.FS, dir string) ([]entry, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	var all []entry
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		var block []string
		lines := strings.Split(string(b)+"\n", "\n")
		for i, line := range lines {
			switch {
			case strings.HasPrefix(line, "#"):
			case line != "":
				block = append(block, unescape.Replace(line))
			case len(block) == 2:
				all = append(all, entry{english: block[0], other: block[1], file: name, line: i - 1})
				block = nil
			case len(block) != 0:
				return nil, fmt.Errorf("%s:%d: %d lines in a block; two belong together", name, i, len(block))
			}
		}
	}
	return all, nil
}

var unescape = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`)

// Two files are not of formats that are recognised in what they have printed.
const (
	labels   = "labels.txt"   // single words: what stands before a line's figures, units and heads of tables
	pictures = "pictures.txt" // texts of pictures, which are printed by [Translator.Sprintf]
)

// Translator prints English text in another language.
type Translator struct {
	to       Language
	patterns []*pattern      // those with the most letters first
	messages map[string]bool // formats that Sprintf prints
	labels   map[string]string
	isText   map[string][]bool // of a format, which arguments are translated
	printer  *message.Printer
}

// translated is the verb of an argument of a catalogue's format, with the marks that close it and a particle.
var translated = regexp.MustCompile(`%(?:%|(?:\[(\d+)\])?([sm])(["'”’)\]]*)(` + particleForms() + `)?)`)

func particleForms() string {
	var forms []string
	for form := range particles {
		forms = append(forms, regexp.QuoteMeta(form))
	}
	slices.Sort(forms)
	return strings.Join(forms, "|")
}

// arguments lists which arguments a format of the other language uses, and which of them are messages, and returns the
// format for the printer: %[1]s for an argument, %[1]은 for a particle after it.
func arguments(format string) (printed string, used, isText map[int]bool) {
	used, isText = map[int]bool{}, map[int]bool{}
	next := 1
	printed = translated.ReplaceAllStringFunc(format, func(verb string) string {
		m := translated.FindStringSubmatch(verb)
		if m[2] == "" {
			return verb
		}
		n := next
		if m[1] != "" {
			n, _ = strconv.Atoi(m[1])
		}
		next = n + 1
		used[n] = true
		if m[2] == "m" {
			isText[n] = true
		}
		s := fmt.Sprintf("%%[%d]s%s", n, m[3])
		if m[4] != "" {
			s += fmt.Sprintf("%%[%d]%c", n, particles[m[4]].verb)
		}
		return s
	})
	return printed, used, isText
}

// Language is the language that the translator prints.
func (t *Translator) Language() Language {
	if t == nil {
		return English
	}
	return t.to
}

// newTranslator returns the translator of a catalogue.
func newTranslator(tag language.Tag, all []entry) (*Translator, error) {
	t := &Translator{to: Language(tag.String()), labels: map[string]string{}, isText: map[string][]bool{},
		messages: map[string]bool{}}
	b := catalog.NewBuilder(catalog.Fallback(language.English))
	for _, e := range all {
		if path.Base(e.file) == labels {
			t.labels[e.english] = e.other
			continue
		}
		if t.messages[e.english] {
			continue
		}
		t.messages[e.english] = true
		p, drawn := newPattern(e.english), path.Base(e.file) == pictures
		if p.literal == 0 && !drawn {
			return nil, fmt.Errorf("%s:%d: no word beside the arguments", e.file, e.line)
		}
		format, _, isText := arguments(trimmed(e.other))
		// Package catalog has a meaning for "${"; the brace comes as an argument of its own.
		format = strings.ReplaceAll(format, "${", fmt.Sprintf("$%%[%d]s", p.args+1))
		marks := make([]bool, p.args)
		for n := range isText {
			if n <= p.args {
				marks[n-1] = true
			}
		}
		t.isText[e.english] = marks
		if !drawn {
			t.patterns = append(t.patterns, p)
		}
		if err := b.SetString(tag, e.english, format); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", e.file, e.line, err)
		}
	}
	slices.SortStableFunc(t.patterns, func(a, b *pattern) int {
		return cmp.Or(cmp.Compare(b.literal, a.literal), cmp.Compare(b.typed, a.typed))
	})
	t.printer = message.NewPrinter(tag, message.Catalog(b))
	return t, nil
}

// trimmed returns a format without the separators around it, as [newPattern] trims the English one.
func trimmed(format string) string {
	format = strings.TrimRight(strings.TrimLeft(format, separators), " \n")
	if strings.Count(format, ")") > strings.Count(format, "(") {
		format = strings.TrimSuffix(format, ")")
	}
	return format
}

// koreanTag names the language for package message.
var koreanTag = language.Korean

var korean = sync.OnceValues(func() (*Translator, error) {
	all, err := entries(Packed(packed), "ko")
	if err != nil {
		return nil, err
	}
	return newTranslator(koreanTag, all)
})

// For returns the translator into a language; nil for English, in which everything is written.
func For(l Language) (*Translator, error) {
	if l == Korean {
		return korean()
	}
	return nil, nil
}

// Sprintf prints a format of the catalogue in the translator's language. An argument that the format of the language
// marks as a message is translated, the others stay as they are. A format that the catalogue lacks, or that names its
// arguments by number or takes widths from them, is printed in English, and so is every format by a nil translator.
func (t *Translator) Sprintf(format string, args ...any) string {
	parts := verbs.FindAllStringSubmatch(format, -1)
	parts = slices.DeleteFunc(parts, func(m []string) bool { return m[2] == "%" })
	plain := len(parts) == len(args) && !slices.ContainsFunc(parts, func(m []string) bool {
		return strings.ContainsAny(m[0], "*[")
	})
	if t == nil || !plain || !t.messages[format] {
		return fmt.Sprintf(format, args...)
	}
	values := make([]any, len(args), len(args)+1)
	for i, a := range args {
		s := fmt.Sprintf(parts[i][0], a)
		if t.isText[format][i] {
			s, _ = t.argument(s, map[string]string{})
		}
		values[i] = argument(s)
	}
	return t.printer.Sprintf(format, append(values, argument("{"))...)
}

// Blocks returns the blocks of two lines of the catalogue files (*.txt) below a folder: what the second line says, by
// the first one.
func Blocks(fsys fs.FS, dir string) (map[string]string, error) {
	all, err := entries(fsys, dir)
	if err != nil {
		return nil, err
	}
	m := make(map[string]string, len(all))
	for _, e := range all {
		m[e.english] = e.other
	}
	return m, nil
}

// argument is a text in a message, for a printer: %[1]s prints it, %[1]은 the particle after it.
type argument string

// Format prints the argument or a particle.
func (a argument) Format(s fmt.State, verb rune) {
	text := string(a)
	if form, ok := particle(verb, text); ok {
		text = form
	}
	_, _ = s.Write([]byte(text)) // a printer's buffer takes everything
}
