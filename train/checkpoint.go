package train

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"gorae/model"
)

// StateMember is the name under which a checkpoint's file holds the run's state.
const StateMember = "gorae/state.bin"

// write puts the run as it is now into the checkpoint's file.
func (c *Checkpoint) write(m *model.Model, s *Snapshot) error {
	state, err := s.MarshalBinary()
	if err != nil {
		return err
	}
	err = replace(c.Path, func(w io.Writer) error { return c.save(w, m, state) })
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// read is the state in the checkpoint's file; nil if the file is not there.
func (c *Checkpoint) read() (*Snapshot, error) {
	f, err := os.Open(c.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	s, err := ReadSnapshot(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %s: %w; remove the file to begin anew", c.Path, err)
	}
	return s, nil
}
