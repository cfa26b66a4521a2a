package image

import (
	"errors"
	"io/fs"
	"slices"

	"gorae/data/source"
)

func init() {
	source.Register(source.Format{
		Name: "picture", Title: "one picture",
		// Those that are not read too: this package says what to do instead.
		Extensions: slices.Concat(extensions, foreign),
		Sniff: func(i *source.Info) source.Score {
			if Known(i.Head()) {
				return source.Magic
			}
			return source.None
		},
	})
	source.Register(source.Format{
		Name: "pictures", Title: "a folder of pictures",
		Sniff: func(i *source.Info) source.Score {
			if fsys, err := i.Files(); err == nil && hasPictures(fsys) {
				return source.Likely
			}
			return source.None
		},
	})
}

// errFound ends a walk.
var errFound = errors.New("found")

// hasPictures reports whether a folder holds a picture, at any depth, by its name.
func hasPictures(fsys fs.FS) bool {
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && d == nil:
			return err
		case err != nil || d.IsDir() && path != "." && hidden(d.Name()):
			return fs.SkipDir
		case !d.IsDir() && !hidden(d.Name()) && IsPicture(d.Name()):
			return errFound
		}
		return nil
	})
	return errors.Is(err, errFound)
}
