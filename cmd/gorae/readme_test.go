package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
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
		out = append(out, shellWords(words))
	}
	return out
}

// shellWords parts a line as a shell does: at blanks outside of quotation marks, which go.
func shellWords(line string) (words []string) {
	var quote rune
	var b strings.Builder
	open := false // a word has begun
	for _, r := range line + " " {
		switch {
		case quote == 0 && (r == '\'' || r == '"'):
			quote, open = r, true
		case r == quote:
			quote = 0
		case r == ' ' && quote == 0:
			if open {
				words = append(words, b.String())
			}
			b.Reset()
			open = false
		default:
			b.WriteRune(r)
			open = true
		}
	}
	return words
}

// pageFiles lists the YAML blocks of a page that begin with the name of a file, as "# groups.yaml".
func pageFiles(t *testing.T, page string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../..", page))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, block := range strings.Split(string(b), "```yaml\n# ")[1:] {
		text, _, _ := strings.Cut(block, "```")
		name, text, _ := strings.Cut(text, "\n")
		files[name] = text
	}
	return files
}

// The tour of the README works as it is printed, from first to last, and the Korean page
// has the same commands.
func TestReadme(t *testing.T) {
	if testing.Short() {
		t.Skip("the commands of the page take seconds")
	}
	for _, args := range tour(t, "README", 8) {
		must(t, args...)
	}
}

// TestChapterPage: the commands of docs/chapter.md and of its Korean version work as they are printed, from first to
// last, and print what the page shows, in the page's language. In short mode those that train are left out.
func TestChapterPage(t *testing.T) {
	for page, language := range map[string]string{"docs/chapter.md": "en_US.UTF-8",
		"docs/chapter.ko.md": "ko_KR.UTF-8"} {
		t.Run(page, func(t *testing.T) {
			blocks := shownBlocks(t, page)
			tour(t, "docs/chapter", 60)
			t.Setenv("LC_ALL", language)
			for _, b := range blocks {
				var printed strings.Builder
				trained := false
				for _, args := range b.commands {
					trains := args[0] == "train" || strings.Contains(strings.Join(args, " "), "runs/")
					if trained = trained || trains; testing.Short() && trains {
						continue
					}
					stdout, stderr := must(t, args...)
					if stdout == "" {
						t.Errorf("%q prints nothing", args)
					}
					printed.WriteString(stdout + stderr)
				}
				if testing.Short() && trained {
					continue
				}
				compare := func(s string) string { return strings.Join(strings.Fields(s), " ") }
				if trained { // last digits depend on the instruction set
					compare = unnumbered
				}
				for _, line := range b.lines {
					for part := range strings.SplitSeq(line, "…") {
						if !strings.Contains(compare(printed.String()), compare(part)) {
							t.Errorf("%q print no %q:\n%s", b.commands, part, printed.String())
						}
					}
				}
			}
		})
	}
}

// shown is a shell block of a page, and the lines of the block of output behind it; … in them stands for what is left
// out.
type shown struct {
	commands [][]string
	lines    []string
}

func shownBlocks(t *testing.T, page string) []shown {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../..", page))
	if err != nil {
		t.Fatal(err)
	}
	var out []shown
	within := ""
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "```") {
			switch {
			case within != "":
				within = ""
			case line == "```sh":
				within = line
				out = append(out, shown{})
			default:
				within = line
			}
			continue
		}
		words, command := strings.CutPrefix(line, "go run ./cmd/gorae ")
		switch last := len(out) - 1; {
		case within == "```sh" && command:
			out[last].commands = append(out[last].commands, shellWords(words))
		case within == "```" && last >= 0:
			out[last].lines = append(out[last].lines, line)
		}
	}
	return out
}

// TestShellWords: a page's line is parted as a shell does.
func TestShellWords(t *testing.T) {
	got := shellWords(`apply 'dense: {units: 2}' --input "[1, 2]" --set a='b c'`)
	if want := []string{"apply", "dense: {units: 2}", "--input", "[1, 2]", "--set", "a=b c"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// tour returns the commands of a page, of which there are at least some, after a comparison with those of the Korean
// page, and moves into a folder with the files that they need.
func tour(t *testing.T, name string, least int) [][]string {
	t.Helper()
	english, other := name+".md", name+".ko.md"
	tour, korean := commands(t, english), commands(t, other)
	if len(tour) < least || len(tour) != len(korean) {
		t.Fatalf("%d commands in %s, %d in %s", len(tour), english, len(korean), other)
	}
	files := pageFiles(t, english)
	if translated := pageFiles(t, other); !maps.Equal(files, translated) {
		t.Errorf("%s has the files %v, %s %v", english, files, other, translated)
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
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i, args := range tour {
		if a, b := strings.Join(args, " "), strings.Join(korean[i], " "); a != b {
			t.Errorf("%s has %q where %s has %q", english, a, other, b)
		}
	}
	return tour
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
