package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"

	"gorae/internal/par"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// sameSteps is the number of steps whose losses are compared.
const sameSteps = 4

// vectorSteps is that of blocks of text: about two epochs.
const vectorSteps = 100

// array is a tensor in the file that peer.py reads: its path in the model, or "" for a part of a batch.
type array struct {
	Path  string `json:"path"`
	DType string `json:"dtype"`
	Shape []int  `json:"shape"`
}

// losses are what peer.py prints: those of the steps of a network, and of word vectors the means over all blocks of the
// first and the second half.
type losses struct {
	Network []float64 `json:"network"`
	Vectors []float64 `json:"vectors"`
}

// same compares the losses of the first steps in gorae and in PyTorch: of seq2seq from the same weights, on the same
// batch, and of skip-gram on the same text. Those of skip-gram are of other random numbers and of other batches, so
// that only their size is comparable.
func same(python string, out io.Writer) error {
	par.SetDefault(par.New(1))
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var ours, theirs losses
	if ours.Network, err = networkLosses(dir); err != nil {
		return err
	}
	if ours.Vectors, err = vectorLosses(); err != nil {
		return err
	}
	cmd := exec.Command(python, script("peer.py"), "losses", dir, fmt.Sprint(sameSteps), fmt.Sprint(vectorSteps))
	cmd.Env, cmd.Stderr = tuned(1), os.Stderr
	said, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", python, err)
	}
	if err := json.Unmarshal(said, &theirs); err != nil {
		return fmt.Errorf("%s: %w", python, err)
	}
	fmt.Fprintf(out, "train:seq2seq:64, the first %d steps: gorae %.6f, PyTorch %.6f\n", sameSteps, ours.Network,
		theirs.Network)
	fmt.Fprintf(out, "vectors:skipgram, blocks 1 to %d and %d to %d: gorae %.4f, PyTorch %.4f\n", vectorSteps/2,
		vectorSteps/2+1, vectorSteps, ours.Vectors, theirs.Vectors)
	for i, v := range ours.Network {
		if math.Abs(v-theirs.Network[i]) > 1e-3 {
			return fmt.Errorf("the losses of step %d differ", i+1)
		}
	}
	return nil
}

// networkLosses returns the losses of the first steps of seq2seq on one batch, and writes its first weights and the
// batch to a folder.
func networkLosses(dir string) ([]float64, error) {
	n := seq2seq()
	in, err := n.batch(rand.New(rand.NewPCG(1, 1)), 64)
	if err != nil {
		return nil, err
	}
	var list []array
	var numbers bytes.Buffer
	add := func(path string, t *tensor.Tensor) error {
		list = append(list, array{path, t.DType().String(), t.Shape})
		if t.I32 != nil {
			return binary.Write(&numbers, binary.LittleEndian, t.I32)
		}
		return binary.Write(&numbers, binary.LittleEndian, t.F32)
	}
	for _, v := range n.model.Store().Vars() {
		if err := add(v.Path, v.Value); err != nil {
			return nil, err
		}
	}
	for _, t := range in {
		if err := add("", t); err != nil {
			return nil, err
		}
	}
	names, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	for name, b := range map[string][]byte{"arrays.json": names, "arrays.bin": numbers.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return nil, err
		}
	}
	// Adam would need another ε in PyTorch, where it is added to a root of the corrected mean.
	step, err := train.NewStep(n.trace, nil, optim.SGD{LearningRate: 1}, 1, n.model)
	if err != nil {
		return nil, err
	}
	var all []float64
	for range sameSteps {
		v, _, err := step.Run(in...)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// vectorLosses returns the mean losses of skip-gram over the first and the second half of vectorSteps blocks.
func vectorLosses() ([]float64, error) {
	t, err := vectors()
	if err != nil {
		return nil, err
	}
	var all []float64
	for range 2 {
		sum, count := 0.0, 0.0
		for range vectorSteps / 2 {
			t.Step()
			s, n := t.StepLoss()
			sum, count = sum+s, count+n
		}
		all = append(all, sum/count)
	}
	return all, nil
}
