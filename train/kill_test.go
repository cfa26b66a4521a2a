package train

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gorae/format/keras"
	"gorae/internal/par"
)

// A child process is this test binary with the directory to work in.
const childDir = "GORAE_TRAIN_TEST_DIR"

func TestMain(m *testing.M) {
	for name, child := range map[string]func(dir string) error{childDir: child, ganDir: ganChild} {
		dir := os.Getenv(name)
		if dir == "" {
			continue
		}
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child trains in a directory, taking up what an earlier child left, and writes the
// outcome to a file when it has finished.
func child(dir string) error {
	t := &noTest{}
	par.SetDefault(par.New(1 + os.Getpid()%3)) // a continued run need not have as many threads
	m := classifier()
	val := digits(t, 1200, 100)
	c := lessons(12)
	c.BatchSize = 24
	c.Validation = &val
	c.KeepBest = true
	c.Checkpoint = &Checkpoint{Path: filepath.Join(dir, "last.keras"), Every: 3 * time.Millisecond, Resume: true}
	pause := func(Event) error { time.Sleep(time.Millisecond); return nil }
	c.Callbacks = []Callback{
		&EarlyStopping{Patience: 8, RestoreBestWeights: true},
		&ReduceLROnPlateau{Monitor: "loss", Patience: new(1), MinDelta: new(0.3), Cooldown: 1},
		&CSVLogger{Filename: filepath.Join(dir, "history.csv")},
		LearningRateScheduler{Schedule: func(epoch int, rate float64) float64 { return rate * 0.97 }},
		Lambda{BatchEnd: pause, EpochEnd: pause},
	}
	h, err := Fit(context.Background(), m, digits(t, 0, 500), c)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "outcome"), []byte(outcome(print(m), h)), 0o644)
}

// outcome is all of a run that must not depend on interruptions.
func outcome(weights uint64, h *History) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%016x best %d\n", weights, h.Best)
	for _, r := range h.Rows {
		fmt.Fprint(&b, r.Epoch)
		for _, f := range r.Metrics {
			fmt.Fprintf(&b, " %s %016x", f.Name, math.Float64bits(f.Value))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// noTest is a testing.TB for a process that is no test: what fails, panics.
type noTest struct{ testing.TB }

func (*noTest) Helper()           {}
func (*noTest) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// A run killed at random moments and taken up again ends with the same bits as one that
// was never killed: weights, metrics, the best epoch, the table of the history.
func TestKillAndResume(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run := func(dir string, killAfter time.Duration) (killed bool) {
		t.Helper()
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), childDir+"="+dir)
		var out bytes.Buffer
		cmd.Stderr = &out
		var shot atomic.Bool
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if killAfter > 0 {
			timer := time.AfterFunc(killAfter, func() {
				shot.Store(true)
				cmd.Process.Kill()
			})
			defer timer.Stop()
		}
		err := cmd.Wait()
		if err == nil {
			return false
		}
		if shot.Load() && out.Len() == 0 {
			return true
		}
		t.Fatalf("%v: %s", err, out.String())
		return false
	}
	read := func(dir string) (string, string) {
		b, err := os.ReadFile(filepath.Join(dir, "outcome"))
		if err != nil {
			t.Fatal(err)
		}
		return string(b), table(t, filepath.Join(dir, "history.csv"))
	}

	whole := t.TempDir()
	start := time.Now()
	run(whole, 0)
	length := time.Since(start)
	want, wantTable := read(whole)
	start = time.Now()
	run(whole, 0) // it has ended: this is what a process takes to begin
	idle := time.Since(start)

	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	kills, early := 0, 0
	for kills < 12 {
		dir := t.TempDir()
		for {
			wait := time.Duration(1 + r.Int64N(int64(idle+max(length-idle, 0)/3)))
			if !run(dir, wait) {
				break
			}
			kills++
			// Whenever it was killed, the file is whole, for whatever opens models.
			switch _, _, err := keras.LoadFile(filepath.Join(dir, "last.keras")); {
			case errors.Is(err, fs.ErrNotExist):
				early++ // before the first checkpoint
			case err != nil:
				t.Fatalf("seed %d: after %d kills: %v", seed, kills, err)
			}
			if kills > 200 {
				t.Fatalf("seed %d: killed %d times and never finished", seed, kills)
			}
		}
		got, gotTable := read(dir)
		if got != want {
			t.Fatalf("seed %d: after %d kills\n%s\nnever killed\n%s", seed, kills, got, want)
		}
		if gotTable != wantTable {
			t.Fatalf("seed %d: history.csv after %d kills\n%s\nnever killed\n%s", seed, kills, gotTable, wantTable)
		}
		// A finished run that is taken up ends at once with the same.
		if err := os.Remove(filepath.Join(dir, "outcome")); err != nil {
			t.Fatal(err)
		}
		run(dir, 0)
		if got, _ := read(dir); got != want {
			t.Fatalf("taken up after its end\n%s\nbefore\n%s", got, want)
		}
	}
	t.Logf("%d kills, %d of them before the first checkpoint; a whole run takes %v", kills, early, length)
}

// table is a CSV file without its last column, the seconds.
func table(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, row := range rows {
		last := len(row) - 1
		if i == 0 && row[last] != "seconds" {
			t.Fatalf("the last column is %q", row[last])
		}
		if i > 0 {
			if v, err := strconv.ParseFloat(row[last], 64); err != nil || v < 0 {
				t.Fatalf("line %d: %q seconds", i+1, row[last])
			}
		}
		fmt.Fprintln(&b, row[:last])
	}
	return b.String()
}
