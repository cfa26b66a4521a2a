// Command onehot learns from documents whose one-hot codes would take two terabytes: 100,000 documents,
// the first 1,000 words of each, of the 5,000 most frequent words. The network is the
// textbook's, one-hot codes into an LSTM; the codes are never made, because the layer takes the rows of its kernel
// that the words name. What is in memory is the words' numbers.
//
//	go run ./examples/onehot [-documents 100000] [-length 1000] [-words 5000] [-units 16] [-learn 3200]
//
// The documents are drawn from two topics, each with words of its own among those that both have.
// An epoch over a part of them (-learn) is trained on, and as many others are evaluated.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"

	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

func main() {
	documents := flag.Int("documents", 100_000, "documents in memory")
	length := flag.Int("length", 1000, "words of a document")
	words := flag.Int("words", 5000, "words of the vocabulary")
	units := flag.Int("units", 16, "units of the LSTM")
	learn := flag.Int("learn", 3200, "documents of the epoch; as many others are evaluated")
	flag.Parse()
	if err := run(*documents, *length, *words, *units, *learn); err != nil {
		log.Fatal(err)
	}
}

func run(documents, length, words, units, learn int) error {
	if length < 1 || words < 20 || units < 1 || learn < 1 || documents < 2*learn {
		return fmt.Errorf("%d documents of %d words out of %d: give 20 words or more, and documents for twice -learn "+
			"%d", documents, length, words, learn)
	}
	x, y := draw(documents, length, words)
	m := model.Sequential(
		layer.Input{Shape: []int{length}, DType: "int32"},
		layer.CategoryEncoding{NumTokens: words, Output: "one_hot"},
		layer.LSTM{Units: units},
		layer.Dense{Units: 1, Activation: "sigmoid"},
	)
	ctx := context.Background()
	accuracy := []metric.Metric{metric.BinaryAccuracy{}}
	h, err := train.Fit(ctx, m, train.Pairs(x.Rows(0, learn), y.Rows(0, learn)), train.Config{
		Loss: loss.BinaryCrossentropy{}, Optimizer: optim.Adam{LearningRate: 0.01}, Metrics: accuracy, Epochs: 1,
		Seed: 1,
	})
	if err != nil {
		return err
	}
	metrics, err := train.Evaluate(ctx, m, train.Pairs(x.Rows(learn, 2*learn), y.Rows(learn, 2*learn)),
		loss.BinaryCrossentropy{}, accuracy, 0)
	if err != nil {
		return err
	}
	fmt.Printf("one-hot codes of shape (%d, %d, %d) would take %.0f GB; the words' numbers take %.2f GB\n",
		documents, length, words, 4e-9*float64(documents)*float64(length)*float64(words), 4e-9*float64(x.Len()))
	fmt.Printf("%d documents learnt in %.1f s; %d others: %v\n", learn, h.Last().Seconds, learn, metrics)
	if peak := peakMemory(); peak != "" {
		fmt.Println("peak memory of the process:", peak)
	}
	return nil
}

// draw makes documents of two topics: of twenty words one belongs to the topic, the first tenth of the
// vocabulary or the second; the others are drawn from all the rest.
func draw(documents, length, words int) (x, y *tensor.Tensor) {
	x, y = tensor.New(tensor.Int32, documents, length), tensor.New(tensor.Float32, documents, 1)
	rng := rand.New(rand.NewPCG(1, 2))
	own := words / 10
	for d := range documents {
		topic := rng.IntN(2)
		y.F32[d] = float32(topic)
		for i := range length {
			id := 2*own + rng.IntN(words-2*own)
			if rng.IntN(20) == 0 {
				id = topic*own + rng.IntN(own)
			}
			x.I32[d*length+i] = int32(id)
		}
	}
	return x, y
}

// peakMemory is the greatest memory of the process so far as the system tells it, "" where it does not.
func peakMemory() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil || runtime.GOOS != "linux" {
		return ""
	}
	for line := range strings.Lines(string(status)) {
		if n, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(n)
		}
	}
	return ""
}
