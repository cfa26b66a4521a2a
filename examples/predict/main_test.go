package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Example: of two flowers, one of whose petal length is not known, the classes and their probabilities.
func Example() {
	main()
	// Output:
	// virginica, 100 %
	// setosa, 99 %
}

// TestLean: a program that only predicts links no drawing and no YAML, and is about 12 MB as go build makes it, with
// its tables for debuggers; the command is at most 34.2 MB without them, as it is installed. Both are of linux/amd64
// (instruction sets of others are smaller).
func TestLean(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a program")
	}
	deps, err := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{join .Imports \",\"}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(deps)) {
		p, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.Contains(p, "plot") || strings.Contains(p, "yaml") {
			t.Errorf("it links %s", p)
		}
		if strings.HasPrefix(p, "gorae/") && p != "gorae/internal/pattern" &&
			slices.Contains(strings.Split(imports, ","), "regexp") {
			t.Errorf("%s imports regexp: take internal/pattern, which programs link only where they match", p)
		}
	}
	for _, c := range []struct {
		of, flags string
		most      float64 // MB
	}{{".", "", 12.4}, {"../../cmd/gorae", "-s -w", 34.2}} {
		file := filepath.Join(t.TempDir(), "program")
		build := exec.Command("go", "build", "-ldflags", c.flags, "-o", file, c.of)
		build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		st, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.1f MB", c.of, float64(st.Size())/1e6)
		if float64(st.Size()) > c.most*1e6 {
			t.Errorf("%s: %d bytes; at most %v MB", c.of, st.Size(), c.most)
		}
	}
}
