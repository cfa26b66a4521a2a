package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"gorae/internal/file"
	"gorae/internal/file/filetest"
)

// asCommand makes the test's own binary the command, so that there is a process to kill.
const asCommand = "GORAE_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if err := os.Setenv("LC_ALL", "C"); err != nil { // the tests expect English
		panic(err)
	}
	silence = time.Hour // the tests say what stderr holds, on slow machines too
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

// kinds are experiments of other kinds of data that train for about a second; killedFiles makes their files.
var kinds = map[string]string{
	"table": killed,
	"image": "data: {source: pictures}\nmodel: [{conv2d: {filters: 8, kernel_size: 3}}, {flatten: {}}, {dropout: " +
		"0.2}, " +
		"{dense: {units: 2, activation: softmax}}]\ntrain: {epochs: 40, batch_size: 4, callbacks: []}\n",
	"series": "data: {source: s.csv, target: v, series: {window: 24}}\nmodel: [{gru: {units: 16}}, {dropout: 0.2}, " +
		"{dense: 1}]\ntrain: {epochs: 12, batch_size: 8, callbacks: []}\n",
	"control": "data: {environment: cartpole}\ntrain: {dqn: {learning_starts: 100}, epochs: 12, validation_episodes: " +
		"5, " +
		"test_episodes: 5}\n",
	"labels": "data: {source: l.csv, target: [warm, wet]}\nmodel: [{dense: {units: 16, activation: relu}}, {dropout: " +
		"0.2}, {dense: {units: 2, activation: sigmoid}}]\ntrain: {epochs: 40, batch_size: 8, callbacks: []}\n",
	"translation": "data: {source: pairs.tsv, translate: {units: 16, beam: 1}}\ntrain: {epochs: 8, batch_size: 8, " +
		"callbacks: []}\n",
	"vectors": "data: {source: said.txt, word2vec: {size: 16, min_count: 1, window: 3, sample: 0}}\ntrain: {epochs: 30}\n",
	"vae": "data: {source: embed:digits, target: digit, generate: {kind: vae, latent: 4, hidden: 32}}\ntrain: " +
		"{epochs: 12, batch_size: 16}\n",
	"gan": "data: {source: embed:digits, target: digit, generate: {kind: gan, latent: 4, filters: 4}}\ntrain: " +
		"{epochs: 6, batch_size: 32}\n",
	"text": "data: {source: w.csv, target: mood, features: {words: {text: {words: 30, length: 12}}}}\nmodel: " +
		"[{embedding: {input_dim: vocabulary, output_dim: 8}}, {lstm: {units: 16}}, {dropout: 0.2}, " +
		"{dense: {units: 1, activation: sigmoid}}]\ntrain: {epochs: 12, batch_size: 8, callbacks: []}\n",
}

func killedFiles(t *testing.T) {
	t.Helper()
	var series, words, labels strings.Builder
	labels.WriteString("x,y,warm,wet\n")
	series.WriteString("v\n")
	words.WriteString("words,mood\n")
	said := []string{"good sun", "bad rain", "warm good day", "cold bad night"}
	for i := range 600 {
		fmt.Fprintf(&series, "%d\n", i*i%23+i)
		fmt.Fprintf(&labels, "%d,%d,%d,%d\n", i*i%23, i*7%31, i*i%23/12, (i*i%23+i*7%31)/27)
		fmt.Fprintf(&words, "%s %s,%s\n", said[i%4], said[i*i%3], []string{"up", "down"}[i%2])
	}
	var pairs, sentences strings.Builder
	digits := strings.Fields("zero one two three four five six seven eight nine")
	for i := range 300 {
		var from, to []string
		for k := range 2 + i%3 {
			d := (i*7 + i*i*k + k*k) % 10
			from, to = append(from, fmt.Sprint(d)), append(to, digits[d])
		}
		fmt.Fprintf(&pairs, "%s\t%s\n", strings.Join(from, " "), strings.Join(to, " "))
	}
	for i := range 3000 {
		fmt.Fprintf(&sentences, "%s %s %s\n", digits[i%10], digits[i*i%7], said[i%4])
	}
	put(t, "pairs.tsv", pairs.String())
	put(t, "said.txt", sentences.String())
	put(t, "s.csv", series.String())
	put(t, "w.csv", words.String())
	put(t, "l.csv", labels.String())
	for i := range 60 {
		m := image.NewGray(image.Rect(0, 0, 24, 24))
		for k := range m.Pix {
			m.Pix[k] = uint8(k*(i+3)%97 + 100*(i%2))
		}
		var b strings.Builder
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		put(t, fmt.Sprintf("pictures/%c/%02d.png", 'a'+i%2, i), b.String())
	}
}

// A run that is killed at random instants and resumed each time, on one thread or two and with a cache of its tables,
// ends with the very model file of a run without one that was left alone: 2 kills of each kind of data and 6 of tables,
// with GORAE_LONG 50 of each.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Chdir(t.TempDir())
	killedFiles(t)
	all := 0
	for kind, experiment := range kinds {
		put(t, kind+".yaml", experiment)
		most := 2
		switch {
		case os.Getenv("GORAE_LONG") != "":
			most = 50
		case kind == "table":
			most = 6
		}
		t.Run(kind, func(t *testing.T) { all += killAndResume(t, kind, most) })
	}
	t.Logf("%d kills", all)
}

// killAndResume kills runs of an experiment until there were so many kills.
func killAndResume(t *testing.T, kind string, most int) (kills int) {
	t.Helper()
	args := []string{"train", kind + ".yaml", "--set", "train.checkpoint_seconds=0.003", "--quiet", "--resume", "--out"}
	sound := kind + "-whole"
	begun := time.Now()
	if c, stderr := process(t, append(args, sound, "--no-cache")...); c.Run() != nil {
		t.Fatal(stderr)
	}
	whole := time.Since(begun)
	for n := 0; kills < most; n++ {
		dir := fmt.Sprintf("%s-%d", kind, n)
		before := kills
		for try := 0; ; try++ {
			if try > 300 {
				t.Fatalf("%s: not finished after %d kills", kind, kills)
			}
			c, stderr := process(t, append(args, dir, "--cache", "tables", "--threads", []string{"1", "2"}[try%2])...)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			wait := time.Duration(rand.Int64N(int64(whole) + 1))
			if kills >= most || try > 12 {
				wait = 10 * time.Minute // enough: to the end
			}
			timer := time.AfterFunc(wait, func() { _ = c.Process.Kill() }) // it may be over by now
			err := c.Wait()
			timer.Stop()
			if err == nil {
				break
			}
			if c.ProcessState.Exited() { // by itself, with an error
				t.Fatalf("%s: after %d kills: %v: %s", kind, kills, err, stderr)
			}
			kills++
		}
		if kills == before {
			continue // it ended before its time
		}
		if get(t, dir+"/model.keras") != get(t, sound+"/model.keras") {
			t.Errorf("%s: after %d kills the model is another", kind, kills-before)
		}
		if got, want := metricsJSON(t, dir), metricsJSON(t, sound); got != want {
			t.Errorf("%s: after %d kills: %s; never killed: %s", kind, kills-before, got, want)
		}
		if left, _ := filepath.Glob(dir + "/.*"); len(left) > 0 {
			t.Errorf("%s: %q are left", kind, left)
		}
	}
	return kills
}

// TestFaultsOfCommands fails each operation on the disk of predict and explain once: the file is then the former one or
// the new one, the error is one line, and nothing temporary is left but what could not be removed.
func TestFaultsOfCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Chdir(t.TempDir())
	put(t, "d.csv", rowsOf(80, 0))
	put(t, "e.yaml", "data: {source: d.csv, target: y}\ntrain: {epochs: 1}\n")
	must(t, "train", "e.yaml", "--out", "r", "-q")
	put(t, "i.yaml", "data: {source: embed:digits}\nmodel: [{reshape: {target_shape: [8, 8, 1]}}, {conv2d: {filters: "+
		"2, kernel_size: 3}}, {flatten: {}}, {dense: {units: 10, activation: softmax}}]\ntrain: {epochs: 1}\n")
	must(t, "train", "i.yaml", "--out", "i", "-q")
	for name, args := range map[string][]string{
		"csv": {"predict", "r/model.keras", "--input", "d.csv", "--output", "out/p.csv"},
		"npy": {"predict", "r/model.keras", "--input", "d.csv", "--output", "out/p.npy"},
		"png": {"explain", "i/model.keras", "--input", "embed:digits", "--output", "out/deep/er"},
	} {
		with := func(fail int) (string, string, int, *filetest.Faulty) {
			if err := os.RemoveAll("out"); err != nil {
				t.Fatal(err)
			}
			put(t, "out/p.csv", "former")
			put(t, "out/p.npy", "former")
			disk := &filetest.Faulty{Fail: fail}
			undo := file.Through(disk)
			defer undo()
			_, said, status := gorae("", args...)
			return said, fmt.Sprint(contents(t)), status, disk
		}
		_, want, status, count := with(0)
		if status != statusDone || count.Done() < 5 {
			t.Fatalf("%s: status %d, %d operations", name, status, count.Done())
		}
		for fail := 1; fail <= count.Done(); fail++ {
			said, got, status, disk := with(fail)
			if status == statusDone && got == want {
				continue // the removal of what nobody needs
			}
			if status != statusFailed || strings.Count(said, "\n") != 1 ||
				!strings.Contains(said, "input/output error") {
				t.Errorf("%s, %s: status %d, %q", name, disk.Failed(), status, said)
			}
			for _, former := range []string{"out/p.csv", "out/p.npy"} {
				if text := get(t, former); text != "former" && got != want {
					t.Errorf("%s, %s: %s is neither the former nor the new file", name, disk.Failed(), former)
				}
			}
			wholeFiles(t, "out")
			wholeFiles(t, "out/deep/er")
		}
	}
}

// A limit of the address space is one line, not a trace of the runtime, where it leaves the runtime enough to begin.
func TestAddressSpace(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if runtime.GOOS != "linux" {
		return // elsewhere ulimit -v means something else
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: embed:titanic, target: Survived}\nmodel: [{dense: {units: 4000000}}, "+
		"batch_normalization, {dense: {units: 1, activation: sigmoid}}]\ntrain: {epochs: 2}\n")
	const want = "of memory are needed and this process may use "
	for _, kilobytes := range []int{2_000_000, 2_500_000} {
		c, stderr := process(t, "train", "e.yaml", "--out", fmt.Sprint("r", kilobytes), "-q")
		limit := fmt.Sprintf("ulimit -v %d; exec \"$0\" \"$@\"", kilobytes)
		c.Args = append([]string{"sh", "-c", limit, c.Path}, c.Args[1:]...)
		c.Path = "/bin/sh"
		_ = c.Run() // its status is looked at
		if s := stderr.String(); c.ProcessState.ExitCode() != statusFailed || strings.Count(s, "\n") != 1 ||
			!strings.Contains(s, want) {
			t.Errorf("%d KB: status %d, %.300q", kilobytes, c.ProcessState.ExitCode(), s)
		}
	}
}

// A run that was killed before its experiment was written starts anew.
func TestKilledAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", killed)
	put(t, "r/.experiment.yaml.1x2y.partial", "data: {sou")
	c, stderr := process(t, "train", "e.yaml", "--out", "r", "--resume", "--quiet")
	if err := c.Run(); err != nil {
		t.Fatal(err, stderr)
	}
}

// Of two processes one has a run directory; when it is killed, the next goes on at once.
func TestTwoProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
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
