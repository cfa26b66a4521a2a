package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

// asCommand makes the test's own binary the command, so that there is a process to kill.
const asCommand = "GORAE_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

func process(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), asCommand+"=1")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	return c, &stderr
}

const killed = `data: {source: embed:digits}
model: [{dense: {units: 256, activation: relu}}, {dropout: 0.3}, {batch_normalization: {}}, {dense: {units: 10, activation: softmax}}]
train: {epochs: 30, batch_size: 16, callbacks: [{reduce_lr_on_plateau: {patience: 2}}]}
`

// A run that is killed at random instants and resumed each time, on one thread or two, ends with
// the very model file of a run that was left alone.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", killed)
	begun := time.Now()
	c, stderr := process(t, "train", "e.yaml", "--out", "whole", "--quiet")
	if err := c.Run(); err != nil {
		t.Fatal(err, stderr)
	}
	whole := time.Since(begun)
	kills := 0
	for try := 0; ; try++ {
		if try > 300 {
			t.Fatalf("not finished after %d kills", kills)
		}
		c, stderr := process(t, "train", "e.yaml", "--out", "r", "--resume", "--quiet", "--threads",
			[]string{"1", "2"}[try%2])
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		wait := whole/10 + time.Duration(rand.Int64N(int64(whole/4)+1))
		if kills >= 12 {
			wait = 10 * time.Minute // enough: to the end
		}
		timer := time.AfterFunc(wait, func() { _ = c.Process.Kill() }) // it may be over by now
		err := c.Wait()
		timer.Stop()
		if err == nil {
			break
		}
		if c.ProcessState.Exited() { // by itself, with an error
			t.Fatalf("after %d kills: %v: %s", kills, err, stderr)
		}
		kills++
	}
	t.Logf("%d kills", kills)
	if kills == 0 {
		t.Error("the process was never killed")
	}
	if get(t, "r/model.keras") != get(t, "whole/model.keras") {
		t.Errorf("after %d kills the model is another", kills)
	}
	if metricsJSON(t, "r") != metricsJSON(t, "whole") {
		t.Errorf("after %d kills: %s; never killed: %s", kills, metricsJSON(t, "r"), metricsJSON(t, "whole"))
	}
}

// An interrupt stops after the batch at hand and says how to go on.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // where a process cannot send another one an interrupt
	}
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
	if err := c.Process.Signal(os.Interrupt); err != nil {
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

// A run that was killed before its experiment was written starts anew.
func TestKilledAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", killed)
	put(t, "r/.experiment.yaml.partial", "data: {sou")
	c, stderr := process(t, "train", "e.yaml", "--out", "r", "--resume", "--quiet")
	if err := c.Run(); err != nil {
		t.Fatal(err, stderr)
	}
}

// Of two processes one has a run directory; when it is killed, the next goes on at once.
func TestTwoProcesses(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "e.yaml", strings.Replace(killed, "epochs: 30", "epochs: 1000000", 1))
	c, stderr := process(t, "train", "e.yaml", "--out", "r", "--quiet")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() }) // ended already, unless the test failed
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat("r/last.keras"); err == nil {
			break
		}
		if time.Since(begun) > time.Minute {
			t.Fatal("no checkpoint in a minute", stderr)
		}
	}
	for _, more := range [][]string{{"--resume"}, nil} {
		_, said, status := gorae("", append([]string{"train", "e.yaml", "--out", "r"}, more...)...)
		if status != 1 || said != "gorae: r: another process is at work in it; wait for it, or name another with "+
			"--out\n" {
			t.Errorf("status %d, %q", status, said)
		}
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // killed
	if _, said, status := gorae("", "train", "e.yaml", "--out", "r"); status != 1 ||
		!strings.Contains(said, "go on with it by --resume") {
		t.Errorf("status %d, %q", status, said)
	}
	put(t, "e.yaml", strings.Replace(killed, "epochs: 30", "epochs: 1", 1))
	if _, said, status := gorae("", "train", "e.yaml", "--out", "r", "--resume", "--quiet"); status != 0 {
		t.Errorf("status %d, %q", status, said)
	}
	if _, err := os.Stat("r/.lock"); err == nil {
		t.Error("the lock's file stays")
	}
}
