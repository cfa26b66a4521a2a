package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// chapter has the letters of the chapter's ideas, in its order, and how many ideas each has: what deep learning is used
// for (U), the procedure (P), data (D), the multilayer perceptron (M), the convolutional network (C), the recurrent
// network (R), the summary (S).
var chapter = []struct {
	letter string
	ids    int
}{{"U", 10}, {"P", 9}, {"D", 10}, {"M", 7}, {"C", 13}, {"R", 9}, {"S", 3}}

// chapterIDs lists the ids: U1 … S3.
func chapterIDs() []string {
	var ids []string
	for _, c := range chapter {
		for i := range c.ids {
			ids = append(ids, fmt.Sprint(c.letter, i+1))
		}
	}
	return ids
}

// leading finds the ids that the name of a test begins with: TestR6R7ByHand has R6 and R7.
var leading = regexp.MustCompile(`^Test((?:[UPDMCRS]\d+)+)(?:[A-Z_]|$)`)

var oneID = regexp.MustCompile(`[UPDMCRS]\d+`)

// TestChapter: each idea of the chapter has a test that is named after it, and no test names an idea that there is not.
func TestChapter(t *testing.T) {
	ids := chapterIDs()
	if len(ids) != 61 {
		t.Fatalf("%d ids", len(ids))
	}
	tests := map[string][]string{}
	for _, p := range packages(t) {
		for _, f := range p.tests {
			a, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, f), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range a.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || fn.Recv != nil || fn.Body == nil || len(fn.Body.List) == 0 {
					continue
				}
				m := leading.FindStringSubmatch(fn.Name.Name)
				if m == nil {
					continue
				}
				for _, id := range oneID.FindAllString(m[1], -1) {
					if !slices.Contains(ids, id) {
						t.Errorf("%s: %s names %s, which the chapter does not have", f, fn.Name.Name, id)
					}
					tests[id] = append(tests[id], p.path+"."+fn.Name.Name)
				}
			}
		}
	}
	for _, id := range ids {
		if len(tests[id]) == 0 {
			t.Errorf("%s has no test: name one Test%s…", id, id)
		}
		t.Logf("%-3s %s", id, strings.Join(tests[id], " "))
	}
}

// TestChapterPages: docs/chapter.md goes through the ideas of the chapter, each at a place of its own, and
// docs/chapter.ko.md in the same order.
func TestChapterPages(t *testing.T) {
	var pages [2][]string
	for i, name := range []string{"docs/chapter.md", "docs/chapter.ko.md"} {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\*\*([UPDMCRS]\d+)\*\*`).FindAllStringSubmatch(string(b), -1) {
			pages[i] = append(pages[i], m[1])
		}
		for _, id := range chapterIDs() {
			if !slices.Contains(pages[i], id) {
				t.Errorf("%s lacks **%s**", name, id)
			}
		}
		for _, id := range pages[i] {
			if !slices.Contains(chapterIDs(), id) {
				t.Errorf("%s: %s is no id of the chapter", name, id)
			}
		}
	}
	if !slices.Equal(pages[0], pages[1]) {
		t.Errorf("the ids stand in the orders\n%v\n%v", pages[0], pages[1])
	}
}

// TestLeading: ids are read from the beginning of a test's name.
func TestLeading(t *testing.T) {
	for name, want := range map[string]string{"TestU1": "U1", "TestR6R7ByHand": "R6R7", "TestC11": "C11",
		"TestP1_batches": "P1", "TestU10Examples": "U10", "TestRoots": "", "TestUint8": "", "TestD2dog": "",
		"TestS1Samples": "S1", "TestTextU2": ""} {
		got := ""
		if m := leading.FindStringSubmatch(name); m != nil {
			got = m[1]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
