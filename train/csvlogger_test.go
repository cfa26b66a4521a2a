package train

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var secondsLeftOut = regexp.MustCompile(`,[^,\n]*\n`)

// A log with Append holds the lines of another run and each epoch of this one once, wherever this run was killed:
// between the log and the checkpoint of its first epoch or of a later one, after which the epoch is done again. The
// columns of seconds are left out.
func TestCSVLoggerAppendsOnResume(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "log.csv")
	last := filepath.Join(dir, "last.keras")
	const other = "epoch,loss,accuracy,seconds\n1,0.5,0.25,1\n2,0.25,0.5,1\n"
	fit := func(killAt int) error {
		c := lessons(3)
		c.Callbacks = []Callback{&CSVLogger{Filename: log, Append: true}}
		c.Checkpoint = &Checkpoint{Path: last, Every: 1, Resume: true}
		killed := errors.New("killed")
		c.Callbacks = append(c.Callbacks, Lambda{EpochEnd: func(e Event) error {
			if e.Epoch == killAt {
				return killed // after the log, before the checkpoint
			}
			return nil
		}})
		_, err := Fit(context.Background(), classifier(), digits(t, 0, 64), c)
		return err
	}
	lines := func() string {
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return secondsLeftOut.ReplaceAllString(string(text), "\n")
	}
	want := ""
	for _, kills := range [][]int{nil, {1}, {2}, {3}, {1, 2, 3}, {1, 1}} {
		if err := errors.Join(os.RemoveAll(last), os.WriteFile(log, []byte(other), 0o644)); err != nil {
			t.Fatal(err)
		}
		for _, k := range kills {
			if err := fit(k); err == nil {
				t.Fatalf("%v: not killed", kills)
			}
		}
		if err := fit(0); err != nil {
			t.Fatal(err)
		}
		got := lines()
		if kills == nil {
			want = got
			if strings.Count(want, "\n") != 6 { // a header, two lines and three lines
				t.Fatal(want)
			}
		}
		if got != want {
			t.Errorf("killed in the epochs %v:\n%s\nnever killed:\n%s", kills, got, want)
		}
	}
}
