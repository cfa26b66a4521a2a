package task

import "gorae/config"

// Errorf returns an error at a path of the experiment file, such as data.target. The caller that holds the file adds
// its name, the line and the column.
func Errorf(path, format string, args ...any) *config.Error {
	return config.Errorf(path, format, args...)
}
