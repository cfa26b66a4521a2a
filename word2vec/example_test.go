package word2vec_test

import (
	"fmt"
	"slices"
	"strings"

	"gorae/word2vec"
)

// Words that stand among the same words become neighbours.
func Example() {
	var texts [][]string
	for i := range 2000 {
		animal := []string{"cat", "dog", "cow", "hen"}[i%4]
		fruit := []string{"apple", "pear", "plum", "fig"}[i/4%4]
		texts = append(texts, strings.Fields("the "+animal+" sleeps and the "+animal+" eats in the barn"),
			strings.Fields("a "+fruit+" grows and a "+fruit+" falls from a tree"))
	}
	// Sample 0: no word is left out
	cfg := word2vec.Config{Size: 16, Epochs: 3, LearningRate: 0.05, Sample: new(float64)}
	corpus, err := word2vec.NewCorpus(slices.Values(texts), cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	trainer, err := word2vec.New(corpus, cfg, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for !trainer.Done() {
		trainer.Step()
	}
	near, err := trainer.Vectors().Near("cat", 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	var words []string
	for _, n := range near {
		words = append(words, n.Word)
	}
	slices.Sort(words)
	fmt.Println(words)
	// Output:
	// [cow dog hen]
}
