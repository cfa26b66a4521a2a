package train

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"gorae/format"
)

// StateMember is the member of a checkpoint's file that holds the run's state.
const StateMember = "gorae/state.bin"

// Checkpoint keeps a run in one file: a model file of the models as they are, with the run's state as a further
// member, so that whatever opens models opens checkpoints too. The extension of Path chooses the format, which
// the program imports: _ "gorae/format/keras".
type Checkpoint struct {
	Path string
	// Every is the least time between two writings, which are made after a batch or at an epoch's end: 0 means a
	// second, or fifty times as long as the last writing took where that is more, so that a run spends at most a
	// fiftieth of its time on them. The beginning, the end and an interruption are written in any case.
	Every time.Duration
	// Written is called after each writing, unless it is nil, with the history that the file holds.
	Written func(*History) error
	// Resume continues from the file if it is there; a run that had ended ends at once.
	// Without it an existing file is written over.
	Resume bool
}

// due reports whether it is time to write, after a writing that ended at a time and took so long.
func (c *Checkpoint) due(last time.Time, took time.Duration) bool {
	every := c.Every
	if every == 0 {
		every = max(time.Second, 50*took)
	}
	return time.Since(last) >= every
}

// modelFile is the content of a model file with all models of a run. The first one is the file's main model.
func modelFile(models []NamedModel, members []format.Member) *format.File {
	f := &format.File{Model: models[0].Model, Members: members}
	for _, m := range models[1:] {
		f.Models = append(f.Models, format.Named{Name: m.Name, Model: m.Model})
	}
	return f
}

// write puts the run as it is now into the checkpoint's file, which at every instant is the
// former one or the new one whole.
func (c *Checkpoint) write(f *format.File, s *Snapshot) error {
	state, err := s.MarshalBinary()
	if err != nil {
		return err
	}
	f.Members = append(f.Members[:len(f.Members):len(f.Members)], format.Member{Name: StateMember, Data: state})
	if err := format.Save(c.Path, f); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// read is the state in the checkpoint's file; nil if the file is not there.
func (c *Checkpoint) read() (*Snapshot, error) {
	state, err := format.LoadMember(c.Path, StateMember)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	s := &Snapshot{}
	if err == nil {
		if err = s.UnmarshalBinary(state); err != nil {
			err = fmt.Errorf("%s: %w", c.Path, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w; remove the file to begin anew", noState(err))
	}
	return s, nil
}

// ReadSnapshot reads the state of a run from a checkpoint's file of size bytes.
func ReadSnapshot(r io.ReaderAt, size int64) (*Snapshot, error) {
	state, err := format.ReadMember("", r, size, StateMember)
	if err != nil {
		return nil, noState(err)
	}
	s := &Snapshot{}
	return s, s.UnmarshalBinary(state)
}

// noState returns an error for a model file without the state of a run.
func noState(err error) error {
	var missing *format.MissingMemberError
	if errors.As(err, &missing) {
		return fmt.Errorf("%w: a model, but no run", err)
	}
	return err
}
