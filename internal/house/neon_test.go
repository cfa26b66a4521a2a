package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A row of bench/README.md's table: kernel, label of the loop, what a turn does, instructions, fused multiply-adds.
var countRow = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| `(\\w+)` \\| [^|]+ \\| (\\d+) \\| (\\d+) \\|$")

// TestInstructionCounts: the numbers of instructions that bench/README.md gives for loops of the kernels for arm64 are
// those of the assembly.
func TestInstructionCounts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "internal/kernel/*/*_arm64.s"))
	if err != nil {
		t.Fatal(err)
	}
	loops := map[[2]string][2]int{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		countLoops(string(text), loops)
	}
	text, err := os.ReadFile(filepath.Join(root, "bench/README.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := countRow.FindAllStringSubmatch(string(text), -1)
	if len(rows) < 10 {
		t.Fatalf("bench/README.md has %d rows of instruction counts", len(rows))
	}
	for _, row := range rows {
		all, fused := atoi(t, row[3]), atoi(t, row[4])
		if got := loops[[2]string{row[1], row[2]}]; got != [2]int{all, fused} {
			t.Errorf("bench/README.md: %s, loop %s: %d instructions, %d of them multiply-adds; the assembly has %v",
				row[1], row[2], all, fused, got)
		}
	}
}

func atoi(t *testing.T, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var (
	textLine   = regexp.MustCompile(`^TEXT ·(\w+)\(SB\)`)
	labelLine  = regexp.MustCompile(`^(\w+):$`)
	branchLine = regexp.MustCompile(`^\t(?:B[A-Z]*|CBN?Z R\d+,|TBN?Z \$\d+, R\d+,) (\w+)$`)
	fusedLine  = regexp.MustCompile(`VFML[AS]|// fml[as]`)
)

// countLoops counts instructions and fused multiply-adds from each label to the last branch back to it.
func countLoops(text string, loops map[[2]string][2]int) {
	var kernel string
	var now [2]int
	var labels map[string][2]int
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := textLine.FindStringSubmatch(line); m != nil {
			kernel, now, labels = m[1], [2]int{}, map[string][2]int{}
		} else if m := labelLine.FindStringSubmatch(line); m != nil && labels != nil {
			labels[m[1]] = now
		} else if strings.HasPrefix(line, "\t") {
			now[0]++
			if fusedLine.MatchString(line) {
				now[1]++
			}
			if m := branchLine.FindStringSubmatch(line); m != nil {
				if from, ok := labels[m[1]]; ok {
					loops[[2]string{kernel, m[1]}] = [2]int{now[0] - from[0], now[1] - from[1]}
				}
			}
		}
	}
}
