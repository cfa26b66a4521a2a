// Package picture writes pictures into folders: in the language of pictures, and in a folder of each other language, so
// that a report in that language can show them.
package picture

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"

	"gorae/chart"
	"gorae/internal/file"
)

// Drawing is what can be drawn as a PNG picture.
type Drawing interface {
	PNG(w io.Writer) error
}

// Vector is a Drawing that can also be an SVG document.
type Vector interface {
	Drawing
	SVG(w io.Writer) error
}

// Write draws a picture in each language: in the language of pictures as NAME.png and NAME.svg in the folder dir, in
// another one as CODE/NAME.svg, where the drawing has other texts then.
func Write(dir, name string, draw func() (Vector, error)) error {
	return each(dir, name+".svg", draw, func(path string, own bool, v Vector) error {
		if own {
			if err := file.Replace(filepath.Join(dir, name+".png"), v.PNG); err != nil {
				return err
			}
		}
		return file.Replace(path, v.SVG)
	})
}

// WritePNG is Write of a picture that is written as PNG only, under a name that ends in .png.
func WritePNG(dir, name string, draw func() (Drawing, error)) error {
	return each(dir, name, draw, func(path string, _ bool, d Drawing) error { return file.Replace(path, d.PNG) })
}

// each draws a picture in each language and writes the drawings that differ. What a program of another language has
// written in the folder of a language whose drawing is not written there is removed: it may be of other numbers.
func each[D Drawing](dir, name string, draw func() (D, error), write func(path string, own bool, d D) error) error {
	var shown D
	return chart.InEach(func(l chart.Language, own bool) error {
		d, err := draw()
		if err != nil {
			return err
		}
		path := filepath.Join(dir, l.Code, name)
		if !own && !reflect.DeepEqual(shown, d) {
			if err := file.MakeDir(filepath.Dir(path)); err != nil {
				return err
			}
			return write(path, false, d)
		}
		if err := file.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if !own {
			return nil
		}
		shown = d
		return write(filepath.Join(dir, name), true, d)
	})
}

// Find returns the path of a picture of a folder: of the one in a language where there is such, else of that in the
// language of the program that drew it. A folder or a picture that is a symbolic link is none: it may lead anywhere.
func Find(code, dir, name string) string {
	folder, path := filepath.Join(dir, code), filepath.Join(dir, code, name)
	if in, err := os.Lstat(folder); err != nil || !in.IsDir() {
		return filepath.Join(dir, name)
	}
	if in, err := os.Lstat(path); err != nil || !in.Mode().IsRegular() {
		return filepath.Join(dir, name)
	}
	return path
}
