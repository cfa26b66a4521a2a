package grouped_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
	_ "gorae/task/grouped"
)

// The rows of each customer become one row: a sample.
func Example() {
	dir, err := os.MkdirTemp("", "gorae")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	rows := "customer,price,kind\n"
	for i := range 90 {
		rows += fmt.Sprintf("c%d,%d,%s\n", i%30, 5+i%7, []string{"fruit", "bread"}[i%2])
	}
	if err := os.WriteFile(filepath.Join(dir, "purchases.csv"), []byte(rows), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "e",
		[]byte(`data: {source: purchases.csv, group_by: customer, target: input}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	n := p.Rows(0) + p.Rows(1) + p.Rows(2)
	fmt.Println(p.Task.Name(), n, p.Fitted.Unit()+"s")
	// Output:
	// grouped 30 keys
}
