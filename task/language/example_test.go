package language_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
	_ "gorae/task/language"
)

// One long text is a language model, which predicts the next character.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the example's own making
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte(strings.Repeat("a whale dives deep. ", 200)),
		0o644); err != nil {
		fmt.Println(err)
		return
	}
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "example", []byte(`data: {source: a.txt, text: {window: 20}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Task.Name(), "predicts", p.Problem.About(), "of", p.Fitted.Unit()+"s")
	// Output:
	// language predicts the next character (14 ids) of windows
}
