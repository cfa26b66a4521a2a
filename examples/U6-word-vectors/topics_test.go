// Package topics holds the small version of the example of word vectors.
package topics

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/run"
	_ "gorae/task/word2vec"
	"gorae/word2vec"
)

var topics = [][]string{
	strings.Fields("ship sail mast anchor harbour sailor deck rope tide captain"),
	strings.Fields("bread flour oven dough yeast baker crust loaf salt butter"),
	strings.Fields("flute violin drum piano song melody concert singer rhythm choir"),
	strings.Fields("snow frost winter ice storm cloud rain wind thunder fog"),
}

// TestU6Topics: the five nearest words of each word are of its topic; by chance 9 of 45 would be.
func TestU6Topics(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	var text strings.Builder
	for range 4000 {
		topic := topics[r.IntN(len(topics))]
		for range 10 {
			word := topic[r.IntN(len(topic))]
			if r.IntN(3) == 0 {
				word = []string{"the", "and", "of", "a", "in", "was"}[r.IntN(6)]
			}
			text.WriteString(word + " ")
		}
		text.WriteString("\n")
	}
	dir := os.Getenv("TOPICS_KEEP") // where text and run stay, for people to look at
	if dir == "" {
		dir = t.TempDir()
	}
	experiment, err := os.ReadFile("topics.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"topics.txt": text.String(), "topics.yaml": string(experiment)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := run.Read(filepath.Join(dir, "topics.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(dir, "run")}); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(dir, "run", "vectors.bin"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	v, err := word2vec.Read(file, "vectors.bin")
	if err != nil {
		t.Fatal(err)
	}
	right, all := 0, 0
	for _, topic := range topics {
		for _, word := range topic {
			near, err := v.Near(word, 5)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range near {
				if all++; slices.Contains(topic, n.Word) {
					right++
				}
			}
		}
	}
	if all != 200 || right < 195 {
		t.Errorf("%d of %d neighbours are of the word's topic", right, all)
	}
}
