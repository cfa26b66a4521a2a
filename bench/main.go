// Bench runs gorae and PyTorch side by side and prints ratios of medians.
//
//	go run ./bench [-threads 1,2] [-rounds 15] [-only train]
//
// Both programs are processes of their own that do a number of iterations when told to.
// They take turns, a fraction of a second each, so that both see the same machine; what
// counts is the ratio of each round. See bench/README.md for what is measured and
// how PyTorch is tuned.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// task is one line of the table.
type task struct {
	name     string // of the workload, for both programs
	what     string
	perIter  float64 // units an iteration
	unit     string  // "samples/s", "µs" (then perIter is not used) or "GFLOP/s"
	goal     string  // as promised
	anyCores bool    // threads matter
}

var tasks = []task{
	{"train:mlp:64", "784-512-512-10, batch 64: one learning step", 64, "samples/s", "≥ 2 ×", true},
	{"infer:mlp:1", "784-512-512-10, batch 1: latency", 1, "µs", "≥ 1.25 × on one thread, ≥ 2 × on two", true},
	{"infer:mlp:64", "784-512-512-10, batch 64: inference", 64, "samples/s", "", true},
	{"train:cnn:64", "MNIST CNN, batch 64: one learning step", 64, "samples/s", "≥ 2 ×", true},
	{"train:cifar:64", "CIFAR CNN, batch 64: one learning step", 64, "samples/s", "≥ 1.25 ×", true},
	{"train:cifar-bn:64", "the same with batch normalisation", 64, "samples/s", "≥ 1.7 ×", true},
	{"train:conv1d:32", "Conv1D on 390 × 3, batch 32: one learning step", 32, "samples/s", "≥ 1.8 ×", true},
	{"train:conv3d:16", "Conv3D on 16³, batch 16: one learning step", 16, "samples/s", "≥ 2.5 ×", true},
	{"train:lstm:32", "LSTM 64 on 390 × 3, batch 32: one learning step", 32, "samples/s", "≥ 3 ×", true},
	{"train:gru:32", "GRU 64 on 390 × 3, batch 32: one learning step", 32, "samples/s", "≥ 4 ×", true},
	{"train:rnn:32", "SimpleRNN 64 on 390 × 3, batch 32: one learning step", 32, "samples/s", "≥ 3 ×", true},
	{"train:text:32", "Embedding 128, LSTM 64 twice, 200 ids, batch 32", 32, "samples/s", "≥ 4 ×", true},
	{"train:lstm512:64", "LSTM 512 on 100 × 512, batch 64: one learning step", 64, "samples/s", "≥ 1.1 ×", true},
	{"gemm:1024x1024x1024xnn", "product 1024³", 2 * 1024 * 1024 * 1024 / 1e9, "GFLOP/s", "≥ 85 % of the FMA peak on one thread", false},
	{"gemm:64x512x784xnn", "product 64×512×784", 2 * 64 * 512 * 784 / 1e9, "GFLOP/s", "", false},
	{"gemm:64x512x512xnt", "product 64×512×512, B transposed", 2 * 64 * 512 * 512 / 1e9, "GFLOP/s", "", false},
	{"gemm:512x512x64xtn", "product 512×512×64, A transposed", 2 * 64 * 512 * 512 / 1e9, "GFLOP/s", "", false},
	{"gemm:64x10x512xnn", "product 64×10×512", 2 * 64 * 10 * 512 / 1e9, "GFLOP/s", "", false},
}

func main() {
	threads := flag.String("threads", "1,2", "numbers of threads, with commas between")
	rounds := flag.Int("rounds", 15, "rounds of each workload")
	only := flag.String("only", "", "only workloads whose name contains this")
	python := flag.String("python", "/usr/bin/python3", "a Python that has torch; empty: gorae alone")
	byLayer := flag.Bool("layers", false, "print what each convolution reaches of the peak, pass by pass")
	byScale := flag.Bool("scale", false, "print the cost of a sample over batches and sizes of images")
	worker := flag.String("worker", "", "run this workload as a worker")
	flag.Parse()
	if *worker != "" {
		n, _ := strconv.Atoi(*threads)
		if err := work(*worker, n, os.Stdin, os.Stdout); err != nil {
			fail(err)
		}
		return
	}
	for on, f := range map[*bool]func(io.Writer, int) error{byLayer: layers, byScale: scale} {
		if *on {
			if err := f(os.Stdout, *rounds); err != nil {
				fail(err)
			}
			return
		}
	}
	if err := compare(*threads, *rounds, *only, *python); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}

// process is a worker that waits for its turn.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func start(cmd *exec.Cmd) (*process, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd, in, bufio.NewScanner(out)}
	if line, err := p.line(); err != nil || line != "ready" {
		p.stop()
		return nil, fmt.Errorf("%s did not become ready", strings.Join(cmd.Args, " "))
	}
	return p, nil
}

func (p *process) line() (string, error) {
	if !p.out.Scan() {
		return "", fmt.Errorf("%s ended early", filepath.Base(p.cmd.Path))
	}
	return p.out.Text(), nil
}

// run does n iterations and gives their seconds.
func (p *process) run(n int) (float64, error) {
	fmt.Fprintln(p.in, n)
	line, err := p.line()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(line, 64)
}

// peak is the most memory the process has had, in MB.
func (p *process) peak() float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return 0
}

func (p *process) stop() {
	p.in.Close()
	p.cmd.Wait()
}

// tuned is the environment in which PyTorch is fast: OpenBLAS told of the
// processor, its OpenMP build where Debian has it, and all kernels of AVX-512 or AVX2.
func tuned(threads int) []string {
	env := os.Environ()
	set := func(k, v string) {
		if os.Getenv(k) == "" {
			env = append(env, k+"="+v)
		}
	}
	n := strconv.Itoa(threads)
	set("OMP_NUM_THREADS", n)
	set("OPENBLAS_NUM_THREADS", n)
	flags, _ := os.ReadFile("/proc/cpuinfo")
	core, isa := "Haswell", "avx2"
	switch {
	case strings.Contains(string(flags), "avx512_bf16"):
		core, isa = "Cooperlake", "avx512"
	case strings.Contains(string(flags), "avx512f"):
		core, isa = "SkylakeX", "avx512"
	}
	set("OPENBLAS_CORETYPE", core)
	set("ATEN_CPU_CAPABILITY", isa)
	set("LD_LIBRARY_PATH", "/usr/lib/x86_64-linux-gnu/openblas-openmp")
	return env
}

func compare(threads string, rounds int, only, python string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	script := filepath.Join("bench", "peer.py")
	if _, err := os.Stat(script); err != nil {
		return fmt.Errorf("run from the root of the repository: %w", err)
	}
	for i, part := range strings.Split(threads, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 {
			return fmt.Errorf("-threads: %q is not a number of threads", part)
		}
		fmt.Printf("\n%d thread(s)\n", n)
		fmt.Printf("%-52s %12s %12s %9s %17s  %s\n", "", "gorae", "PyTorch", "ratio", "ratios min–max", "promise")
		for _, t := range tasks {
			if !strings.Contains(t.name, only) || !t.anyCores && i > 0 {
				continue
			}
			if err := t.duel(self, script, python, n, rounds); err != nil {
				return err
			}
		}
	}
	return nil
}

const turn = 250 * time.Millisecond // of each program in each round

func (t task) duel(self, script, python string, threads, rounds int) error {
	ours, err := start(exec.Command(self, "-worker", t.name, "-threads", strconv.Itoa(threads)))
	if err != nil {
		return err
	}
	defer ours.stop()
	sides := []*process{ours}
	if python != "" {
		cmd := exec.Command(python, script, t.name, strconv.Itoa(threads))
		cmd.Env = tuned(threads)
		theirs, err := start(cmd)
		if err != nil {
			return fmt.Errorf("%w; install python3-torch, or give -python ''", err)
		}
		defer theirs.stop()
		sides = append(sides, theirs)
	}
	iters := make([]int, len(sides))
	for i, p := range sides { // calibrate the length of a turn
		n := 1
		for {
			s, err := p.run(n)
			if err != nil {
				return err
			}
			if s > turn.Seconds()/4 {
				iters[i] = max(1, int(float64(n)*turn.Seconds()/s))
				break
			}
			n *= 4
		}
	}
	times := make([][]float64, len(sides))
	var ratios []float64
	for r := range rounds {
		one := make([]float64, len(sides))
		for k := range sides {
			i := (k + r) % len(sides)
			s, err := sides[i].run(iters[i])
			if err != nil {
				return err
			}
			one[i] = s / float64(iters[i])
			times[i] = append(times[i], one[i])
		}
		if len(sides) == 2 {
			ratios = append(ratios, one[1]/one[0])
		}
	}
	fmt.Printf("%-52s %12s", t.what, t.show(median(times[0])))
	if len(sides) == 2 {
		fmt.Printf(" %12s %8.2f× %8.2f–%-8.2f  %s", t.show(median(times[1])), median(ratios), slices.Min(ratios), slices.Max(ratios), t.goal)
	}
	fmt.Println()
	if strings.HasPrefix(t.name, "train") && len(sides) == 2 {
		a, b := sides[0].peak(), sides[1].peak()
		fmt.Printf("%-52s %9.0f MB %9.0f MB %8.2f× %19s  %s\n", "  peak memory of it", a, b, a/b, "", "≤ 0.25 ×")
	}
	if strings.HasPrefix(t.name, "gemm:1024") {
		peak := peakFMA()
		fmt.Printf("%-52s %12s\n", "  share of the FMA peak of this moment", fmt.Sprintf("%.0f %% of %.0f", 100*t.perIter/median(times[0])/peak, peak))
	}
	return nil
}

func (t task) show(seconds float64) string {
	switch t.unit {
	case "µs":
		return fmt.Sprintf("%.1f µs", 1e6*seconds)
	case "GFLOP/s":
		return fmt.Sprintf("%.1f GF/s", t.perIter/seconds)
	}
	return fmt.Sprintf("%.0f/s", t.perIter/seconds)
}

func median(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	return s[len(s)/2]
}
