package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gorae/bundle"
	"gorae/data/image"
	"gorae/internal/file"
	"gorae/task"
	"gorae/tensor"
)

// pictures writes predictions that are pictures: one as .png, an array for each as .npz, or a file for each into a
// folder.
func (w *predictWords) pictures(o *environment, b *bundle.Bundle, bound *task.Bound, ext string) error {
	var err error
	switch n := bound.Data.Len(); {
	case ext == ".png" && n > 1:
		return usageError{fmt.Errorf("--output %s: one file for %d pictures; name a folder, or give .npz", w.Output, n)}
	case ext == ".png":
		err = bound.Pictures(o.ctx, func(p task.Restored) error { return w.write(o, encoded(p)) })
	case ext == ".npz":
		var all []tensor.Named
		err = bound.Pictures(o.ctx, func(p task.Restored) error {
			all = append(all, tensor.Named{Name: p.Name, Tensor: p.Pixels})
			return nil
		})
		if err == nil {
			err = w.write(o, func(to io.Writer) error { return tensor.WriteNPZ(to, all) })
		}
	case ext == "" && w.Output != "-":
		if err := w.folder(); err != nil {
			return err
		}
		err = bound.Pictures(o.ctx, func(p task.Restored) error {
			return file.Replace(filepath.Join(w.Output, p.Name+".png"), encoded(p))
		})
	default:
		return usageError{fmt.Errorf("--output %s: the predictions are pictures; name a folder, or give a name that "+
			"ends in .png, .npy or .npz", w.Output)}
	}
	if err != nil {
		return err
	}
	return w.done(o, b, bound)
}

// encoded writes a picture as PNG.
func encoded(p task.Restored) func(io.Writer) error {
	return func(to io.Writer) error {
		if err := image.EncodePNG(to, p.Pixels); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		return nil
	}
}

// folder makes the folder of the output. That of the input is an error: its pictures would be lost.
func (w *predictWords) folder() error {
	out, err := os.Stat(w.Output)
	if err == nil && !out.IsDir() {
		return usageError{fmt.Errorf("--output %s: a file, not a folder; name another", w.Output)}
	}
	for _, in := range []string{w.Input, filepath.Dir(w.Input)} {
		if st, serr := os.Stat(in); err == nil && serr == nil && os.SameFile(st, out) {
			return usageError{fmt.Errorf("--output %s: the folder of --input, whose pictures would be lost; name "+
				"another", w.Output)}
		}
	}
	if err := file.MakeDir(w.Output); err != nil {
		return fmt.Errorf("%s: cannot make this directory: %w; name another with --output", w.Output, file.Cause(err))
	}
	return nil
}
