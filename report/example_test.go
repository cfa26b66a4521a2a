package report_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gorae/internal/lang"
	"gorae/report"
	"gorae/run"
)

// A run becomes a page.
func Example() {
	dir, err := os.MkdirTemp("", "gorae")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	f, err := run.Default("train.epochs=2")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	out := filepath.Join(dir, "digits")
	if _, err := run.Run(context.Background(), p, run.Options{Out: out}); err != nil {
		fmt.Println(err)
		return
	}
	page, err := report.Read(context.Background(), []string{out}, report.Options{Words: (*lang.Translator)(nil),
		Language: "en", Version: "1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, panel := range page.Runs[0].History.Curves(page.Runs[0].Report.BestEpoch) {
		fmt.Println(panel.Title)
	}
	// Output:
	// loss
	// accuracy
}
