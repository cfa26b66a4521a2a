package report

import (
	"encoding/base64"
	"errors"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/diagnose"
	"gorae/internal/file"
	"gorae/internal/picture"
	"gorae/run"
	"gorae/task"
)

// Picture is a picture file of a run.
type Picture struct {
	Name string // without its extension
	URL  template.URL
}

// drawn are the beginnings of the names of pictures that a page draws itself from numbers.
var drawn = []string{run.CurveFile, "confusion", "residuals"}

// mostPicture bounds a picture that a page holds, in bytes.
const mostPicture = 16 << 20

// pictures reads the pictures that the page does not draw itself: vector pictures where there are such.
func (r *Run) pictures() error {
	for _, name := range r.Report.Findings.Pictures {
		base := strings.TrimSuffix(name, filepath.Ext(name))
		if slices.ContainsFunc(drawn, func(d string) bool { return strings.HasPrefix(base, d) }) &&
			!r.tooWide(base) || filepath.Base(name) != name {
			continue
		}
		kind, text, err := drawing(r.Dir, base, r.language)
		if errors.Is(err, fs.ErrNotExist) {
			continue // somebody has removed it
		}
		if err != nil {
			return file.OpenError(filepath.Join(r.Dir, name), err)
		}
		r.Pictures = append(r.Pictures, Picture{base, dataURL(kind, text)})
	}
	return nil
}

// drawing reads the .svg of a picture, else its .png, in a language if there is one.
func drawing(dir, base, language string) (kind string, content []byte, err error) {
	for _, form := range []struct{ ext, kind string }{{".svg", "image/svg+xml"}, {".png", "image/png"}} {
		path := picture.Find(language, dir, base+form.ext)
		st, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && st.Size() > mostPicture {
			continue
		} else if err != nil {
			return "", nil, err
		}
		content, err = os.ReadFile(path)
		return form.kind, content, err
	}
	return "", nil, fs.ErrNotExist
}

// finding is a finding of a run's diagnosis.
type finding struct {
	diagnose.Finding
	Run *Run
}

// Drawn is the picture of the evidence; nil where there is none, or where somebody has removed it.
func (f finding) Drawn() *Picture {
	if f.Picture == "" || !filepath.IsLocal(f.Picture) {
		return nil
	}
	kind, content, err := drawing(f.Run.Dir, filepath.FromSlash(f.Picture), f.Run.language)
	if err != nil {
		return nil
	}
	return &Picture{f.Code, dataURL(kind, content)}
}

func dataURL(kind string, content []byte) template.URL {
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(content))
}

// widest is the greatest number of classes of a confusion matrix that is written as a table; a picture shows others.
const widest = 24

// tooWide reports whether a picture is that of a confusion matrix which the page does not write as a table.
func (r *Run) tooWide(base string) bool {
	return strings.HasPrefix(base, "confusion") &&
		slices.ContainsFunc(r.Confusion, func(c task.ConfusionCounts) bool { return len(c.Classes) > widest })
}
