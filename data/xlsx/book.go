package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"gorae/internal/ram"
	"gorae/internal/zipfile"
)

// Bounds of a workbook. The numbers of rows and columns are Excel's own.
const (
	mostMembers = 1 << 14 // parts of the zip file
	mostRows    = 1 << 20
	mostColumns = 1 << 14
	mostPart    = 2 << 30 // bytes of a part, unpacked
)

// book is an open workbook.
type book struct {
	name   string // of the file
	parts  map[string]*zip.File
	sheets []sheetRef
	texts  []string // the shared strings
	dates  []format // of the cell styles
	since  int      // days that serial 0 stands behind 1899-12-30: 1462 of books that count from 1904
}

// sheetRef is a sheet's entry in the workbook.
type sheetRef struct {
	name, part string
	hidden     bool
}

// open reads what a workbook says of its sheets, the texts and the styles.
func open(all []byte, name string) (*book, error) {
	z, err := zipfile.Open(bytes.NewReader(all), int64(len(all)), mostMembers)
	if err != nil {
		return nil, fmt.Errorf("%s: no workbook that can be read: %w; copy it again", name, err)
	}
	b := &book{name: name, parts: map[string]*zip.File{}}
	for _, f := range z.File {
		b.parts[strings.TrimPrefix(strings.ToLower(f.Name), "/")] = f
	}
	if b.parts["xl/workbook.xml"] == nil {
		return nil, fmt.Errorf("%s: a zip file without xl/workbook.xml, so no workbook; save it as .xlsx", name)
	}
	targets := map[string]string{}
	if err := b.read("xl/_rels/workbook.xml.rels", func(d *decoder, e *xml.StartElement) error {
		if e.Name.Local == "Relationship" {
			target := attr(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[attr(e, "Id")] = strings.ToLower(strings.TrimPrefix(path.Clean(target), "/"))
		}
		return nil
	}); err != nil {
		return nil, err
	}
	err = b.read("xl/workbook.xml", func(d *decoder, e *xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			if v := attr(e, "date1904"); v == "1" || v == "true" {
				b.since = 1462
			}
		case "sheet":
			b.sheets = append(b.sheets, sheetRef{attr(e, "name"), targets[attr(e, "id")],
				attr(e, "state") == "hidden" || attr(e, "state") == "veryHidden"})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := b.readTexts(); err != nil {
		return nil, err
	}
	return b, b.readStyles()
}

// decoder reads the elements of a part.
type decoder struct{ *xml.Decoder }

// attr returns an attribute by its local name.
func attr(e *xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// errStop ends the reading of a part.
var errStop = errors.New("stop")

// read calls see with each element of a part; a part that is not there has none.
func (b *book) read(part string, see func(d *decoder, e *xml.StartElement) error) error {
	f := b.parts[part]
	if f == nil {
		return nil
	}
	fault := func(err error) error {
		return fmt.Errorf("%s: %s: %w; save the workbook again", b.name, part, err)
	}
	r, err := f.Open()
	if err != nil {
		return fault(err)
	}
	defer func() { _ = r.Close() }() // it was only read
	bounded := &io.LimitedReader{R: ram.Reader(r), N: mostPart}
	d := &decoder{xml.NewDecoder(bounded)}
	for {
		t, err := d.RawToken()
		switch {
		case err == io.EOF && bounded.N > 0:
			return nil
		case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) && bounded.N == 0:
			return fmt.Errorf("%s: %s: more than %d MB; give fewer rows", b.name, part, mostPart>>20)
		case err != nil:
			return fault(err)
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := see(d, &e); err == errStop {
				return nil
			} else if err != nil {
				return fault(err)
			}
		}
	}
}

// text returns the characters of the elements t within an element that has just begun: those of rich text one after
// another, without those that say how it is pronounced (rPh).
func (d *decoder) text(within string) (string, error) {
	var b strings.Builder
	in, spoken := false, 0
	for {
		t, err := d.RawToken()
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			in = in || t.Name.Local == "t"
			if t.Name.Local == "rPh" {
				spoken++
			}
		case xml.EndElement:
			switch t.Name.Local {
			case within:
				return unescape(b.String()), nil
			case "t":
				in = false
			case "rPh":
				spoken--
			}
		case xml.CharData:
			if (in || within == "v") && spoken == 0 {
				b.Write(t)
			}
		}
	}
}

// unescape replaces _x000D_, as Excel writes characters that XML cannot hold.
func unescape(s string) string {
	at := strings.Index(s, "_x")
	if at < 0 {
		return s
	}
	var b strings.Builder
	for ; at >= 0; at = strings.Index(s, "_x") {
		b.WriteString(s[:at])
		s = s[at:]
		if len(s) >= 7 && s[6] == '_' {
			if v, err := strconv.ParseUint(s[2:6], 16, 16); err == nil {
				b.WriteRune(rune(v))
				s = s[7:]
				continue
			}
		}
		b.WriteString(s[:2])
		s = s[2:]
	}
	return b.String() + s
}

func (b *book) readTexts() error {
	return b.read("xl/sharedstrings.xml", func(d *decoder, e *xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := d.text("si")
		b.texts = append(b.texts, s)
		return err
	})
}

// readStyles reads which styles of cells are dates.
func (b *book) readStyles() error {
	custom := map[string]format{}
	styles := false
	return b.read("xl/styles.xml", func(d *decoder, e *xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			custom[attr(e, "numFmtId")] = formatOf(attr(e, "formatCode"))
		case "cellXfs":
			styles = true
		case "cellStyles", "dxfs":
			styles = false
		case "xf":
			if !styles {
				break
			}
			id := attr(e, "numFmtId")
			f, ok := custom[id]
			if n, err := strconv.Atoi(id); !ok && err == nil {
				f = builtin(n)
			}
			b.dates = append(b.dates, f)
		}
		return nil
	})
}
