package sequence

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// A model that learnt from a .ts file takes the same sequences as a table in long form: by the features' names, or by
// their number where the table has its own.
func TestLongFormOfTS(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	steps, class := walks(30)
	dir := t.TempDir()
	write := func(name, text string) string { return put(t, filepath.Join(dir, name), text) }
	train := func(text string) trained {
		t.Helper()
		_, p := fit(t, open(t, text+"\nsplit: {validation: 0.2, test: 0.2}\ntrain: {epochs: 1}\n"))
		return p
	}
	ts := "@classLabel true up down\n@data\n"
	// rows writes a row for each step, the last sequence first; row gets the sequence's name, the step, the features
	// and the class.
	rows := func(head string, row func(id string, step int, x [2]float64, class string) string) string {
		var b strings.Builder
		b.WriteString(head + "\n")
		for i := range steps {
			for k, x := range steps[i] {
				b.WriteString(row(fmt.Sprint("w", i), k, x, class[i]) + "\n")
			}
		}
		return b.String()
	}
	for i, s := range steps {
		channels := make([]string, 2)
		for k := range channels {
			var values []string
			for _, x := range s {
				values = append(values, fmt.Sprint(x[k]))
			}
			channels[k] = strings.Join(values, ",")
		}
		ts += strings.Join(append(channels, class[i]), ":") + "\n"
	}
	path := write("walks.ts", ts)
	p := train(fmt.Sprintf("data: {source: %q}", path))
	evaluate := func(path, target string) (ids, rest, metrics, note string, err error) {
		_, text, bound, err := p.predict(path, nil)
		if err != nil {
			return
		}
		for line := range strings.Lines(text) {
			id, predicted, _ := strings.Cut(line, ",")
			ids, rest = ids+id+" ", rest+predicted
		}
		e, err := p.evaluate(path, target)
		if err != nil {
			return
		}
		return ids, rest, fmt.Sprint(e.Metrics), strings.Join(bound.Notes, "; "), err
	}
	_, want, metrics, _, err := evaluate(path, "")
	if err != nil {
		t.Fatal(err)
	}
	text := rows("id,step,x,y,label", func(id string, k int, x [2]float64, c string) string {
		return fmt.Sprintf("%s,%d,%v,%v,%s", id, k, x[0], x[1], c)
	})
	for _, c := range []struct{ name, text, target, note string }{
		{"by number", text, "", "t.csv: read as steps of sequences: id tells them apart, step orders them; the " +
			"features are x, y"},
		{"by name, in another order", rows("c2,label,Sequence,STEP,about,c1",
			func(id string, k int, x [2]float64, c string) string {
				return fmt.Sprintf("%v,%s,%s,%d,1,%v", x[1], c, id, k, x[0])
			}), "", "Sequence tells them apart, STEP orders them; the features are c1, c2"},
		{"without a step", rows("walk,x,y,label", func(id string, _ int, x [2]float64, c string) string {
			return fmt.Sprintf("%s,%v,%v,%s", id, x[0], x[1], c)
		}), "", "walk tells them apart, they follow each other as they stand; the features are x, y"},
		{"by times and another label", rows("walk,when,x,y,kind",
			func(id string, k int, x [2]float64, c string) string {
				return fmt.Sprintf("%s,2006-01-02 10:%02d,%v,%v,%s", id, 59-k, x[0], x[1], c)
			}), "kind", "walk tells them apart, when orders them"},
	} {
		ids, got, f, note, err := evaluate(write("t.csv", c.text), c.target)
		if strings.Contains(c.name, "times") { // they run backwards: other sequences
			if err != nil || got == want || !strings.Contains(note, c.note) {
				t.Errorf("%s: error %v, note %q", c.name, err, note)
			}
			continue
		}
		if err != nil || got != want || f != metrics || !strings.Contains(ids, " w0 w1 ") ||
			!strings.Contains(note, c.note) {
			t.Errorf("%s: error %v, ids %s, note %q, %s\n%s\nwant %s\n%s", c.name, err, ids, note, f, got, metrics,
				want)
		}
	}
	// What does not agree is said.
	for text, want := range map[string]string{
		"id,step,x\na,1,2\na,2,3\n": "t.csv: columns of numbers beside sequence, step and label: 1 " +
			"(x), but the network was trained on 2; a table in long form has a column that tells sequences apart, " +
			"one called step, and c1, c2",
		"id,step,x,y,z\na,1,2,3,4\na,2,3,4,5\n": "t.csv: columns of numbers beside sequence, step and label: 3 " +
			"(x, y, z), but the network was trained on 2;",
		"c1,c2\n1,2\n3,4\n":                           "t.csv: no column tells sequences apart",
		"id,step,x,y\na,1,2,3\na,1,3,4\n":             "t.csv:3: the same step of sequence a as t.csv:2",
		"id,step,x,y\na,1,2,3\na,2,,4\n":              "t.csv:3: x: a missing value",
		"id,step,x,y,label\na,1,2,3,up\na,2,2,4,no\n": `t.csv:3: the label "no" of sequence a, which began with "up"`,
		"id,step,x,y\na,1,2,3\na,2,3,4\n":             `target: t.csv: no column "label"`,
	} {
		if _, _, _, _, err := evaluate(write("t.csv", text), ""); err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	// Named features go by their names alone.
	p = train(fmt.Sprintf("data: {source: %q, sequence: {labels: kinds.csv, target: kind}}", folderOf(t, steps, class)))
	if _, _, _, _, err := evaluate(write("t.csv", text), ""); err == nil ||
		!strings.Contains(err.Error(),
			`t.csv: no column "a", a feature that the network was trained on; a table in long form has`) {
		t.Errorf("error %v", err)
	}
	if _, _, _, _, err := evaluate(write("t.csv", strings.Replace(text, "x,y,label", "a,b,kind", 1)), ""); err != nil {
		t.Error(err)
	}
}

// folderOf writes each sequence into a file of its own, with columns a and b, and their classes beside them.
func folderOf(t *testing.T, steps [][][2]float64, class []string) string {
	t.Helper()
	dir, kinds := t.TempDir(), "id,kind\n"
	for i, s := range steps {
		text := "a,b\n"
		for _, x := range s {
			text += fmt.Sprintf("%v,%v\n", x[0], x[1])
		}
		put(t, filepath.Join(dir, fmt.Sprintf("w%d.csv", i)), text)
		kinds += fmt.Sprintf("w%d,%s\n", i, class[i])
	}
	put(t, filepath.Join(dir, "kinds.csv"), kinds)
	return dir
}
