package word2vec_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/run"
	"gorae/spec"
	_ "gorae/task/word2vec"
)

// A text without targets becomes vectors of its words.
func ExampleTask() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the example's own making
	if err := os.WriteFile(filepath.Join(dir, "a.txt"),
		[]byte(strings.Repeat("whales dive deep\nships sail far\n", 20)), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "example",
		[]byte(`data: {source: a.txt, word2vec: {size: 8}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Task.Name()+":", p.Problem.About())
	// Output:
	// word2vec: vectors of 8 numbers for 6 words
}
