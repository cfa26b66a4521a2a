package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"text/tabwriter"

	"gorae/internal/par"
	"gorae/model"
)

// nothing is a workload that does nothing, for the memory of a process that has loaded its program and no network.
const nothing = "nothing"

// memorySteps is how many training steps a process does before its memory is read: more than there are batches.
const memorySteps = 12

// memoryTitles are the names in tables of the networks whose memory is compared, by workload, in order.
var memoryTitles = [][2]string{{"W1", "train:mlp:64"}, {"W2", "train:cnn:64"}, {"W3", "train:cifar:64"},
	{"W3bn", "train:cifar-bn:64"}, {"W4 lstm", "train:lstm:32"}, {"W4 gru", "train:gru:32"}, {"W4 rnn", "train:rnn:32"},
	{"W5", "train:text:32"}, {"W6", "train:conv1d:32"}, {"W7", "train:conv3d:16"}, {"L1", "train:L1:256"},
	{"L2", "train:L2:32"}, {"L3", "train:L3:64"}, {"L4", "train:L4:32"}, {"L5", "train:L5:32"}, {"L6", "train:L6:256"},
	{"L7", "train:lstm512:64"}}

// memoryUse is the most memory in MB of processes that train a network.
type memoryUse struct {
	title     string
	size      int
	weights   float64
	plan      float64 // what the training step plans for its values
	ours      float64
	peer      float64 // 0: none
	base      float64 // of a process here that trains nothing
	peersBase float64
}

// memory prints what training takes on one thread of the workloads whose names contain only, or one of several with
// commas between; python empty: without PyTorch.
func memory(w io.Writer, only, python string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	peer := func(name string) (float64, error) {
		if python == "" {
			return 0, nil
		}
		cmd := exec.Command(python, script("peer.py"), name, "1")
		if !asIs {
			cmd.Env = tuned(1)
		}
		return peakOf(cmd)
	}
	ours := func(name string) (float64, error) {
		return peakOf(exec.Command(self, "-worker", name, "-threads", "1"))
	}
	var all memoryUse
	if all.base, err = ours(nothing); err == nil {
		all.peersBase, err = peer(nothing)
	}
	if err != nil {
		return err
	}
	par.SetDefault(par.New(1))
	var uses []memoryUse
	for _, n := range memoryTitles {
		if !asked(only, n[1]) && !asked(only, n[0]) {
			continue
		}
		u := all
		u.title = n[0]
		if err := u.planned(n[1]); err != nil {
			return err
		}
		if u.ours, err = ours(n[1]); err == nil {
			u.peer, err = peer(n[1])
		}
		if err != nil {
			return err
		}
		uses = append(uses, u)
	}
	return printMemory(w, uses)
}

// asked reports whether a name contains only, or one of several with commas between.
func asked(only, name string) bool {
	for part := range strings.SplitSeq(only, ",") {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// planned finds what the training step of a workload plans.
func (u *memoryUse) planned(workload string) error {
	f := strings.Split(workload, ":")
	n, err := find(f[1])
	if err != nil {
		return err
	}
	u.size = atoi(f[2])
	l, err := n.learner(u.size)
	if err != nil {
		return err
	}
	if err := l.run(); err != nil {
		return err
	}
	u.plan = float64(l.Bytes()) / 1e6
	for _, v := range model.TrainableWeights(n.model) {
		u.weights += 4 * float64(v.Shape.Size()) / 1e6
	}
	return nil
}

// peakOf lets a process do some steps and returns the most memory that it had.
func peakOf(cmd *exec.Cmd) (float64, error) {
	p, err := start(cmd)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	if _, err := p.run(memorySteps); err != nil {
		return 0, err
	}
	return p.peak(), nil
}

// printMemory prints a row for each network: what it takes as a whole, and beyond a process that has loaded all and
// trains nothing.
func printMemory(w io.Writer, uses []memoryUse) error {
	if len(uses) == 0 {
		return fmt.Errorf("-only: no such workload of training")
	}
	base := uses[0]
	fmt.Fprintf(w, "MB at the peak of a process on one thread that trains. One that trains nothing takes %.0f",
		base.base)
	if base.peersBase > 0 {
		fmt.Fprintf(w, ", with PyTorch imported %.0f", base.peersBase)
	}
	fmt.Fprintln(w, ".")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tweights\tplan\tgorae\tbeyond its program\tPyTorch\tbeyond its import\tgorae's share\tbeyond\t")
	for _, u := range uses {
		fmt.Fprintf(t, "%s, %d\t%.1f\t%.1f\t%.0f\t%.0f\t", u.title, u.size, u.weights, u.plan, u.ours, u.ours-u.base)
		if u.peer > 0 {
			fmt.Fprintf(t, "%.0f\t%.0f\t%.2f\t%.2f\t", u.peer, u.peer-u.peersBase, u.ours/u.peer,
				(u.ours-u.base)/(u.peer-u.peersBase))
		} else {
			fmt.Fprint(t, "\t\t\t\t")
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}
