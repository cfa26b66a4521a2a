package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"gorae/bundle"
	"gorae/diagnose"
	"gorae/internal/file"
	"gorae/run"
)

// An interrupt, or the signal by which systems end services, stops after the batch at hand and says how to go on.
func TestInterrupt(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a second; continuous integration runs it")
	}
	if runtime.GOOS == "windows" {
		return // where a process cannot send another one an interrupt
	}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) { interruptTraining(t, signal) })
	}
}

func interruptTraining(t *testing.T, signal os.Signal) {
	t.Chdir(t.TempDir())
	put(t, "e.yaml", strings.Replace(killed, "epochs: 30", "epochs: 100000", 1))
	c, stderr := process(t, "train", "e.yaml", "--out", "r", "--quiet")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for try := 0; ; try++ {
		if _, err := os.Stat("r/last.keras"); err == nil {
			break
		}
		if try > 3000 {
			t.Fatal("no checkpoint appears")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := c.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	err := c.Wait()
	if c.ProcessState.ExitCode() != statusFailed {
		t.Errorf("%v; want status 1", err)
	}
	if s := stderr.String(); s != "gorae: stopped; go on with: "+program+" train e.yaml --resume --out r\n" &&
		s != "gorae: stopped; go on with: go run ./cmd/gorae train e.yaml --resume --out r\n" {
		t.Errorf("stderr %q", s)
	}
}

// The first interrupt ends a command that waits or works without looking at its context, at once and in one line.
func TestInterruptAnywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if runtime.GOOS == "windows" {
		return // where a process cannot send another one an interrupt
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: '-', target: last}\n")
	put(t, "d.yaml", "data: {source: embed:digits}\ntrain: {epochs: 1}\n")
	if c, stderr := process(t, "train", "d.yaml", "--out", "r", "-q"); c.Run() != nil {
		t.Fatal(stderr)
	}
	for _, args := range [][]string{
		{"data", "inspect", "-"}, {"train", "e.yaml"},
		{"predict", "r/model.keras", "--input", "-", "--output", "p.csv"}, {"evaluate", "r/model.keras", "--data", "-"},
	} {
		c, stderr := process(t, args...)
		in, err := c.StdinPipe() // never written to
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond) // until it reads
		begun := time.Now()
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait() // its status is looked at
		if took := time.Since(begun); took > 5*time.Second || c.ProcessState.ExitCode() != statusFailed ||
			stderr.String() != "gorae: "+stoppedEarly+"\n" {
			t.Errorf("%q: %v, status %d, %q", args, took, c.ProcessState.ExitCode(), stderr)
		}
		_ = in.Close() // nobody reads it any more
	}
}

// An interrupt of a repair ends it within a batch and says how to begin again; the findings that were written before
// are whole, and there is no record of half a repair.
func TestInterruptRepair(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if runtime.GOOS == "windows" {
		return // where a process cannot send another one an interrupt
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: embed:digits}\nmodel: [{dense: {units: 64, activation: relu, kernel_initializer: "+
		"zeros}}, {dense: {units: 10, activation: softmax}}]\ntrain: {epochs: 30, callbacks: []}\n")
	must(t, "train", "e.yaml", "--out", "r", "--quiet")
	if err := os.Remove("r/findings.json"); err != nil {
		t.Fatal(err)
	}
	c, stderr := process(t, "diagnose", "r", "--repair", "--no-replay", "--seeds", "9", "--threads", "1")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for try := 0; ; try++ {
		if _, err := os.Stat("r/findings.json"); err == nil {
			break
		}
		if try > 6000 {
			t.Fatal("no findings appear")
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond) // until it trains
	begun := time.Now()
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // its status is looked at
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	if took := time.Since(begun); took > 10*time.Second || c.ProcessState.ExitCode() != statusFailed ||
		!strings.HasPrefix(lines[len(lines)-1], "gorae: stopped; no repair was written; to begin again: ") ||
		!strings.HasSuffix(lines[len(lines)-1], " diagnose r --repair") {
		t.Errorf("%v, status %d, %q", took, c.ProcessState.ExitCode(), stderr.String())
	}
	if d, err := diagnose.Read("r"); err != nil || len(d.Findings) == 0 {
		t.Errorf("findings %v, %v", d, err)
	}
	for _, name := range []string{diagnose.RepairFile, diagnose.RepairedFile} {
		if _, err := os.Stat(filepath.Join("r", name)); err == nil {
			t.Errorf("%s is there", name)
		}
	}
}

// A training that ends with infinity names the command that looks for the cause.
func TestFailedTraining(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: embed:digits}\ntrain: {epochs: 3, optimizer: {sgd: {learning_rate: 1e30}}}\n"+
		"model: [{dense: {units: 8}}, {dense: {units: 8}}, {dense: {units: 10, activation: softmax}}]\n")
	_, stderr, status := gorae("", "train", "e.yaml", "--out", "r", "--quiet")
	if status != statusFailed || !strings.HasSuffix(stderr, "; look for the cause: "+program+" diagnose r\n") {
		t.Errorf("status %d, %q", status, stderr)
	}
	out, stderr, status := gorae("", "diagnose", "r")
	if status != statusDone || !strings.Contains(out, "fault  dynamics/not-finite") {
		t.Errorf("status %d, %q, %q", status, out, stderr)
	}
}

// A second interrupt does not wait for the batch at hand, which takes seconds here.
func TestSecondInterrupt(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if runtime.GOOS == "windows" {
		return // where a process cannot send another one an interrupt
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: embed:digits}\nmodel: [{dense: {units: 3000, activation: relu}}, {dense: {units: "+
		"3000, activation: relu}}, {dense: {units: 3000, activation: relu}}, {dense: {units: 10, activation: "+
		"softmax}}]\ntrain: {epochs: 100, batch_size: 1000, optimizer: sgd}\n")
	c, stderr := process(t, "train", "e.yaml", "--out", "r", "--quiet", "--threads", "1")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for try := 0; ; try++ {
		if _, err := os.Stat("r/" + run.ExperimentFile); err == nil {
			break
		}
		if try > 3000 {
			t.Fatal("no run begins")
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(time.Second) // until it is in a batch
	for range 2 {
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond) // two signals at once are one
	}
	begun := time.Now()
	_ = c.Wait() // its status is looked at
	if took := time.Since(begun); took > 2*time.Second || c.ProcessState.ExitCode() != statusFailed {
		t.Errorf("%v, %v", took, c.ProcessState)
	}
	if s := stderr.String(); !strings.HasPrefix(s, "gorae: stopped; go on with: ") || strings.Count(s, "\n") != 1 {
		t.Errorf("stderr %q", s)
	}
	wholeFiles(t, "r")
}

// wholeFiles checks that a directory, if it is there, holds no temporary file, and only pictures and models that can be
// read to their end; it returns how many files there are.
func wholeFiles(t *testing.T, dir string) int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch {
		case file.Partial(name), file.Partial(e.Name()):
			t.Errorf("%s is left", name)
		case filepath.Ext(name) == ".png":
			if _, err := png.Decode(strings.NewReader(get(t, name))); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case filepath.Ext(name) == ".keras":
			if _, err := bundle.Open(name); err != nil {
				t.Error(err)
			}
		}
	}
	return len(entries)
}

// Whenever an interrupt comes, explain has drawn all of its pictures or says in one line that it has not, and each
// picture that is there is whole.
func TestInterruptExplain(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if runtime.GOOS == "windows" {
		return // where a process cannot send another one an interrupt
	}
	t.Chdir(t.TempDir())
	for i := range 24 {
		m := image.NewGray(image.Rect(0, 0, 32, 32))
		for k := range m.Pix {
			m.Pix[k] = uint8(k*(i+3)%97 + 100*(i%2))
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		put(t, fmt.Sprintf("pictures/%c/%02d.png", 'a'+i%2, i), b.String())
	}
	layers := strings.Repeat("{conv2d: {filters: 16, kernel_size: 3, padding: same}}, ", 8)
	put(t, "e.yaml", "data: {source: pictures}\nmodel: ["+layers+"{flatten: {}}, {dense: {units: 2, activation: "+
		"softmax}}]\ntrain: {epochs: 1}\n")
	must(t, "train", "e.yaml", "--out", "r", "-q")
	explain := func(out string, after time.Duration, signal os.Signal) (took time.Duration, status int, said string) {
		c, stderr := process(t, "explain", "r/model.keras", "--input", "pictures/a/00.png", "--output", out)
		begun := time.Now()
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if signal != nil {
			time.Sleep(after)
			_ = c.Process.Signal(signal) // it may have ended
		}
		_ = c.Wait() // its status is looked at
		return time.Since(begun), c.ProcessState.ExitCode(), stderr.String()
	}
	whole, status, said := explain("all", 0, nil)
	all := wholeFiles(t, "all")
	if status != statusDone || all != 10 {
		t.Fatalf("status %d, %d files, %q", status, all, said)
	}
	const begins = 20 * time.Millisecond // until the program has asked for signals
	stopped := 0
	for i := range 8 {
		out := fmt.Sprint("out", i)
		_, status, said := explain(out, begins+whole*time.Duration(i)/8,
			[]os.Signal{os.Interrupt, syscall.SIGTERM}[i%2])
		n := wholeFiles(t, out)
		switch status {
		case statusDone:
			if n != all || said != "" {
				t.Errorf("%d of %d files, %q", n, all, said)
			}
		case statusFailed:
			stopped++
			if !strings.HasPrefix(said, "gorae: stopped before the end; ") || strings.Count(said, "\n") != 1 ||
				strings.Contains(said, "no file was written") && n > 0 {
				t.Errorf("%d of %d files, %q", n, all, said)
			}
		case -1: // before the program had asked for signals
		default:
			t.Errorf("status %d, %q", status, said)
		}
	}
	t.Logf("%d of 8 were stopped", stopped)
}

// An interrupt ends generate after the token at hand: what was written is whole characters and a line's end.
func TestInterruptGenerate(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if runtime.GOOS == "windows" {
		return // where a process cannot send another one an interrupt
	}
	t.Chdir(t.TempDir())
	put(t, "verse.txt", strings.Repeat("고래는 깊이 잠수하고\n", 60))
	put(t, "e.yaml", "data: {source: verse.txt, text: {window: 20}}\ntrain: {epochs: 1}\n")
	must(t, "train", "e.yaml", "--out", "r", "-q")
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		c, stderr := process(t, "generate", "r/model.keras", "--prompt", "고래", "--length", "1000000000")
		var stdout bytes.Buffer
		c.Stdout = &stdout
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if err := c.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		_ = c.Wait() // its status is looked at
		if took := time.Since(begun); took > 5*time.Second || c.ProcessState.ExitCode() != statusFailed {
			t.Errorf("%v: %v, %v", signal, took, c.ProcessState)
		}
		if s := stderr.String(); !strings.HasPrefix(s, "gorae: stopped after ") || strings.Count(s, "\n") != 1 {
			t.Errorf("%v: %q", signal, s)
		}
		if out := stdout.String(); !strings.HasPrefix(out, "고래") || !strings.HasSuffix(out, "\n") ||
			!utf8.ValidString(out) {
			t.Errorf("%v: %.100q…", signal, out)
		}
	}
}
