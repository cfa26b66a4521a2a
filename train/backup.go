package train

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"gorae/config"
	"gorae/internal/file"
)

// BackupAndRestore writes the state of a training to BackupDir as it goes, and a training that finds one there goes on
// from it: weights, optimizer, epoch and batch, random numbers and the states of all callbacks, so that the rest gives
// the same bits. At the training's end the backup is removed. Keras's callback of that name, with its defaults.
//
// The backup is the file latest.keras, whose format a Go program imports: gorae/format/keras. It is replaced at once,
// so that a process that is killed while it is written leaves the former one. A run of gorae train has a last.keras and
// continues from it by --resume without this callback; that file comes first.
//
// Source: Keras, keras/src/callbacks/backup_and_restore.py.
type BackupAndRestore struct {
	// BackupDir is a folder for the backup alone; it is made where there is none.
	BackupDir string `keras:"backup_dir,main,required"`
	// SaveEach writes the backup at every epoch's end; SaveFreq every so many batches in its place.
	SaveEach string `keras:"save_freq,default=epoch,oneof=epoch"`
	SaveFreq int    `keras:"save_freq,min=1,what=number of batches"`
	// DoubleCheckpoint keeps the backup before the latest, previous.keras, from which a training continues where the
	// latest cannot be read.
	DoubleCheckpoint bool `keras:"double_checkpoint"`
	// Keep leaves the backup there when the training is over.
	Keep bool `keras:"!delete_checkpoint"`

	seen uint64 // batches since the last backup
	due  bool   // the loop is to write one when all callbacks have seen the event
}

const (
	latestBackup   = "latest.keras"
	previousBackup = "previous.keras"
)

// On says when a backup is due, and removes the backup at the end.
func (b *BackupAndRestore) On(e Event) error {
	b.due = false
	switch e.Kind {
	case TrainBegin:
		b.seen = 0
	case BatchEnd:
		if b.seen++; b.SaveFreq > 0 && b.seen >= uint64(b.SaveFreq) {
			b.seen, b.due = 0, true
		}
	case EpochEnd:
		b.due = b.SaveFreq == 0
	case TrainEnd:
		if !b.Keep {
			return b.remove()
		}
	}
	return nil
}

// begin checks the settings and makes the folder.
func (b *BackupAndRestore) begin() error {
	if err := config.Check(b); err != nil {
		return config.Under("backup_and_restore", err)
	}
	if b.BackupDir == "" {
		return config.Errorf("backup_and_restore.backup_dir",
			"is missing").Fix("give the folder for the backup").Coded(config.Missing)
	}
	if err := file.MakeDir(b.BackupDir); err != nil {
		return fmt.Errorf("backup_and_restore: %s: cannot make this directory: %w", b.BackupDir, file.Cause(err))
	}
	return nil
}

func (b *BackupAndRestore) path(name string) string { return filepath.Join(b.BackupDir, name) }

// read is the state in the backup, nil where there is none.
func (b *BackupAndRestore) read() (*Snapshot, error) {
	s, err := (&Checkpoint{Path: b.path(latestBackup)}).read()
	if (err != nil || s == nil) && b.DoubleCheckpoint {
		if former, ferr := (&Checkpoint{Path: b.path(previousBackup)}).read(); ferr == nil && former != nil {
			return former, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("backup_and_restore: %w", err)
	}
	return s, nil
}

// write writes the run as it is now.
func (b *BackupAndRestore) write(l *loop) error {
	b.due = false
	if b.DoubleCheckpoint {
		if err := b.keepFormer(); err != nil {
			return fmt.Errorf("backup_and_restore: %w", err)
		}
	}
	c := &Checkpoint{Path: b.path(latestBackup)}
	if err := c.write(modelFile(l.models, l.config.Members), l.snapshot()); err != nil {
		return fmt.Errorf("backup_and_restore: %w", err)
	}
	return nil
}

// keepFormer copies the latest backup, which is about to be replaced.
func (b *BackupAndRestore) keepFormer() error {
	from, err := os.Open(b.path(latestBackup))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer from.Close()
	return file.Replace(b.path(previousBackup), func(w io.Writer) error {
		_, err := io.Copy(w, from)
		return err
	})
}

// remove removes the backup, and the folder where nothing else lies in it.
func (b *BackupAndRestore) remove() error {
	for _, name := range []string{latestBackup, previousBackup} {
		if err := file.Remove(b.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("backup_and_restore: %w", file.Cause(err))
		}
	}
	_ = file.Remove(b.BackupDir) // one that holds other files stays
	return nil
}

// State is the batches since the last backup.
func (b *BackupAndRestore) State() []byte {
	var w writer
	w.u64(b.seen)
	return w.b
}

// Restore takes back what State gave.
func (b *BackupAndRestore) Restore(state []byte) error {
	r := reader{b: state}
	b.seen = r.u64()
	return r.err
}

// File implements FileCallback.
func (b *BackupAndRestore) File() (key, path string) { return "backup_dir", b.BackupDir }

// Within implements FileCallback.
func (b *BackupAndRestore) Within(dir string) Callback {
	d := *b
	d.BackupDir = Within(dir, b.BackupDir)
	return &d
}

// backups are the callbacks of a run that write backups.
func (l *loop) backups() (list []*BackupAndRestore) {
	for _, c := range l.config.Callbacks {
		if b, ok := c.(*BackupAndRestore); ok {
			list = append(list, b)
		}
	}
	return list
}

// backup writes those that are due.
func (l *loop) backup() error {
	for _, b := range l.backups() {
		if b.due {
			if err := b.write(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// backedUp makes the folders, and is the state of the first backup that there is.
func (l *loop) backedUp() (former *Snapshot, err error) {
	for _, b := range l.backups() {
		if err := b.begin(); err != nil {
			return nil, err
		}
		if former == nil {
			if former, err = b.read(); err != nil {
				return nil, err
			}
		}
	}
	return former, nil
}
