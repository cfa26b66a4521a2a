package train

import "path/filepath"

// FileCallback is a callback that writes files.
type FileCallback interface {
	Callback
	// File is the path of its file as it was given, and the key that it was given by.
	File() (key, path string)
	// Within is the callback with a relative path of its file taken from a directory. Folders between them are made
	// when training begins.
	Within(dir string) Callback
}

// File implements FileCallback.
func (c *ModelCheckpoint) File() (key, path string) { return "filepath", c.Filepath }

// File implements FileCallback.
func (c *CSVLogger) File() (key, path string) { return "filename", c.Filename }

// Within implements FileCallback.
func (c *ModelCheckpoint) Within(dir string) Callback {
	d := *c
	d.Filepath = Within(dir, c.Filepath)
	return &d
}

// Within implements FileCallback.
func (c *CSVLogger) Within(dir string) Callback {
	d := *c
	d.Filename = Within(dir, c.Filename)
	return &d
}

// Within takes a relative path from a directory; an absolute one, and none, stay as they are.
func Within(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, filepath.FromSlash(path))
}
