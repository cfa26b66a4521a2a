package prep

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorae/tensor"
)

// labelled repeats lines of a table, so that labels occur often enough to be taken for such.
func labelled(header string, lines ...string) string {
	return header + "\n" + strings.Repeat(strings.Join(lines, "\n")+"\n", 10)
}

// TestLabelLists: labels of a list column, by hand.
func TestLabelLists(t *testing.T) {
	for _, c := range []struct {
		csv, separator, labels, rows string
	}{
		{labelled("x,y", "1,dog|person", "2,", "3, person | cat ", "4,dog"), "|", "[cat dog person]",
			"[0 1 1 0 0 0 1 0 1 0 1 0]"},
		{labelled("x,y", "1,b;a", "2,a", "3,b", "4,c;b;b"), ";", "[a b c]", "[1 1 0 1 0 0 0 1 0 0 1 1]"},
		{labelled("x,y", `1,"b, a"`, "2,a", "3,b", `4,"a, c"`), ",", "[a b c]", "[1 1 0 1 0 0 0 1 0 1 0 1]"},
		{labelled("x,y", "1,10|9", "2,9", "3,10", "4,100|9"), "|", "[9 10 100]", "[1 1 0 1 0 0 0 1 0 1 0 1]"},
	} {
		tab := table(t, "f.csv", c.csv)
		g, err := FitTarget(tab, "y", nil, TargetOptions{})
		if err != nil {
			t.Errorf("%q: %v", c.csv, err)
			continue
		}
		g = reload(t, g)
		y, err := g.Encode(tab, &tab.Columns[1])
		if err != nil {
			t.Errorf("%q: %v", c.csv, err)
			continue
		}
		if g.Task != Labels || g.Separator != c.separator || fmt.Sprint(g.Classes) != c.labels ||
			!y.Shape.Equal(tensor.Shape{40, 3}) || fmt.Sprint(y.F32[:12]) != c.rows {
			t.Errorf("%q: %+v %v", c.csv, g, y.F32[:12])
		}
		if guess := GuessTask(&tab.Columns[1]); len(guess) != 1 || guess[0].Count != 3 {
			t.Errorf("%q: %v", c.csv, guess)
		}
	}
}

// TestNoLabelLists: cells with a comma that are no lists stay one class each.
func TestNoLabelLists(t *testing.T) {
	for _, csv := range []string{
		labelled("x,y", `1,"Seoul, Korea"`, `2,"Busan, Korea"`), // 3 labels of 2 cells
		labelled("x,y", "1,yes", "2,no"),
		"x,y\n1,a|b\n2,b|c\n3,c|d\n4,d\n", // too few of each
	} {
		tab := table(t, "f.csv", csv)
		if task := InferTask(&tab.Columns[1]); task != Classification {
			t.Errorf("%q is taken for %s", csv, task)
		}
	}
}

// TestLabelColumns: labels of 0/1 columns, by hand.
func TestLabelColumns(t *testing.T) {
	for _, c := range []struct{ csv, rows string }{
		{"dog,x,person\n1,7,0\n0,8,0\n1,9,1\n", "[1 0 0 0 1 1]"},
		{"dog,x,person\ntrue,7,false\nFALSE,8,false\nTrue,9,true\n", "[1 0 0 0 1 1]"},
		{"dog,x,person\n1,7,\n,8,\n1,9,1\n", "[1 0 0 0 1 1]"}, // only 1 and empty cells
	} {
		tab := table(t, "f.csv", c.csv)
		g, err := FitLabelSet(tab, []string{"dog", "person"}, TargetOptions{})
		if err != nil {
			t.Errorf("%q: %v", c.csv, err)
			continue
		}
		g = reload(t, g)
		y, err := g.Encode(tab, &tab.Columns[0], &tab.Columns[2])
		if err != nil || fmt.Sprint(y.F32) != c.rows || !slices.Equal(g.Columns(), []string{"dog", "person"}) {
			t.Errorf("%q: %v %v %v", c.csv, g, y, err)
		}
		if !Marked(&tab.Columns[0]) || Marked(&tab.Columns[1]) {
			t.Errorf("%q: columns of 0 and 1 are not told from others", c.csv)
		}
		if s := g.Join([]string{"dog", "person"}); s != "dog|person" {
			t.Errorf("the labels as text are %q", s)
		}
	}
}

// TestLabelErrors: what is no target of labels is an error with its place and a remedy.
func TestLabelErrors(t *testing.T) {
	for _, c := range []struct {
		csv, want string
		columns   []string
	}{
		{"dog,person\n1,0\n0,\n", "f.csv:3: the label person is neither 0 nor 1 here but missing; write 0 where " +
			"the row has it not, or remove such rows", []string{"dog", "person"}},
		{"dog,person\n1,0\n0,2\n", `f.csv:3: person: "2" says not whether the row has the label; give 0 or 1`,
			[]string{"dog", "person"}},
		{"dog,person\n1,a\n0,b\n", "no cell of person holds several labels parted by | or ; or a comma; give " +
			"label_separator, or task: classification for one class to a row", []string{"person"}},
		{"dog,person\n1,a|a\n0,a\n", "person holds 1 different labels; there are 2 or more; give task: " +
			"classification for one class to a row", []string{"person"}},
		{"dog,person\n1,0\n0,2\n", `no column "cat"`, []string{"cat", "person"}},
	} {
		_, err := FitLabelSet(table(t, "f.csv", c.csv), c.columns, TargetOptions{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q:\n got  %v\n want %s", c.csv, err, c.want)
		}
	}
	tab := table(t, "f.csv", "y\na|b\nb\n")
	g, err := FitTarget(tab, "y", nil, TargetOptions{Task: Labels})
	if err != nil {
		t.Fatal(err)
	}
	other := table(t, "g.csv", "y\na|bb\n")
	if _, err := g.Encode(other, &other.Columns[0]); err == nil ||
		!strings.Contains(err.Error(), `g.csv:2: y: "bb" is none of the model's 2 labels`) {
		t.Error(err)
	}
}

// TestLabelArrays: an array of 0 and 1 is labels, and one-hot rows are asked about.
func TestLabelArrays(t *testing.T) {
	y := tensor.Of([]uint8{1, 0, 1, 1, 0, 0}, 3, 2)
	g, err := FitLabels(y, nil, nil, TargetOptions{})
	if err != nil || g.Task != Labels || fmt.Sprint(g.Classes) != "[0 1]" {
		t.Fatal(g, err)
	}
	back, err := reload(t, g).EncodeLabels(y)
	if err != nil || fmt.Sprint(back.F32) != "[1 0 1 1 0 0]" || !back.Shape.Equal(tensor.Shape{3, 2}) {
		t.Error(back, err)
	}
	if _, err := g.EncodeLabels(tensor.Of([]uint8{1, 2}, 1, 2)); err == nil ||
		err.Error() != "labels: row 1: label 1 is 2, neither 0 nor 1" {
		t.Error(err)
	}
	if _, err := FitLabels(tensor.Of([]uint8{1, 0, 0, 1}, 2, 2), nil, nil, TargetOptions{}); err == nil ||
		!strings.Contains(err.Error(), "give task: labels where a sample may have several labels") {
		t.Error(err)
	}
}

// TestHostileLabels: a saved target of labels that no training writes is refused.
func TestHostileLabels(t *testing.T) {
	for _, b := range []string{
		`{"name":"y","task":"labels","classes":["a"],"separator":"|"}`,
		`{"name":"y","task":"labels","classes":["a","a"],"separator":"|"}`,
		`{"name":"y","task":"labels","classes":["a|b","c"],"separator":"|"}`,
		`{"name":"y","task":"labels","classes":["","c"]}`,
		`{"name":"y","task":"labels","classes":["a","b"],"thresholds":[0.5]}`,
		`{"name":"y","task":"labels","classes":["a","b"],"thresholds":[0.5,2]}`,
		`{"name":"y","task":"classification","classes":["a","b"],"thresholds":[0.5,0.5]}`,
		`{"name":"y","task":"classification","classes":["a","b"],"separator":"|"}`,
	} {
		if err := new(Target).UnmarshalJSON([]byte(b)); err == nil {
			t.Errorf("%s is taken", b)
		}
	}
}
