package file

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

func TestLock(t *testing.T) {
	dir := t.TempDir()
	unlock, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir); !errors.Is(err, ErrLocked) || err.Error() != dir+": another process is at work in it" {
		t.Errorf("a second lock: %v", err)
	}
	unlock()
	if _, err := os.Stat(filepath.Join(dir, LockName)); err == nil {
		t.Error("the file stays")
	}
	// What a process that was killed leaves locks nothing.
	if err := os.WriteFile(filepath.Join(dir, LockName), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if unlock, err = Lock(dir); err != nil {
		t.Fatal(err)
	}
	unlock()
	if _, err := Lock(filepath.Join(dir, "none")); err == nil {
		t.Error("no directory is locked")
	}
}

// TestLockRace: of many that lock and unlock at once never two hold it.
func TestLockRace(t *testing.T) {
	dir := t.TempDir()
	var inside atomic.Int32
	var all sync.WaitGroup
	taken := atomic.Int32{}
	for range 8 {
		all.Go(func() {
			for range 300 {
				unlock, err := Lock(dir)
				if errors.Is(err, ErrLocked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d hold it", n)
				}
				taken.Add(1)
				inside.Add(-1)
				unlock()
			}
		})
	}
	all.Wait()
	if taken.Load() < 100 {
		t.Errorf("it was taken %d times only", taken.Load())
	}
}
