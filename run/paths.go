package run

import (
	"os"
	"path/filepath"
	"strings"

	"gorae/data"
	"gorae/spec"
	"gorae/task"
)

// expand makes a path of an experiment file a path of the machine: ${NAME} is the environment's, a relative
// path is relative to the file, and one that begins with a variable to the current directory. key is where
// the path stands.
func expand(f *spec.File, key, path string) (string, error) {
	if strings.HasPrefix(path, data.Embed) {
		return path, nil
	}
	missing := ""
	full := os.Expand(path, func(name string) string {
		v, ok := os.LookupEnv(name)
		if !ok && missing == "" {
			missing = name
		}
		return v
	})
	if missing != "" {
		return "", task.Errorf(key, "the environment variable %s is not set",
			missing).Fix("set it, or write the path out")
	}
	if strings.HasPrefix(path, "$") || filepath.IsAbs(full) || full == "-" {
		return full, nil
	}
	return filepath.Join(f.Dir, filepath.FromSlash(full)), nil
}

// relative is path as seen from dir, or whole where there is no such way.
func relative(dir, path string) string {
	from, err1 := filepath.Abs(dir)
	to, err2 := filepath.Abs(path)
	if err1 != nil || err2 != nil {
		return path
	}
	rel, err := filepath.Rel(from, to)
	if err != nil {
		return to
	}
	return filepath.ToSlash(rel)
}
