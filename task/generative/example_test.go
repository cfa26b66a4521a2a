package generative_test

import (
	"context"
	"fmt"

	"gorae/run"
	"gorae/spec"
	_ "gorae/task/generative"
)

// A table of pixels becomes a network that makes new pictures of them.
func ExampleTask() {
	f, err := spec.Parse("", "example", []byte(`data: {source: embed:digits, target: digit, generate: {kind: gan}}`))
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
	// generative: new pictures of 8 × 8 pixels from 64 latent numbers
}
