package lang

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// sentenceOf is a format of the catalogue and how to draw what it prints.
type sentenceOf struct {
	entry
	bare  string
	verbs []byte // of its arguments
	apart []bool // of each argument, whether neither a letter nor another text stands before it
}

// messagesOf returns the messages of the catalogue that are recognised in lines.
func messagesOf(t *testing.T, k *Translator) []sentenceOf {
	t.Helper()
	all, err := entries(os.DirFS("."), "ko")
	if err != nil {
		t.Fatal(err)
	}
	var out []sentenceOf
	seen := map[string]bool{}
	for _, e := range all {
		p := newPattern(e.english)
		if base := path.Base(e.file); base == labels || base == pictures || seen[e.english] || p.lines > 1 {
			continue
		}
		seen[e.english] = true
		m := sentenceOf{entry: e, bare: p.bare()}
		at, text := 0, false
		for _, v := range verbs.FindAllStringIndex(m.bare, -1) {
			if v[0] > at {
				text = unicode.IsLetter(rune(m.bare[v[0]-1]))
			}
			at = v[1]
			if verb := m.bare[v[1]-1]; verb != '%' {
				m.verbs, m.apart = append(m.verbs, verb), append(m.apart, !text)
				text = true
			} else {
				text = false
			}
		}
		out = append(out, m)
	}
	return out
}

// texts of the user's: names of columns, classes and files, some of which are words of messages.
var users = []string{"Age", "나이", "price_usd", "train.csv", "runs/a-1/model.keras", `"a, b: c (d"`, `"rows"`, "x1",
	"고양이", "of", "rows", "samples", "target", "test", "loss", "is", "3월", "f1(a)", "model[0].dense.units",
	"a.b.c", "val_loss", "C", "C:\\data.csv", "dense_1/kernel"}

// drawnArgument draws what an argument of a verb prints.
func drawnArgument(t *rapid.T, verb byte) string {
	switch verb {
	case 'd':
		return fmt.Sprint(rapid.IntRange(-9, 20000).Draw(t, "d"))
	case 'f':
		return fmt.Sprintf("%.2f", rapid.Float64Range(-5, 500).Draw(t, "f"))
	case 'e', 'g':
		return fmt.Sprintf("%.3g", rapid.Float64Range(-5, 1e9).Draw(t, "g"))
	case 'q':
		return fmt.Sprintf("%q", rapid.SampledFrom(users).Draw(t, "q"))
	case 't':
		return fmt.Sprint(rapid.Bool().Draw(t, "t"))
	case 'c':
		return string(rapid.SampledFrom([]rune("ab가;")).Draw(t, "c"))
	case 'x':
		return fmt.Sprintf("%x", rapid.IntRange(0, 99999).Draw(t, "x"))
	}
	if rapid.Bool().Draw(t, "number") {
		return fmt.Sprint(rapid.IntRange(0, 3000).Draw(t, "n"))
	}
	return rapid.SampledFrom(users).Draw(t, "s")
}

// print draws arguments of a message, and returns what it prints in both languages. Where the other language takes an
// argument for a message, it may be one, down to a depth: a phrase without separators.
func (m sentenceOf) print(t *rapid.T, k *Translator, all []sentenceOf, depth int) (english, korean string) {
	var b strings.Builder
	var values []any
	at, next, p := 0, 0, newPattern(m.english)
	for _, v := range verbs.FindAllStringIndex(m.bare, -1) {
		b.WriteString(m.bare[at:v[0]])
		at = v[1]
		verb := m.bare[v[1]-1]
		if verb == '%' {
			b.WriteByte('%')
			continue
		}
		n := next
		next++
		_, typed := kinds[verb]
		if !typed && !m.apart[n] { // an ending of a sentence, or none
			values = append(values, argument(""))
			continue
		}
		marked := k.isText[m.english][n]
		if marked && !typed && p.apart[n] && depth > 0 && rapid.IntRange(0, 2).Draw(t, "nested") == 0 {
			inner := rapid.SampledFrom(all).Draw(t, "inner")
			for ; strings.ContainsAny(inner.bare, ";:,("); inner = rapid.SampledFrom(all).Draw(t, "inner") {
			}
			e, _ := inner.print(t, k, all, 0)
			o := k.Text(e) // another message's, where the words are those of both
			b.WriteString(e)
			values = append(values, argument(o))
			continue
		}
		arg := drawnArgument(t, verb)
		b.WriteString(arg)
		if marked {
			arg, _ = k.argument(arg, map[string]string{})
		}
		values = append(values, argument(arg))
	}
	b.WriteString(m.bare[at:])
	return b.String(), k.printer.Sprintf(m.english, append(values, argument("{"))...)
}

// plain returns the messages that are recognised whatever their arguments are: those with letters enough, without
// widths, and of a shape of their own.
func plain(all []sentenceOf) []sentenceOf {
	shape := func(m sentenceOf) string {
		s := verbs.ReplaceAllStringFunc(m.bare, func(v string) string {
			switch kind, ok := kinds[v[len(v)-1]]; {
			case v[len(v)-1] == '%':
				return v
			case ok:
				return kind
			}
			return "\x00"
		})
		return regexp.MustCompile("\x00+").ReplaceAllString(s, "\x00")
	}
	same := map[string]int{}
	for _, m := range all {
		same[shape(m)]++
	}
	return slices.DeleteFunc(slices.Clone(all), func(m sentenceOf) bool {
		p := newPattern(m.english)
		return p.literal < weak && p.begins < 4 && p.typed == 0 || padded.MatchString(m.bare) || same[shape(m)] > 1
	})
}

var padded = regexp.MustCompile(`%-?[0-9]+[a-z]`)

// TestAnyArguments: what a format of the catalogue has printed, with any arguments, is translated as that format prints
// the translated arguments. Where an argument is a word of formats, so that another format with more letters may have
// printed the same, that one is meant.
func TestAnyArguments(t *testing.T) {
	k, err := For(Korean)
	if err != nil {
		t.Fatal(err)
	}
	all := plain(messagesOf(t, k))
	if len(all) < 2000 {
		t.Fatalf("%d messages", len(all))
	}
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			m := rapid.SampledFrom(all).Draw(t, "message")
			english, want := m.print(t, k, all, 1)
			if got := k.Text(english); got != want && !m.covered(k, english) {
				t.Fatalf("%s:%d: %s\n\t%s\n\t%q, want\n\t%q", m.file, m.line, m.english, english, got, want)
			}
		}
	})
}

// covered reports whether another message with as many letters or more may have printed a text.
func (m sentenceOf) covered(k *Translator, text string) bool {
	own := newPattern(m.english).literal
	return slices.ContainsFunc(k.patterns, func(p *pattern) bool {
		_, ok := p.match(text)
		return ok && p.format != m.english && p.literal >= own
	})
}

// TestJoined: of two messages joined by a separator or by brackets each is translated for itself. Where one of them is
// a text of the other, as a remark at a sentence's end may be, both readings are right: 1 in 100 may be read so.
func TestJoined(t *testing.T) {
	k, err := For(Korean)
	if err != nil {
		t.Fatal(err)
	}
	all := slices.DeleteFunc(plain(messagesOf(t, k)), func(m sentenceOf) bool {
		return strings.ContainsAny(m.bare, ";:,(")
	})
	pair := rapid.Custom(func(t *rapid.T) [2]string {
		a, b := rapid.SampledFrom(all).Draw(t, "first"), rapid.SampledFrom(all).Draw(t, "second")
		e, o := a.print(t, k, all, 0)
		e2, o2 := b.print(t, k, all, 0)
		switch rapid.SampledFrom([]string{":", "(", ";"}).Draw(t, "separator") {
		case ":":
			return [2]string{e + ": " + e2, o + ": " + o2}
		case "(":
			return [2]string{e + " (" + e2 + ")", o + " (" + o2 + ")"}
		}
		if strings.HasSuffix(o, "다") {
			return [2]string{e + "; " + e2, o + ". " + o2}
		}
		return [2]string{e + "; " + e2, o + "; " + o2}
	})
	const n = 4000
	var wrong []string
	for i := range n {
		p := pair.Example(i)
		if got := k.Text(p[0]); got != p[1] {
			wrong = append(wrong, fmt.Sprintf("%s\n\t%s, want\n\t%s", p[0], got, p[1]))
		}
	}
	if len(wrong) > n/100 {
		t.Errorf("%d of %d:\n%s", len(wrong), n, strings.Join(wrong, "\n"))
	}
}
