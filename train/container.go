package train

import (
	"fmt"
	"io"

	"gorae/model"
)

func (c *Checkpoint) save(w io.Writer, m *model.Model, state []byte) error {
	_, err := w.Write(state)
	return err
}

// ReadSnapshot reads the state of a run from a checkpoint's file.
func ReadSnapshot(r io.ReaderAt, size int64) (*Snapshot, error) {
	b := make([]byte, size)
	if _, err := r.ReadAt(b, 0); err != nil && err != io.EOF {
		return nil, err
	}
	s := &Snapshot{}
	return s, s.UnmarshalBinary(b)
}

func saveModel(w io.Writer, m *model.Model) error {
	return fmt.Errorf("no format")
}
