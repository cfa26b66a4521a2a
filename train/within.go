package train

import "path/filepath"

// FileCallback is a callback that writes files.
type FileCallback interface {
	Callback
	// Within is the callback with relative paths of its files taken from a directory.
	Within(dir string) Callback
}

// Within implements FileCallback.
func (c *ModelCheckpoint) Within(dir string) Callback {
	d := *c
	d.Filepath = within(dir, c.Filepath)
	return &d
}

// Within implements FileCallback.
func (c *CSVLogger) Within(dir string) Callback {
	d := *c
	d.Filename = within(dir, c.Filename)
	return &d
}

func within(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, filepath.FromSlash(path))
}
