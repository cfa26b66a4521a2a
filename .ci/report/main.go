// Command report reads go test -json, prints it as go test would, and fails when a
// test failed or was skipped: a test that does not run proves nothing.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

type event struct {
	Action, Package, Test, Output string
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	type key struct{ pkg, test string }
	outputs := map[key][]string{}
	var skipped []string
	failed := false
	for in.Scan() {
		var e event
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			fmt.Println(in.Text()) // a line of the build
			continue
		}
		k := key{e.Package, e.Test}
		switch e.Action {
		case "output", "build-output":
			if e.Test == "" {
				fmt.Print(e.Output)
				continue
			}
			outputs[k] = append(outputs[k], e.Output)
		case "skip":
			if e.Test != "" {
				skipped = append(skipped, e.Package+" "+e.Test+": "+strings.TrimSpace(strings.Join(outputs[k], " ")))
			}
			delete(outputs, k)
		case "fail", "build-fail":
			failed = true
			fmt.Print(strings.Join(outputs[k], ""))
		case "pass":
			delete(outputs, k)
		}
	}
	if err := in.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
	for _, s := range skipped {
		fmt.Fprintln(os.Stderr, "skipped:", s)
	}
	if failed || len(skipped) > 0 {
		os.Exit(1)
	}
}
