// Bench runs gorae and PyTorch, and onnxruntime if asked, side by side and prints medians of ratios.
//
//	go run ./bench [-threads 1,2] [-rounds 15] [-only train] [-node FOLDER]
//
// The programs are processes of their own that do a number of iterations when told to.
// They take turns, a fraction of a second each, so that all see the same machine; what
// counts is the ratio of each round. See bench/README.md for what is measured and
// how PyTorch is tuned.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"math"
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
	unit     string  // "samples/s", "µs", "ms" and "s" (then perIter is not used), "ns/step", "MB/s", "GFLOP/s"
	goal     string  // as promised
	anyCores bool    // threads matter
	apart    bool    // runs only when -only asks for it
}

var tasks = []task{
	{"train:mlp:64", "784-512-512-10, batch 64: one training step", 64, "samples/s", "≥ 2 ×", true, false},
	{"train:cnn:64", "MNIST CNN, batch 64: one training step", 64, "samples/s", "≥ 2 ×", true, false},
	{"train:cifar:64", "CIFAR CNN, batch 64: one training step", 64, "samples/s", "≥ 1.25 ×", true, false},
	{"train:cifar-bn:64", "the same with batch normalisation", 64, "samples/s", "≥ 1.7 ×", true, false},
	{"train:conv1d:32", "Conv1D on 390 × 3, batch 32: one training step", 32, "samples/s", "≥ 1.8 ×", true, false},
	{"train:conv3d:16", "Conv3D on 16³, batch 16: one training step", 16, "samples/s", "≥ 2.5 ×", true, false},
	{"train:lstm:32", "LSTM 64 on 390 × 3, batch 32: one training step", 32, "samples/s", "≥ 3 ×", true, false},
	{"train:gru:32", "GRU 64 on 390 × 3, batch 32: one training step", 32, "samples/s", "≥ 4 ×", true, false},
	{"train:rnn:32", "SimpleRNN 64 on 390 × 3, batch 32: one training step", 32, "samples/s", "≥ 3 ×", true, false},
	{"train:text:32", "Embedding 128, LSTM 64 twice, 200 ids, batch 32", 32, "samples/s", "≥ 4 ×", true, false},
	{"train:words:32", "the same, ids as frequent as words of a text", 32, "samples/s", "", true, false},
	{"train:seq2seq:64", "GRU 256 to GRU 256 with attention, 20 + 20 ids, batch 64", 64, "samples/s", "", true, false},
	{"train:lstm512:64", "LSTM 512 on 100 × 512, batch 64: one training step", 64, "samples/s", "≥ 1.1 ×", true, false},
	{"train:L1:256", "784-2048-2048-10, batch 256: one training step", 256, "samples/s", "", true, true},
	{"train:L2:32", "a residual network of 18 layers, 32×32, batch 32", 32, "samples/s", "", true, true},
	{"train:L3:64", "LSTM 256 twice on 100 × 32, batch 64", 64, "samples/s", "", true, true},
	{"train:L4:32", "four encoder layers over 128 ids, batch 32", 32, "samples/s", "", true, true},
	{"train:L5:32", "Embedding 256, GRU 512, 100 ids, batch 32", 32, "samples/s", "", true, true},
	{"train:L6:256", "32-256-256-256-1, batch 256: one training step", 256, "samples/s", "", true, true},
	{"gemm:1024x1024x1024xnn", "product 1024³", 2 * 1024 * 1024 * 1024 / 1e9, "GFLOP/s",
		"≥ 85 % of the FMA peak on one thread", false, false},
	{"gemm:64x512x784xnn", "product 64×512×784", 2 * 64 * 512 * 784 / 1e9, "GFLOP/s", "", false, false},
	{"gemm:64x512x512xnt", "product 64×512×512, B transposed", 2 * 64 * 512 * 512 / 1e9, "GFLOP/s", "", false, false},
	{"gemm:512x512x64xtn", "product 512×512×64, A transposed", 2 * 64 * 512 * 512 / 1e9, "GFLOP/s", "", false, false},
	{"gemm:64x10x512xnn", "product 64×10×512", 2 * 64 * 10 * 512 / 1e9, "GFLOP/s", "", false, false},
}

// What is inferred on a batch of 1 and of 64, with the words for it.
var inferred = [][2]string{
	{"mlp", "784-512-512-10"}, {"cnn", "MNIST CNN"}, {"cifar", "CIFAR CNN"},
	{"cifar-bn", "the same with batch normalisation"},
	{"conv1d", "Conv1D on 390 × 3"}, {"conv3d", "Conv3D on 16³"},
	{"lstm", "LSTM 64 on 390 × 3"}, {"gru", "GRU 64 on 390 × 3"}, {"rnn", "SimpleRNN 64 on 390 × 3"},
	{"text", "Embedding 128, LSTM 64 twice, 200 ids"}, {"lstm512", "LSTM 512 on 100 × 512"},
}

func init() {
	for _, n := range inferred {
		goal := "≥ 1 × onnxruntime"
		if n[0] == "mlp" {
			goal += "; ≥ 1.25 × PyTorch on one thread, ≥ 2 × on two"
		}
		tasks = append(tasks,
			task{"infer:" + n[0] + ":1", n[1] + ", batch 1: latency", 1, "µs", goal, true, false},
			task{"infer:" + n[0] + ":64", n[1] + ", batch 64: inference", 64, "samples/s", "≥ 1 × onnxruntime", true,
				false})
	}
	tasks = append(tasks,
		task{"infer:one:1", "1-1: the cost of a call", 1, "µs", "", true, false},
		task{"stream:lstm:1", "LSTM 64 on 3 features, one step at a time", 1, "µs", "≤ 2 µs", true, false},
		task{"agent:cartpole", "DQN on CartPole, 4-64-64-2, an update of 64 for two steps", agentTurn, "steps/s", "",
			true, false},
		task{"vectors:skipgram", "skip-gram, 100 numbers, window 5, 5 negative samples", vectorTurn, "words/s", "",
			true, false})
	for _, kind := range []string{"infer", "train"} {
		for _, n := range []int{10, 100, 1000, 10000} {
			tasks = append(tasks, task{fmt.Sprintf("%s:lstm-%d:8", kind, n),
				fmt.Sprintf("LSTM 64 over %d steps, batch 8: %s", n, kind), float64(n), "ns/step", "", true, true})
		}
	}
}

func main() {
	threads := flag.String("threads", "1,2", "numbers of threads, with commas between")
	rounds := flag.Int("rounds", 15, "rounds of each workload")
	only := flag.String("only", "", "only workloads whose name contains this, or one of these with commas between")
	equal := flag.Bool("equal", false, "compare the losses of gorae's and PyTorch's first steps in place of the times")
	python := flag.String("python", debian, "a Python that has torch; empty: gorae alone")
	base := flag.String("base", "", "another build of this program, such as one of an earlier commit, to compare with")
	node := flag.String("node", "", "a folder with node_modules/onnxruntime-node; empty: without it")
	flag.BoolVar(&processor, "processor", false, "count the processor's time rather than the clock's: for one thread "+
		"on a machine that others use too")
	flag.DurationVar(&turn, "turn", turn, "how long each program runs in each round")
	flag.BoolVar(&asIs, "as-is", false, "leave the environment that tunes PyTorch as it is; untuned, it is refused")
	byLayer := flag.Bool("layers", false, "print what each convolution reaches of the peak, pass by pass")
	byScale := flag.Bool("scale", false, "print what a sample costs over batches, images, widths, depths, steps, rows "+
		"and threads; -only takes names of these")
	byMemory := flag.Bool("memory", false, "print the most memory that training takes, here and in PyTorch")
	figure := flag.String("figure", "", "the folder in which -scale draws scale.png and scale.svg")
	where := flag.String("profile", "", "print where the time of this workload of training or inference goes")
	pandas := flag.String("pandas", "", "a Python that has pandas, pyarrow and scikit-learn; empty: that of "+
		"-python")
	worker := flag.String("worker", "", "run this workload as a worker")
	on := flag.String("on", "", "the table or the folder of a worker's workload")
	flag.Parse()
	if *worker != "" {
		n, _ := strconv.Atoi(*threads)
		if err := work(*worker, *on, n, os.Stdin, os.Stdout); err != nil {
			fail(err)
		}
		return
	}
	for on, f := range map[*bool]func() error{
		byLayer:  func() error { return layers(os.Stdout, *rounds) },
		byScale:  func() error { return scale(os.Stdout, *rounds, *only, *figure) },
		byMemory: func() error { return memory(os.Stdout, *only, *python) },
	} {
		if *on {
			if err := f(); err != nil {
				fail(err)
			}
			return
		}
	}
	if *where != "" {
		n, _ := strconv.Atoi(strings.Split(*threads, ",")[0])
		if err := profile(*where, n, os.Stdout); err != nil {
			fail(err)
		}
		return
	}
	if *equal {
		if err := same(*python, os.Stdout); err != nil {
			fail(err)
		}
		return
	}
	if err := compare(*threads, *rounds, *only, rivals{python: *python, base: *base, node: *node,
		pandas: cmp.Or(*pandas, *python)}); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}

// rivals are the programs beside gorae.
type rivals struct {
	python string // empty: no PyTorch
	base   string // another build of this program; empty: none
	node   string // a folder with node_modules/onnxruntime-node; empty: no onnxruntime
	models string // a folder of exported networks
	pandas string // a Python with pandas; empty: none
	table  string // a file of the workloads of a table
	files  string // a folder of the workloads of files
}

// compare prints the rows whose names contain only.
func compare(threads string, rounds int, only string, r rivals) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if _, err := os.Stat(script("peer.py")); err != nil {
		return fmt.Errorf("run from the root of the repository: %w", err)
	}
	var chosen []task
	for _, t := range tasks {
		if asked(only, t.name) && (!t.apart || only != "") {
			chosen = append(chosen, t)
		}
	}
	if slices.ContainsFunc(chosen, task.ofTable) {
		folder, path, err := makeTable(chosen)
		if folder != "" {
			defer os.RemoveAll(folder)
		}
		if err != nil {
			return err
		}
		r.table = path
	}
	if slices.ContainsFunc(chosen, task.ofFiles) {
		r.files, err = makeFiles(chosen)
		if r.files != "" {
			defer os.RemoveAll(r.files)
		}
		if err != nil {
			return err
		}
	}
	if r.node != "" {
		if r.models, err = os.MkdirTemp("", "bench"); err != nil {
			return err
		}
		defer os.RemoveAll(r.models)
		if err := r.export(chosen); err != nil {
			return err
		}
	}
	if r.python != "" && slices.ContainsFunc(chosen, func(t task) bool { return !t.ofTable() && !t.ofFiles() }) {
		c, err := r.check()
		if err != nil {
			return err
		}
		if why := c.refusal(peakFMA()); why != "" {
			fmt.Printf("PyTorch %s is refused: %s\n", c.Version, why)
			r.python = ""
		}
	}
	for i, part := range strings.Split(threads, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 {
			return fmt.Errorf("-threads: %q is not a number of threads", part)
		}
		fmt.Printf("\n%d thread(s)\n", n)
		fmt.Printf("%-52s %12s %-45s%s\n", "", "gorae", "   peer, median ratio (95 % interval)", "promise")
		for _, t := range chosen {
			if !t.anyCores && i > 0 {
				continue
			}
			if err := t.duel(self, n, rounds, r); err != nil {
				return err
			}
		}
	}
	return nil
}

var (
	turn      = 250 * time.Millisecond // of each program in each round
	processor bool                     // its time counts, not the clock's
	asIs      bool                     // PyTorch is not tuned
)

// pause lies between two turns: the threads of whoever ran before go on looking for work for a while, and
// take a core from the next.
const pause = 30 * time.Millisecond

// side is one program of a comparison.
type side struct {
	*process
	name  string
	iters int       // of a turn
	times []float64 // seconds an iteration, round by round
}

// worker is the command of a workload in a build of this program.
func (r rivals) worker(program string, t task, threads int) *exec.Cmd {
	on := r.table
	if t.ofFiles() {
		on = r.files
	}
	return exec.Command(program, "-worker", t.name, "-threads", strconv.Itoa(threads), "-on", on)
}

// duel lets gorae and its rivals take turns at one workload.
func (t task) duel(self string, threads, rounds int, r rivals) error {
	var sides []*side
	join := func(name string, cmd *exec.Cmd, remedy string) error {
		p, err := start(cmd)
		if err != nil {
			return fmt.Errorf("%w%s", err, remedy)
		}
		sides = append(sides, &side{process: p, name: name})
		return nil
	}
	defer func() {
		for _, s := range sides {
			s.stop()
		}
	}()
	if err := join("gorae", r.worker(self, t, threads), ""); err != nil {
		return err
	}
	if t.ofTable() && r.pandas != "" {
		if cmd, why := t.pandas(r.pandas, r.table, threads); cmd == nil {
			fmt.Println(t.name + ": " + why)
		} else if err := join("pandas", cmd, ""); err != nil {
			return err
		}
	} else if r.python != "" && !t.ofTable() && !t.ofFiles() {
		cmd := exec.Command(r.python, script("peer.py"), t.name, strconv.Itoa(threads))
		if !asIs {
			cmd.Env = tuned(threads)
		}
		if err := join("PyTorch", cmd, "; install python3-torch, or give -python ''"); err != nil {
			return err
		}
	}
	if r.base != "" {
		if err := join("base", r.worker(r.base, t, threads), ""); err != nil {
			return err
		}
	}
	if r.node != "" && t.exported() {
		path := filepath.Join(r.models, strings.ReplaceAll(t.name, ":", "-"))
		cmd := exec.Command("node", script("peer.js"), filepath.Join(r.node, "node_modules"), path+".onnx",
			path+".json", strconv.Itoa(threads))
		if err := join("onnxruntime", cmd, "; install node and onnxruntime-node, or leave -node out"); err != nil {
			return err
		}
	}
	for _, s := range sides {
		if err := s.calibrate(); err != nil {
			return err
		}
	}
	for r := range rounds {
		for k := range sides {
			s := sides[(k+r)%len(sides)]
			time.Sleep(pause)
			seconds, err := s.run(s.iters)
			if err != nil {
				return err
			}
			s.times = append(s.times, seconds/float64(s.iters))
		}
	}
	ours := sides[0].times
	fmt.Printf("%-52s %12s [%s]", t.what, t.show(median(ours)), t.show(slices.Min(ours)))
	for _, s := range sides[1:] {
		var ratios []float64
		for i, x := range s.times {
			ratios = append(ratios, x/ours[i])
		}
		low, high := medianInterval(ratios)
		fmt.Printf("   %s %s %.3f× (%.3f–%.3f, best to best %.2f)", s.name, t.show(median(s.times)), median(ratios),
			low, high, slices.Min(s.times)/slices.Min(ours))
	}
	if len(sides) > 1 {
		fmt.Printf("   %s", t.goal)
	}
	fmt.Println()
	if strings.HasPrefix(t.name, "train") || t.apart && !t.ofFiles() {
		fmt.Printf("%-52s %9.0f MB", "  peak memory of it", sides[0].peak())
		for _, s := range sides[1:] {
			fmt.Printf("   %s %.0f MB %.2f×", s.name, s.peak(), sides[0].peak()/s.peak())
			if !t.ofTable() {
				fmt.Print("   ≤ 0.25 ×")
			}
		}
		fmt.Println()
	}
	if t.ofFiles() {
		if err := t.once(r.worker(self, t, threads)); err != nil {
			return err
		}
	}
	if strings.HasPrefix(t.name, "gemm:1024") {
		peak := peakFMA()
		fmt.Printf("%-52s %12s\n", "  share of the FMA peak of this moment",
			fmt.Sprintf("%.0f %% of %.0f", 100*t.perIter/median(ours)/peak, peak))
	}
	return nil
}

// calibrate finds how many iterations a turn has.
func (s *side) calibrate() error {
	for n := 1; ; n *= 4 {
		seconds, err := s.run(n)
		if err != nil {
			return err
		}
		if seconds > turn.Seconds()/4 {
			s.iters = max(1, int(float64(n)*turn.Seconds()/seconds))
			return nil
		}
	}
}

func (t task) show(seconds float64) string {
	switch t.unit {
	case "µs":
		return fmt.Sprintf("%.1f µs", 1e6*seconds)
	case "ms":
		return fmt.Sprintf("%.1f ms", 1e3*seconds)
	case "ns/step":
		return fmt.Sprintf("%.0f ns/step", 1e9*seconds/t.perIter)
	case "s":
		return fmt.Sprintf("%.2f s", seconds)
	case "MB/s":
		return fmt.Sprintf("%.0f MB/s", t.perIter/seconds)
	case "GFLOP/s":
		return fmt.Sprintf("%.1f GF/s", t.perIter/seconds)
	}
	return fmt.Sprintf("%.0f/s", t.perIter/seconds)
}

func median(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	return s[len(s)/2]
}

// medianInterval is an interval that holds the median of the distribution of x with a probability of at least 95 %,
// by order statistics: x(k+1) to x(n−k), with the largest k of which P(Binomial(n, 1/2) ≤ k) ≤ 0.025. Under 6 values
// there is none, and the interval is from the least to the greatest.
func medianInterval(x []float64) (low, high float64) {
	s := slices.Sorted(slices.Values(x))
	n, k := len(s), 0
	term := math.Pow(0.5, float64(n)) // P(Binomial = k)
	for sum := term; ; k++ {
		term *= float64(n-k) / float64(k+1)
		if sum += term; sum > 0.025 || k+1 > n/2 {
			return s[k], s[n-1-k]
		}
	}
}
