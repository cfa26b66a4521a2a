//go:build judge

package judge

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/internal/runtest"
)

// textWords are parts of texts: words of several scripts with and without capitals, apostrophes, numbers, marks,
// accents that no letter takes up, tags, blanks of all kinds.
var textWords = strings.Split("good|Good|day|bad|RAIN|rain today|so so|it's|IT’S|rock 'n' roll|'quoted'|sea-side|3.14|"+
	"1,000:30|5.|x.y|a.5|№5|½|x²|٣.٤|고래|고래는 바다에|대구·부산|ㅋㅋㅋ|鯨は海|Ünïcode|ÉCOLE|ΣΊΣΥΦΟΣ|İstanbul|ǅungla|"+
	"STRAẞE|ЖИЗНЬ|Ⅷ|ⓐⒶ|𝔸𐐀𐐨|"+
	"😀😀|👍🏽|⃝+⃝|q̈̃|<b>bold</b>|a<br/>b|<!-- no -->|1 < 2|<3|x <y|<unclosed|$5 €6|(so)|[day]!|?!..|"+
	"_under_|#tag @me|\u00a0day\u2003rain\u3000|\u200bday|\ufffd|&amp;|\"day\"|ａｂＣ|नमस्ते|ไทย|שָׁלוֹם|العَرَبية", "|")

// textTable is a table of texts with two classes.
func textTable() string {
	var s strings.Builder
	w := csv.NewWriter(&s)
	_ = w.Write([]string{"words", "y"}) // to a buffer
	r := rand.New(rand.NewPCG(15, 9))
	for i := range 80 {
		var parts []string
		for range 1 + r.IntN(9) {
			parts = append(parts, textWords[r.IntN(len(textWords))])
		}
		_ = w.Write([]string{strings.Join(parts, " "), fmt.Sprint(i % 2)})
	}
	w.Flush()
	return s.String()
}

// textProducts are ways to cut texts.
var textProducts = map[string]string{
	"words":      "{length: 6}",
	"before":     "{length: 7, pad: before, case: true}",
	"first":      "{length: 5, keep: first, ngrams: 3, words: 60}",
	"marks":      "{length: 9, marks: true, markup: true}",
	"mark bags":  "{marks: true, case: true, output: bag}",
	"counts":     "{output: count, markup: true}",
	"weights":    "{output: tfidf, ngrams: 2, marks: true}",
	"logs":       "{output: tfidf, sublinear_tf: true, count: 2}",
	"characters": "{unit: character, length: 30, ngrams: 2, markup: true}",
	"letters":    "{unit: character, output: tfidf, case: true, ngrams: 3}",
	"pairs":      "{unit: pair, words: 300, length: 12}",
	"pair bags":  "{unit: pair, words: 280, output: tfidf, markup: true}",
	"bytes":      "{unit: pair, words: 259, output: count, case: true}",
	"jamo":       "{unit: jamo, length: 20}", // whose features the row takes
}

// TestCTexts: products of texts written as C take the texts as they are, awkward ones too, and give the predictions of
// gorae.
func TestCTexts(t *testing.T) {
	long := strings.Repeat("Good day, bad RAIN 3.14 고래 ", 40)
	awkward["words"] = append([]string{"", "   ", "NA", "unheard of", long, strings.Repeat("a", 700),
		strings.Repeat("é", 130) + " " + strings.Repeat("고", 90), "'", "’a", "a’", "a''b",
		"5.5.", ".5", "\u0301", "<", "<a",
		"<>", "< b>", "</", "\U0010ffff", "day\vday"}, textWords...)
	defer delete(awkward, "words")
	for name, spec := range textProducts {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "data.csv")
			if err := os.WriteFile(path, []byte(textTable()), 0o644); err != nil {
				t.Fatal(err)
			}
			b := runtest.Product(t, dir, "data: {target: y, task: classification, features: {words: {text: "+spec+"}}}",
				"data.source="+path)
			inRows(t, b, dir, textTable())
			source, err := os.ReadFile(filepath.Join(dir, "m.c"))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(source), "const char *words;") == (name == "jamo") {
				t.Error("the row takes something else")
			}
		})
	}
}
