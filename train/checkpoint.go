package train

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"gorae/format/keras"
)

// StateMember is the member of a checkpoint's file that holds the run's state.
const StateMember = "gorae/state.bin"

// Checkpoint keeps a run in one file: a .keras file of the model as it is, with the run's
// state as a further member, so that whatever opens models opens checkpoints too.
type Checkpoint struct {
	Path string
	// Every is the time between two writings within an epoch: 0 means 5 seconds.
	// Each epoch's end is written in any case.
	Every time.Duration
	// Resume continues from the file if it is there; a run that had ended ends at once.
	// Without it an existing file is written over.
	Resume bool
}

func (c *Checkpoint) every() time.Duration {
	if c.Every == 0 {
		return defaultEvery
	}
	return c.Every
}

// write puts the run as it is now into the checkpoint's file, which at every instant is the
// former one or the new one whole.
func (c *Checkpoint) write(models []NamedModel, s *Snapshot, members []keras.Member) error {
	state, err := s.MarshalBinary()
	if err != nil {
		return err
	}
	all := append(members[:len(members):len(members)], keras.Member{Name: StateMember, Data: state})
	if err := keras.SaveFile(c.Path, models[0].Model, all...); err != nil {
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

// ReadSnapshot reads the state of a run from a checkpoint's file of size bytes.
func ReadSnapshot(r io.ReaderAt, size int64) (*Snapshot, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, errors.New("is no .keras file, or is cut off")
	}
	for _, f := range z.File {
		if f.Name != StateMember {
			continue
		}
		if f.UncompressedSize64 > uint64(size) {
			return nil, fmt.Errorf("%s: is said to hold %d bytes in a file of %d; it must not be compressed", StateMember, f.UncompressedSize64, size)
		}
		m, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", StateMember, err)
		}
		defer m.Close()
		b, err := io.ReadAll(m)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", StateMember, err)
		}
		s := &Snapshot{}
		return s, s.UnmarshalBinary(b)
	}
	return nil, fmt.Errorf("holds a model but no run: there is no member %s", StateMember)
}
