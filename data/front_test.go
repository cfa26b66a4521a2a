package data

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	utf "golang.org/x/text/encoding/unicode"
)

// What a file's beginning leaves open is decided as a reader of it would, and said.
func TestFront(t *testing.T) {
	for _, c := range []struct {
		name, file string
		o          CSVOptions
		want       string // as dump has it
		guess      string
	}{
		{"years", "country,2019,2020\nDE,5,0.1\nKR,6,0.2\n", CSVOptions{},
			"country:category|DE|KR\n2019:number|5|6\n2020:number|0.1|0.2\n",
			"line 1 is the header, though 2019 is a " +
				"number: it is a year, and the values below are none; header: false takes it for a row"},
		{"only years", "2019,2020\n3,4\n5,6\n", CSVOptions{}, "2019:number|3|5\n2020:number|4|6\n",
			"line 1 is the header"},
		{"years below", "Ada,1985\nBob,1990\n", CSVOptions{}, "c1:category|Ada|Bob\nc2:number|1985|1990\n",
			"line 1 is a row, as it holds a number (1985); header: true takes its fields for names"},
		{"one year twice", "a,2019,2019\nb,1,2\n", CSVOptions{},
			"c1:category|a|b\nc2:number|2019|1\nc3:number|2019|2\n", "line 1 is a row"},
		{"blank in one column", "x\n1.5\n\n-1.5\n\n2\n", CSVOptions{}, "x:number|1.5|_|-1.5|_|2\n",
			"2 blank lines: rows without a value, as the file has one column; blank_lines: skip passes over them"},
		{"blank at the end", "x\n1.5\n\n\n", CSVOptions{}, "x:number|1.5\n",
			"2 blank lines at the end, passed over; blank_lines: rows makes rows of them"},
		{"blank at the end, said", "x\n1.5\n\n\n", CSVOptions{Blank: "rows"}, "x:number|1.5|_|_\n", ""},
		{"blank in one column, skipped", "x\n1.5\n\n2\n", CSVOptions{Blank: "skip"}, "x:number|1.5|2\n", ""},
		{"blank of two columns", "x,y\n1,2\n\n3,4\n\n", CSVOptions{}, "x:number|1|3\ny:number|2|4\n",
			"1 blank line passed over, the first is line 3"},
		{"blank of two columns, rows", "x,y\n1,2\n\n3,4\n", CSVOptions{Blank: "rows"},
			"x:number|1|_|3\ny:number|2|_|4\n",
			""},
		{"sep", "sep=;\na;b\n1;2\n", CSVOptions{}, "a:number|1\nb:number|2\n",
			"line 1, sep=;, names the separator and is no row"},
		{"sep, cr lf", "\"sep=|\"\r\na|b\r\n1|2\r\n", CSVOptions{}, "a:number|1\nb:number|2\n", "sep=|"},
		{"mixed", "city;rent, EUR;m2\nA;x, y;35\nB;z, w;40\n", CSVOptions{},
			"city:category|A|B\nrent, EUR:category|x, y|z, w\nm2:number|35|40\n", ""},
		{"bars", "a|b\n1|2\n", CSVOptions{}, "a:number|1\nb:number|2\n", ""},
		{"commas in prose", "text,label\nhello; world,x\n", CSVOptions{},
			"text:category|hello; world\nlabel:category|x\n",
			""},
		{"cr", "a,b\r1,2\r3,4\r", CSVOptions{}, "a:number|1|3\nb:number|2|4\n", ""},
	} {
		tab, err := ReadCSV(strings.NewReader(c.file), "f.csv", c.o)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := dump(tab); got != c.want || !strings.Contains(said(tab), c.guess) ||
			c.guess == "" && said(tab) != "" {
			t.Errorf("%s:\n%q, want\n%q; guesses %q", c.name, got, c.want, said(tab))
		}
	}
}

// Lines keep their numbers where blank lines are rows.
func TestBlankLinesKeepPlaces(t *testing.T) {
	tab, err := ReadCSV(strings.NewReader("x\n1\n\n\n2\n"), "f.csv", CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"f.csv:2", "f.csv:3", "f.csv:4", "f.csv:5"} {
		if got := tab.Place(i); got != want {
			t.Errorf("row %d stands at %s, want %s", i, got, want)
		}
	}
}

// The same table in the encodings that files come in.
func TestEncodings(t *testing.T) {
	const text = "이름,나이\n고래,5\n쀍,6\n" // 쀍 is in CP949 and not in EUC-KR
	encode := func(b []byte, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	little := utf.UTF16(utf.LittleEndian, utf.UseBOM).NewEncoder()
	big := utf.UTF16(utf.BigEndian, utf.UseBOM).NewEncoder()
	bareBig := utf.UTF16(utf.BigEndian, utf.IgnoreBOM).NewEncoder()
	bare := utf.UTF16(utf.LittleEndian, utf.IgnoreBOM).NewEncoder()
	const want = "이름:category|고래|쀍\n나이:number|5|6\n"
	for _, c := range []struct {
		name, file string
		o          CSVOptions
		want       string
		guess      string
	}{
		{"utf-8 with a mark", "\ufeff" + text, CSVOptions{}, want, ""},
		{"utf-16 le", encode(little.Bytes([]byte(text))), CSVOptions{}, want, "the file is read as UTF-16"},
		{"utf-16 be", encode(big.Bytes([]byte(text))), CSVOptions{}, want, "the file is read as UTF-16"},
		{"utf-16 le without a mark", encode(bare.Bytes([]byte("name,age\nwhale,5\n"))), CSVOptions{},
			"name:category|whale\nage:number|5\n", "the file is read as UTF-16"},
		{"cp949", encode(korean.EUCKR.NewEncoder().Bytes([]byte(text))), CSVOptions{}, want,
			"the file is no UTF-8 and is read as CP949, in which it is Korean; encoding: utf-8 or another"},
		{"cp949 said", encode(korean.EUCKR.NewEncoder().Bytes([]byte(text))), CSVOptions{Encoding: "cp949"}, want, ""},
		{"latin1 said", encode(charmap.Windows1252.NewEncoder().Bytes([]byte("a,b\ncafé,5\n"))),
			CSVOptions{Encoding: "latin1"}, "a:category|café\nb:number|5\n", ""},
		{"utf-16 le of Hangul without a mark", encode(bare.Bytes([]byte(text))), CSVOptions{}, want,
			"the file is read as UTF-16"},
		{"utf-16 be of Hangul without a mark", encode(bareBig.Bytes([]byte(text))), CSVOptions{}, want,
			"the file is read as UTF-16"},
		{"euc-kr said", encode(korean.EUCKR.NewEncoder().Bytes([]byte(text))), CSVOptions{Encoding: "euc-kr"}, want,
			""},
		// An Ä before a letter is two bytes of CP949, too.
		{"latin1", encode(charmap.Windows1252.NewEncoder().Bytes([]byte("ort,€\nÄrzte,5\nÄnderung,6\nJosé,7\n"))),
			CSVOptions{}, "ort:category|Ärzte|Änderung|José\n€:number|5|6|7\n",
			"windows-1252 (Latin 1), in which its first letter beyond ASCII is €; encoding: utf-8 or another"},
		// The first letter that is not ASCII stands far behind what is looked at for separators.
		{"latin1 late", strings.Repeat("a,1\n", 40000) + "caf\xe9,2\n", CSVOptions{}, "", "beyond ASCII is é"},
		{"cp949 late", strings.Repeat("a,1\n", 40000) + encode(korean.EUCKR.NewEncoder().Bytes([]byte("고래,2\n"))),
			CSVOptions{}, "", "is read as CP949"},
	} {
		tab, err := ReadCSV(strings.NewReader(c.file), "f.csv", c.o)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.want != "" && dump(tab) != c.want || !strings.Contains(said(tab), c.guess) ||
			c.guess == "" && said(tab) != "" {
			t.Errorf("%s: %q, guesses %q", c.name, dump(tab), said(tab))
		}
	}
	for _, c := range []struct {
		file, encoding, want string
	}{
		{"a\ncaf\xe9\n", "utf-8", "f.csv:2: byte 0xe9 is not UTF-8; give encoding: latin1, or cp949 for Korean"},
		// Cyrillic of windows-1251 and Chinese of GBK are taken for neither.
		{"a\n\xea\xe8\xf2\xfb\n", "", "f.csv:2: byte 0xea is not UTF-8"},
		{"a\n\xd6\xd0\xb9\xfa\xc8\xcb\n", "", "f.csv:2: byte 0xd6 is not UTF-8"},
		{"a\n\xff\xff\n", "cp949", "f.csv:2: bytes that are not cp949; give another encoding"},
		{"a\n1\n", "ebcdic", `f.csv: "ebcdic" is no encoding that is read; give utf-8, utf-16, cp949 or latin1`},
		// The file is Korean as far as is looked, and something else later.
		{"이름\n" + strings.Repeat("고래\n", 20000) + "\xff\n", "", "bytes that are not"},
	} {
		file := []byte(c.file)
		if strings.HasPrefix(c.file, "이름") {
			b, err := korean.EUCKR.NewEncoder().Bytes([]byte(strings.TrimSuffix(c.file, "\xff\n")))
			if err != nil {
				t.Fatal(err)
			}
			file = append(b, "\xff\n"...)
		}
		if _, err := ReadCSV(bytes.NewReader(file), "f.csv", CSVOptions{Encoding: c.encoding}); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q %s: %v, want %s", c.file, c.encoding, err, c.want)
		}
	}
}

// FuzzReadingOptions: whatever a file and its settings say, it is a table whose values are spelled as in the file, or
// an error in one line; and each column read by its own reading is the same.
func FuzzReadingOptions(f *testing.F) {
	for _, s := range []string{"x\n1\n\n2\n", "sep=;\na;b\n1,5;2\n", "a,2019\n1,2\n", "\xff\xfea\x00\n\x001\x00",
		"a\n\xb0\xed\xb7\xa1\n",
		"a;b\n1,214;0,5\n", "a\n007\n", "a\nnull\n1\n", "a,b\n\"$5\",37%\n"} {
		f.Add(s, uint16(0))
	}
	pick := func(n *uint16, words ...string) string {
		w := words[int(*n)%len(words)]
		*n /= uint16(len(words))
		return w
	}
	f.Fuzz(func(t *testing.T, s string, n uint16) {
		o := CSVOptions{Decimal: pick(&n, "", "point", "comma"), Thousands: pick(&n, "", "none", "space", "comma"),
			Encoding: pick(&n, "", "utf-8", "utf-16", "cp949", "latin1"), Blank: pick(&n, "", "rows", "skip")}
		if n%2 == 1 {
			o.Missing = []string{"-999", "x"}
		}
		if o.Decimal == o.Thousands {
			o.Thousands = ""
		}
		tab, err := ReadCSV(strings.NewReader(s), "f.csv", o)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Fatalf("an error of several lines: %q", err)
			}
			return
		}
		for _, g := range tab.Guesses {
			if g.Count < 0 || strings.Contains(g.String(), "\n") {
				t.Fatalf("guess %+v", g)
			}
		}
		for k := range tab.Columns {
			c := &tab.Columns[k]
			if c.Len() != tab.Rows {
				t.Fatalf("column %q: %d values in %d rows", c.Name, c.Len(), tab.Rows)
			}
			other := c.As(Reading{Kind: Category})
			again := other.As(c.How())
			codes, levels := c.Codes()
			for i := range c.Len() {
				if again.IsMissing(i) != c.IsMissing(i) || again.Level(i) != c.Level(i) {
					t.Fatalf("%q: %q %v becomes %q %v by %+v", c.Spelling(i), c.Level(i), c.IsMissing(i),
						again.Level(i),
						again.IsMissing(i), c.How())
				}
				if k := codes[i]; k >= len(levels) || (k < 0) != c.IsMissing(i) {
					t.Fatalf("code %d of %d", k, len(levels))
				}
			}
		}
		_ = tab.Settled()
	})
}

// TestComments: first lines with # are passed over where they have not the fields of the rows, and are guessed aloud.
func TestComments(t *testing.T) {
	for in, want := range map[string]string{
		"# by plate reader, 7\n# two\na\tb\n1\t2\n3\t4\n": "a b f:4 2 lines at the start",
		"#a,b\n1,2\n3,4\n":         "#a b f:2 ",
		"# note\n#a,b\n1,2\n3,4\n": "#a b f:3 1 line at the start",
	} {
		tab, err := ReadCSV(strings.NewReader(in), "f", CSVOptions{})
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		said := ""
		for _, g := range tab.Guesses {
			if what, ok := strings.CutSuffix(g.What, ", passed over as they begin with #"); ok {
				said = what
			}
		}
		if got := strings.Join(tab.Names(), " ") + " " + tab.Place(0) + " " + said; got != want || tab.Rows != 2 {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
