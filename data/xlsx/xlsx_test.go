package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorae/data"
	"gorae/data/source"
)

// file is a workbook of one sheet with the given elements, and of other parts by name and content.
func file(t testing.TB, sheet string, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	all := []string{"[Content_Types].xml", "<Types/>", "xl/workbook.xml", `<workbook><sheets>` +
		`<sheet name="S" r:id="r1"/></sheets></workbook>`, "xl/_rels/workbook.xml.rels", `<Relationships>` +
		`<Relationship Id="r1" ` +
		`Target="worksheets/s.xml"/></Relationships>`, "xl/worksheets/s.xml", "<worksheet>" + sheet + "</worksheet>"}
	for i := 0; i < len(parts); i += 2 {
		for k := 0; k < len(all); k += 2 {
			if all[k] == parts[i] {
				all = append(all[:k], all[k+2:]...)
				break
			}
		}
	}
	all = append(all, parts...)
	for i := 0; i < len(all); i += 2 {
		w, err := z.Create(all[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(all[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// text and number are cells of a row; "" is no cell.
func cells(line int, values ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<row r="%d">`, line)
	for i, v := range values {
		ref := letters(i+1) + fmt.Sprint(line)
		switch {
		case v == "":
		case v[0] == '<':
			b.WriteString(v)
		case strings.Trim(v, "0123456789.-") == "":
			fmt.Fprintf(&b, `<c r="%s"><v>%s</v></c>`, ref, v)
		default:
			fmt.Fprintf(&b, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, ref, v)
		}
	}
	return b.String() + "</row>"
}

// dump is the columns of a table in one line each, and its guesses.
func dump(t *data.Table) string {
	var b strings.Builder
	for i := range t.Columns {
		c := &t.Columns[i]
		fmt.Fprintf(&b, "%s:%v", c.Name, c.Kind)
		for r := range c.Len() {
			b.WriteString("|" + c.Text(r))
		}
		b.WriteByte('\n')
	}
	for _, g := range t.Guesses {
		b.WriteString(g.String() + "\n")
	}
	return b.String()
}

// TestLayout: titles, headers of one and of several lines or none, notes, blank lines, and settings that say otherwise.
func TestLayout(t *testing.T) {
	no, yes := false, true
	plain := cells(1, "a", "b") + cells(2, "1", "x") + cells(4, "2", "y")
	titled := cells(1, "Sales of 2024") + cells(3, "", "price") + cells(4, "1", "2.5") + cells(5, "2", "3.5")
	merged := cells(1, "id", "sales", "", "cost") + cells(2, "", "Q1", "Q2") + cells(3, "1", "2", "3", "4") +
		cells(4, "5", "6", "7", "8")
	const merges = `<mergeCells><mergeCell ref="B1:C1"/><mergeCell ref="A1:A2"/><mergeCell ref="D1:D2"/></mergeCells>`
	for _, c := range []struct {
		name, sheet string
		o           data.CSVOptions
		want        string
	}{
		{"plain", plain, data.CSVOptions{}, "a:number|1|2\nb:category|x|y\n1 blank line passed over\n"},
		{"titled", titled, data.CSVOptions{}, "c1:number|1|2\nprice:number|2.5|3.5\n" +
			"line 1 passed over as titles (Sales of 2024); skip: 2 says the same\n"},
		{"skip", titled, data.CSVOptions{Skip: 1}, "c1:number|1|2\nprice:number|2.5|3.5\n"},
		{"merged", merged + merges, data.CSVOptions{}, "id:number|1|5\nsales Q1:number|2|6\nsales Q2:number|3|7\n" +
			"cost:number|4|8\nlines 1 to 2 are one header with merged cells; skip: 2 with columns says otherwise\n"},
		{"merged across", merged + `<mergeCells><mergeCell ref="B1:C1"/></mergeCells>`, data.CSVOptions{},
			"id:number|1|5\nsales Q1:number|2|6\nsales Q2:number|3|7\ncost:number|4|8\n" +
				"lines 1 to 2 are one header with merged cells; skip: 2 with columns says otherwise\n"},
		{"no header", cells(1, "1", "x") + cells(2, "2", "y"), data.CSVOptions{}, "c1:number|1|2\nc2:category|x|y\n" +
			"line 1 is a row, as it holds a number; header: true takes its cells for names\n"},
		{"header said", cells(1, "1", "x") + cells(2, "2", "y"), data.CSVOptions{Header: &yes},
			"1:number|2\nx:category|y\n"},
		{"no header said", plain, data.CSVOptions{Header: &no}, "c1:category|a|1|2\nc2:category|b|x|y\n" +
			"1 blank line passed over\nc1: \"a\" in f.xlsx:1 is no number, as 2 of the 3 values are; the column " +
			"counts as text; missing: [\"a\"] would drop the word\n"},
		{"years", cells(1, "land", "2023", "2024") + cells(2, "x", "1", "2"), data.CSVOptions{},
			"land:category|x\n2023:number|1\n2024:number|2\n"},
		{"notes", cells(1, "a", "b", "c") + cells(2, "1", "2", "3") + cells(3, "4", "5", "6") + cells(5, "from a book"),
			data.CSVOptions{}, "a:number|1|4\nb:number|2|5\nc:number|3|6\n" +
				"line 5 passed over as notes (from a book)\n"},
		{"names given", plain, data.CSVOptions{Columns: []string{"p", "q"}, SkipEnd: 1}, "p:number|1\nq:category|x\n"},
		{"errors", cells(1, "a", "b") + cells(2, "1", `<c t="e"><v>#N/A</v></c>`) + cells(3, "2",
			`<c t="b"><v>1</v></c>`), data.CSVOptions{}, "a:number|1|2\nb:category||true\n" +
			"1 error such as #N/A taken for missing\n"},
		{"a formula that was never computed", cells(1, "a", "b") + cells(2, "1", `<c><f>A2+1</f></c>`) +
			cells(3, "2", `<c><f>A3+1</f><v>3</v></c>`), data.CSVOptions{}, "a:number|1|2\nb:number||3\n" +
			"1 formula never computed and taken for missing; open the workbook in a spreadsheet program and save it, " +
			"if they are to have values\n"},
	} {
		tab, err := Read(file(t, c.sheet), "f.xlsx", c.o)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if got := dump(tab); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	tab, err := Read(file(t, plain), "f.xlsx", data.CSVOptions{})
	if err != nil || tab.Place(1) != "f.xlsx:4" {
		t.Errorf("%v, place %s", err, tab.Place(1))
	}
}

// TestSheets: the first visible sheet with values, or the one that is named.
func TestSheets(t *testing.T) {
	book := file(t, "", "xl/workbook.xml", `<workbook><workbookPr date1904="1"/><sheets>`+
		`<sheet name="hidden" state="hidden" r:id="r1"/><sheet name="empty" r:id="r2"/>`+
		`<sheet name="A &amp; B" r:id="r3"/>`+
		`</sheets></workbook>`, "xl/_rels/workbook.xml.rels", `<R><Relationship Id="r1" Target="worksheets/h.xml"/>`+
		`<Relationship Id="r2" Target="/xl/worksheets/e.xml"/><Relationship Id="r3" Target="worksheets/a.xml"/></R>`,
		"xl/worksheets/h.xml", "<w>"+cells(1, "h")+cells(2, "1")+"</w>", "xl/worksheets/e.xml", "<w/>",
		"xl/worksheets/a.xml", `<w><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c s="1"><v>1</v></c>`+
			`<c t="str"><v>x</v></c></row></w>`,
		"xl/sharedStrings.xml", `<sst><si><t>the </t><r><t>day</t></r><rPh><t>no</t></rPh></si>`+
			`<si><t>_x0041_b_xyz</t></si>`+
			`</sst>`,
		"xl/styles.xml", `<s><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>`+
			`<xf numFmtId="14"/></cellXfs></s>`)
	tab, err := Read(book, "f.xlsx", data.CSVOptions{})
	if want := "the day:category|1904-01-02\nAb_xyz:category|x\nthe sheet A & B is read, one of 3; sheet: NAME reads " +
		"another\n"; err != nil || dump(tab) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, dump(tab), want)
	}
	if tab, err = Read(book, "f.xlsx", data.CSVOptions{Sheet: "hidden"}); err != nil || dump(tab) != "h:number|1\n" {
		t.Errorf("%v", err)
	}
	for name, want := range map[string]string{
		"hiden": `f.xlsx: no sheet "hiden"; did you mean "hidden"?; a path names a sheet by ?sheet=NAME`,
		"empty": `f.xlsx: the sheet "empty" is empty; name another`,
		"zzzzz": `f.xlsx: no sheet "zzzzz"; there are hidden, empty, A & B; a path names a sheet by ?sheet=NAME`,
	} {
		if _, err := Read(book, "f.xlsx", data.CSVOptions{Sheet: name}); err == nil || err.Error() != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRefused: broken and hostile workbooks are one line of error.
func TestRefused(t *testing.T) {
	bomb := "<a>" + strings.Repeat(cells(1, "x"), 1)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"no zip": {[]byte("PK\x03\x04 cut"), "f: no workbook that can be read: "},
		"no workbook": {file(t, "", "xl/workbook.xml", "<workbook/>", "xl/workbook.xml", "<w/>"),
			"f: no visible sheet"},
		"no sheet part": {file(t, "", "xl/_rels/workbook.xml.rels", "<r/>"),
			`f: the sheet "S" is not in the file; save the workbook again`},
		"no text": {file(t, `<row><c t="s"><v>7</v></c></row>`),
			`f: xl/worksheets/s.xml: cell  names text "7", and there are 0`},
		"no number": {file(t, `<row><c r="A1"><v>x</v></c></row>`),
			`f: xl/worksheets/s.xml: cell A1 holds "x", which is no number`},
		"a row twice": {file(t, cells(3, "a")+cells(2, "b")), `f: xl/worksheets/s.xml: row "2" stands behind row 3`},
		"a cell twice": {file(t, `<row><c r="B1"><v>1</v></c><c r="B1"><v>1</v></c></row>`),
			`f: xl/worksheets/s.xml: cell "B1" stands behind column 2`},
		"rows beyond": {file(t, `<row r="1048577"><c><v>1</v></c></row>`),
			`f: xl/worksheets/s.xml: row "1048577" stands`},
		"columns beyond": {file(t, `<row><c r="XFE1"><v>1</v></c></row>`),
			`f: xl/worksheets/s.xml: more than 16384 columns`},
		"no XML": {file(t, bomb+"<"), "f: xl/worksheets/s.xml: XML syntax error"},
		"an entity": {file(t, "<row><c t=\"str\"><v>&lol;</v></c></row>"),
			"f: xl/worksheets/s.xml: XML syntax error"},
		"two names": {file(t, cells(1, "a", "a")+cells(2, "1", "2")),
			`f: columns A and B are both named "a"; name them apart`},
		"header only": {file(t, cells(1, "a", "b")), "f: no rows; give a file with at least one"},
		"far apart": {file(t, cells(1, "a", "b")+cells(2, "1")+
			`<row r="1000000"><c r="XFD1000000"><v>1</v></c></row>`), ""},
	} {
		_, err := Read(c.file, "f", data.CSVOptions{})
		if c.want == "" && err == nil {
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	path := filepath.Join(t.TempDir(), "f.xlsx")
	if err := os.WriteFile(path, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := source.Open(path, source.Options{}); err == nil ||
		err.Error() != "f.xlsx: it does not begin as a workbook does; save it as .xlsx" {
		t.Error(err)
	}
}

// TestFormats: the codes of number formats that are dates and times, of ECMA-376 18.8.30 and of custom ones.
func TestFormats(t *testing.T) {
	for code, want := range map[string]format{
		"General": plain, "0.00": plain, "0.00E+00": plain, "#,##0 \"d\"": plain, "[Red]0;-0": plain, "0%": plain,
		"yyyy-mm-dd": day, "mmm yy": day, "mmmm": day, "[$-412]yyyy\"년\" m\"월\" d\"일\"": day,
		"[$-409]d/m/yy h:mm AM/PM": moment,
		"h:mm:ss":                  ofClock, "mm:ss.0": ofClock, "[h]:mm": plain, "[mm]:ss": plain, "\\d0": plain,
		"yyyy\\-mm\\-dd;@": day,
		"@":                plain,
		"\"open":           plain,
	} {
		if got := formatOf(code); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
	// Serial numbers as Microsoft documents them: 1 is the first of January 1900, 61 the first of March; 1904's 0 is
	// the first of January of 1904.
	for serial, want := range map[float64]string{1: "1900-01-01", 59: "1900-02-28", 61: "1900-03-01",
		39448:   "2008-01-01",
		2958465: "9999-12-31"} {
		if got, ok := (&book{}).timeOf(serial); !ok || got.Format(time.DateOnly) != want {
			t.Errorf("%v: %v, want %s", serial, got, want)
		}
	}
	if got, ok := (&book{since: 1462}).timeOf(0); !ok || got.Format(time.DateOnly) != "1904-01-01" {
		t.Errorf("1904: %v", got)
	}
	if _, ok := (&book{}).timeOf(2958466); ok {
		t.Error("the year 10000 is a date")
	}
}

// FuzzSheet: whatever the elements of a sheet, the result is a table or one line of error.
func FuzzSheet(f *testing.F) {
	for _, s := range []string{cells(1, "a", "b") + cells(2, "1", "x"), `<row r="3"><c r="C3" t="s"><v>0</v></c></row>`,
		cells(1, "t") + cells(3, "a", "b", "") + `<mergeCells><mergeCell ref="A3:B4"/></mergeCells>`,
		`<c t="d" s="0"><v>2024-01-02</v></c>`, `<row><c><f>1</f></c></row>`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		check(t, file(t, s, "xl/sharedStrings.xml", "<sst><si><t>s</t></si></sst>", "xl/styles.xml",
			`<s><cellXfs><xf numFmtId="14"/></cellXfs></s>`))
	})
}

// FuzzRead: the same of whole files.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"office.xlsx", "frame.xlsx"} {
		b, err := os.ReadFile(filepath.Join("../source/all/testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { check(t, b) })
}

func check(t *testing.T, b []byte) {
	t.Helper()
	tab, err := Read(b, "f", data.CSVOptions{})
	if err != nil {
		if !strings.HasPrefix(err.Error(), "f") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q", err)
		}
		return
	}
	for i := range tab.Columns {
		if c := &tab.Columns[i]; c.Len() != tab.Rows || c.Name == "" {
			t.Errorf("column %q of %d values in %d rows", c.Name, c.Len(), tab.Rows)
		}
	}
}
