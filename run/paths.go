package run

import (
	"os"
	"path/filepath"
	"strings"

	"gorae/data"
	"gorae/data/source"
	"gorae/spec"
	"gorae/task"
)

// expand makes a path of an experiment file a path of the machine: ${NAME} is the environment's, a relative
// path is relative to the file, and one that begins with a variable to the current directory. key is where
// the path stands.
func expand(f *spec.File, key, path string) (string, error) {
	if !local(path) {
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

// local reports whether a path of an experiment file is a file's or a folder's: no embedded sample, standard input or
// URL.
func local(path string) bool {
	return path != "-" && !strings.HasPrefix(path, data.Embed) && !source.Remote(path)
}

// asWritten puts a folder before a path, absolute ones apart, without looking into variables: ${NAME}/.. stays.
func asWritten(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	if !strings.Contains(path, "$") {
		return filepath.Join(dir, filepath.FromSlash(path))
	}
	return filepath.Join(dir, ".") + string(filepath.Separator) + filepath.FromSlash(path)
}

// relative returns path relative to dir, or path itself where there is no relative path.
func relative(dir, path string) string {
	fixed, variable := path, "" // what begins with a variable is not cleaned
	if i := strings.IndexByte(path, '$'); i >= 0 {
		i = strings.LastIndexByte(path[:i], filepath.Separator) + 1
		fixed, variable = path[:i], path[i:]
	}
	from, err1 := filepath.Abs(dir)
	to, err2 := filepath.Abs(fixed)
	if err1 != nil || err2 != nil {
		return path
	}
	rel, err := filepath.Rel(from, to)
	if err != nil {
		rel = to
	}
	if variable != "" {
		rel += string(filepath.Separator) + variable
	}
	return filepath.ToSlash(rel)
}
