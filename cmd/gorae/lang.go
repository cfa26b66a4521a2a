package main

import (
	"io"
	"os"
	"strings"
	"sync"

	"github.com/alecthomas/kong"

	"gorae/chart"
	"gorae/internal/lang"
	"gorae/internal/words"
)

// langFlag is a language of the output.
type langFlag string

// UnmarshalText reads the language.
func (f *langFlag) UnmarshalText(b []byte) error {
	l, err := lang.Parse(string(b))
	*f = langFlag(l)
	return err
}

// translator returns that of the language that the flag --lang among the words of a command names, or else of the
// environment's. It is known before the words are parsed, which may fail.
func translator(args []string) (*lang.Translator, error) {
	chosen := lang.Of(os.Getenv)
	for i, a := range args {
		if a == "--" {
			break
		}
		name, ok := strings.CutPrefix(a, "--lang=")
		if a == "--lang" && i+1 < len(args) {
			name, ok = args[i+1], true
		}
		if l, err := lang.Parse(name); ok && err == nil {
			chosen = l
		}
	}
	return lang.For(chosen)
}

// draw has pictures drawn in the language of the output, and in the others for reports in those, whose translators are
// made when the first picture is.
func draw(by *lang.Translator) {
	var others []chart.Language
	for _, code := range lang.Languages() {
		if code == string(by.Language()) {
			continue
		}
		other := sync.OnceValue(func() *lang.Translator {
			t, err := lang.For(lang.Language(code))
			if err != nil {
				return nil // English: the picture matters more than its language
			}
			return t
		})
		others = append(others, chart.Language{Code: code, Sprintf: func(format string, args ...any) string {
			return other().Sprintf(format, args...)
		}})
	}
	chart.Translate(chart.Language{Code: string(by.Language()), Sprintf: by.Sprintf}, others...)
}

// helpScreen is where kong prints help: it counts characters, of which some are two columns wide. Its texts come with a
// filler behind each of those, which is taken out here.
type helpScreen struct {
	to io.Writer
	by *lang.Translator
}

func (s helpScreen) Write(b []byte) (int, error) {
	text := string(b)
	if s.by != nil {
		text = s.by.Lines(words.Unfill(text))
	}
	if _, err := io.WriteString(s.to, text); err != nil {
		return 0, err
	}
	return len(b), nil
}

// translateHelp puts the texts of the command's words and flags into a language.
func translateHelp(n *kong.Node, by *lang.Translator) {
	if by == nil {
		return
	}
	text := func(s string) string { return words.Fill(by.Text(s)) }
	n.Help, n.Detail = text(n.Help), text(n.Detail)
	for _, f := range n.Flags {
		f.Help = text(f.Help)
	}
	for _, p := range n.Positional {
		p.Help = text(p.Help)
	}
	for _, c := range n.Children {
		translateHelp(c, by)
	}
}
