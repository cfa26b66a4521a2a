package task

import (
	"fmt"

	"gorae/data/source"
)

// Source is a source of raw samples that an experiment or a command names.
type Source struct {
	*source.Info
	Key string // of the experiment file, data.source or data.test.source; "" outside of one
}

// Errorf returns an error about the source, at its key where an experiment file names it.
func (s *Source) Errorf(format string, args ...any) error {
	if s.Key == "" {
		return fmt.Errorf(format, args...)
	}
	return Errorf(s.Key, format, args...)
}
