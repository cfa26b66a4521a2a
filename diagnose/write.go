package diagnose

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gorae/internal/file"
	"gorae/internal/picture"
	"gorae/spec"
)

// Folder is the folder of a run directory that has the pictures of findings, and File the findings themselves.
const (
	Folder = "findings"
	File   = "findings.json"
)

// Write writes findings.json and the picture of each finding, PNG and SVG, into a run directory. What cannot be drawn
// is a warning.
func (d *Diagnosis) Write(dir string) error {
	d.draw(dir, d.Findings, map[string]int{})
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	return file.Replace(filepath.Join(dir, File), func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

// Read reads the findings.json of a run directory; nil where there is none.
func Read(dir string) (*Diagnosis, error) {
	path := filepath.Join(dir, File)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, file.OpenError(path, err)
	}
	d := &Diagnosis{}
	if err := json.Unmarshal(b, d); err != nil {
		return nil, fmt.Errorf("%s: %w; gorae diagnose %s writes it again", path, err, dir)
	}
	return d, nil
}

// draw writes pictures and sets their names.
func (d *Diagnosis) draw(dir string, all []Finding, taken map[string]int) {
	for i := range all {
		f := &all[i]
		d.draw(dir, f.Effects, taken)
		if f.draw == nil {
			continue
		}
		name := strings.ReplaceAll(f.Code, "/", "-")
		if taken[name]++; taken[name] > 1 {
			name = fmt.Sprintf("%s-%d", name, taken[name])
		}
		f.Picture = filepath.ToSlash(filepath.Join(Folder, name))
		if err := drawing(dir, f.Picture, f.draw); err != nil {
			d.Warnings = append(d.Warnings, fmt.Sprintf("%s: %v", f.Code, err))
			f.Picture = ""
		}
	}
}

// drawing writes a picture of a run directory.
func drawing(dir, name string, draw func() Drawing) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("not drawn: %v", r)
		}
	}()
	if err := file.MakeDir(filepath.Join(dir, Folder)); err != nil {
		return err
	}
	return picture.Write(dir, filepath.FromSlash(name), func() (picture.Vector, error) { return draw(), nil })
}

// Apply returns the experiment with the changes of findings, in their order: the one that was read, with the
// assignments carried out.
func Apply(f *spec.File, change ...string) (*spec.File, error) {
	text, err := spec.Marshal(&f.Experiment)
	if err != nil {
		return nil, err
	}
	out, err := spec.Parse(f.Path, f.Name, text, change...)
	if err != nil {
		return nil, err
	}
	out.AllowNetwork, out.Cache = f.AllowNetwork, f.Cache
	return out, nil
}
