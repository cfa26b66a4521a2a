package train

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var errBroken = errors.New("broken off")

// breaking is a callback that ends a run by an error at a step.
func breaking(step uint64) Lambda {
	return Lambda{BatchEnd: func(e Event) error {
		if e.Step == step {
			return errBroken
		}
		return nil
	}}
}

// TestBackupAndRestore: a training that is broken off goes on from its last backup, and ends with the bits of one that
// was not; the backup is there in between, and gone at the end unless it is kept.
func TestBackupAndRestore(t *testing.T) {
	d, val := digits(t, 0, 200), digits(t, 1200, 60)
	train := func(dir string, b *BackupAndRestore, step uint64) (string, uint64, error) {
		m, c := classifier(), lessons(4)
		b.BackupDir = filepath.Join(dir, "backup")
		first := uint64(0)
		c.Validation = &val
		c.Callbacks = []Callback{b, &EarlyStopping{Patience: 9, RestoreBestWeights: true},
			Lambda{BatchEnd: func(e Event) error {
				if first == 0 {
					first = e.Step
				}
				return nil
			}}, breaking(step)}
		h, err := Fit(t.Context(), m, d, c)
		return outcome(print(m), h), first, err
	}
	want, _, err := train(t.TempDir(), &BackupAndRestore{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		b     BackupAndRestore
		first uint64 // step of the continued training; an epoch has 7
		left  bool
	}{
		{"epoch", BackupAndRestore{}, 15, false},
		{"batches", BackupAndRestore{SaveFreq: 4}, 17, false},
		{"kept", BackupAndRestore{Keep: true}, 15, true},
		{"double", BackupAndRestore{DoubleCheckpoint: true}, 15, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			b := c.b
			if _, _, err := train(dir, &b, 18); !errors.Is(err, errBroken) {
				t.Fatal(err)
			}
			b = c.b
			got, first, err := train(dir, &b, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("broken off and continued\n%sin one go\n%s", got, want)
			}
			if first != c.first {
				t.Errorf("it continues with step %d, want %d", first, c.first)
			}
			_, err = os.Stat(filepath.Join(dir, "backup", latestBackup))
			if left := err == nil; left != c.left || !left && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the backup is there: %v", left)
			}
		})
	}
}

// TestBackupDamaged: a damaged backup is an error that says so; with a second one the training goes on from that.
func TestBackupDamaged(t *testing.T) {
	d := digits(t, 0, 100)
	for _, double := range []bool{false, true} {
		dir := t.TempDir()
		fit := func(step uint64) (first uint64, err error) {
			c := lessons(4)
			c.Callbacks = []Callback{&BackupAndRestore{BackupDir: dir, DoubleCheckpoint: double}, breaking(step),
				Lambda{BatchEnd: func(e Event) error {
					if first == 0 {
						first = e.Step
					}
					return nil
				}}}
			_, err = Fit(t.Context(), classifier(), d, c)
			return first, err
		}
		if _, err := fit(13); !errors.Is(err, errBroken) { // in the fourth epoch of 4 steps
			t.Fatal(err)
		}
		path := filepath.Join(dir, latestBackup)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b[:len(b)/2], 0o644); err != nil {
			t.Fatal(err)
		}
		first, err := fit(0)
		if double && (err != nil || first != 9) {
			t.Errorf("with two backups: step %d, %v; want step 9", first, err)
		}
		if !double && (err == nil || !strings.Contains(err.Error(), "remove the file to begin anew")) {
			t.Errorf("a damaged backup: %v", err)
		}
	}
	c := lessons(1)
	c.Callbacks = []Callback{&BackupAndRestore{}}
	if _, err := Fit(t.Context(), classifier(), d, c); err == nil || !strings.Contains(err.Error(), "backup_dir") {
		t.Errorf("without a folder: %v", err)
	}
}
