package translate_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
	_ "gorae/task/translate"
)

// Pairs of sentences in two columns make an encoder and a decoder.
func Example() {
	dir, err := os.MkdirTemp("", "gorae")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	pairs := ""
	for i := range 40 {
		a, b := []string{"red", "green", "blue", "old"}[i%4], []string{"house", "tree", "car"}[i%3]
		pairs += fmt.Sprintf("%s %s %d\t%d %s %s\n", a, b, i, i, strings.ToUpper(b), strings.ToUpper(a))
	}
	if err := os.WriteFile(filepath.Join(dir, "pairs.tsv"), []byte(pairs), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "e",
		[]byte(`data: {source: pairs.tsv, translate: {from: 1, to: 2, unit: word}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Task.Name(), strings.Join(p.Model.InputNames(), " and "), "of", p.Fitted.Unit()+"s")
	// Output:
	// translate source and target of sentences
}
