package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// commands lists the words of every `go run ./cmd/gorae …` of a page's shell blocks.
func commands(t *testing.T, page string) [][]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../..", page))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	shell := false
	for _, line := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(line, "```") {
			shell = line == "```sh"
			continue
		}
		words, ok := strings.CutPrefix(line, "go run ./cmd/gorae ")
		if !shell || !ok {
			continue
		}
		var args []string
		for _, w := range strings.Fields(words) {
			args = append(args, strings.Trim(w, "'"))
		}
		out = append(out, args)
	}
	return out
}

// The tour of the README works as it is printed, from first to last, and the Korean page
// has the same commands.
func TestReadme(t *testing.T) {
	if testing.Short() {
		t.Skip("the commands of the page take seconds")
	}
	tour := commands(t, "README.md")
	korean := commands(t, "README.ko.md")
	if len(tour) < 8 || len(tour) != len(korean) {
		t.Fatalf("%d commands in README.md, %d in README.ko.md", len(tour), len(korean))
	}
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../README.md") // a language model is made of it
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("README.md", page, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS("examples", os.DirFS(examples)); err != nil {
		t.Fatal(err)
	}
	for i, args := range tour {
		if a, b := strings.Join(args, " "), strings.Join(korean[i], " "); a != b {
			t.Errorf("README.md has %q where README.ko.md has %q", a, b)
		}
		must(t, args...)
	}
}

// The library's lines in the READMEs are those of the program that examples/library is.
func TestReadmeLibrary(t *testing.T) {
	program, err := os.ReadFile("../../examples/library/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"README.md", "README.ko.md"} {
		b, err := os.ReadFile("../../" + page)
		if err != nil {
			t.Fatal(err)
		}
		_, code, ok := strings.Cut(string(b), "```go\n")
		code, _, _ = strings.Cut(code, "```")
		if !ok || strings.TrimSpace(code) == "" {
			t.Fatalf("%s has no Go in it", page)
		}
		for _, line := range strings.Split(strings.TrimSpace(code), "\n") {
			if !strings.Contains(string(program), strings.TrimSpace(line)) {
				t.Errorf("%s: %q is not in examples/library", page, line)
			}
		}
	}
}
