package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// data inspect takes what an experiment can say of how a table is read, by the same words, and its advice names the
// flags.
func TestInspectLayout(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "bars.csv", "Date,Open,Close\n2006-01-02,09:01,3602,3599\n"+
		"2006-01-02,09:02,3600,3599\n2006-01-02,09:03,3598,3601\n")
	put(t, "odd.csv", "# by hand\na;b\n'1;none\n'2;3\n")
	put(t, "long.csv", "by hand\nw1,1,0.5\nw1,2,0.6\nw2,1,0.7\n")
	put(t, "walk.ts", "@problemName w\n@univariate true\n@classLabel true a b\n@data\n1,2,3:a\n3,2,1:b\n")
	put(t, "words.txt", "a whale dives\n")
	for _, c := range []struct {
		words  string
		status int
		want   []string // on stdout; on stderr where it fails
	}{
		{"bars.csv", statusFailed, []string{"bars.csv:2: 4 fields where the header has 3; name all 4 with --columns " +
			"NAME,…, or pass over the lines before with --skip 1"}},
		{"bars.csv --columns Date,Time,Open,Close", statusDone, []string{"3 rows × 4 columns", "3 steps of 1 minute"}},
		{"bars.csv --skip 1", statusDone, []string{"3 rows × 4 columns", "\nc4 "}},
		{"bars.csv --skip 1 --header", statusDone, []string{"2 rows × 4 columns", "\n3599 "}},
		{"bars.csv --skip 1 --header --columns d,t,o,c --target c", statusDone, []string{"2 rows × 4 columns"}},
		{"odd.csv --skip 1 --separator ; --missing none --no-quotes", statusDone,
			[]string{"2 rows × 2 columns", "b       number    1"}},
		{"odd.csv --skip 1 --columns a,a", statusWords, []string{`--columns: "a" stands twice; names must differ`}},
		{"odd.csv --skip=-1", statusWords, []string{"--skip: -1 is no number of lines; give 0 or more"}},
		{"odd.csv --separator ;;", statusWords, []string{`--separator: ";;" is not one character`}},
		{"odd.csv --skip 9", statusFailed, []string{"odd.csv: --skip 9 passes over the whole file"}},
		{"long.csv --sequence walk,step --skip 1 --columns walk,step,x", statusDone,
			[]string{"(2, 2, 1): sequences, steps, features"}},
		{"walk.ts --skip 1", statusFailed, []string{"walk.ts: --skip says how a table is read, but this is a file of " +
			"sequences; leave it out"}},
		{"embed:iris --no-header", statusFailed, []string{"embed:iris: --header says how a table is read, but this " +
			"is a sample whose columns are known; leave it out"}},
		{"words.txt --columns a,b", statusFailed, []string{"words.txt: a header and no rows"}},
	} {
		stdout, stderr, status := gorae("", append([]string{"data", "inspect"}, strings.Fields(c.words)...)...)
		for _, want := range c.want {
			if got := stdout + stderr; status != c.status || !strings.Contains(got, want) ||
				status != statusDone && strings.Count(stderr, "\n") != 1 {
				t.Errorf("%s: status %d:\n%s\nwant %d, %q", c.words, status, got, c.status, want)
			}
		}
	}
	stdout, stderr, status := gorae("x\n1;2\n", "data", "inspect", "-", "--skip", "1", "--separator", ";")
	if status != statusDone || !strings.Contains(stdout, "1 row × 2 columns") {
		t.Errorf("standard input: status %d: %s%s", status, stdout, stderr)
	}
}

// The minute bars' header lacks a column: the advice, followed, reads them.
func TestInspectBars(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a large file")
	}
	shared := os.Getenv("GORAE_SHARED")
	if shared == "" {
		t.Skip("GORAE_SHARED is not set; it names the folder of the real data")
	}
	bars := filepath.Join(shared, "data/series/minute-bars-2006.csv.gz")
	if _, stderr, status := gorae("", "data", "inspect", bars); status != statusFailed ||
		!strings.Contains(stderr, "--columns NAME,…, or pass over the lines before with --skip 1") {
		t.Errorf("status %d: %s", status, stderr)
	}
	stdout, _ := must(t, "data", "inspect", bars, "--columns", "Date,Time,Open,High,Low,Close,Volume,Interest")
	if !strings.Contains(stdout, "30889 steps of 1 minute × 6 columns") {
		t.Errorf("stdout: %s", stdout)
	}
}

// data inspect takes an experiment file of every kind of data, and says what a training would have of it: the parts,
// the decisions that the file leaves open, and of tables and pictures with a target the source's own report.
func TestInspectExperiment(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "buys.csv", "who,what,price\n"+strings.Repeat("a,tea,1\na,tea,3\nb,milk,2\nb,tea,4\nc,milk,9\nd,tea,5\n"+
		"e,tea,6\nf,milk,7\ng,tea,2\nh,milk,3\ni,tea,4\nj,tea,5\n", 2))
	pairs, prose := "", ""
	for i := range 60 {
		pairs += strings.Repeat("one ", i%5+1) + "\t" + strings.Repeat("ein ", i%5+1) + "\n"
		prose += "the ship sails on the sea and the sailor sings\n"
	}
	put(t, "pairs.tsv", pairs)
	put(t, "words.txt", prose)
	for name, c := range map[string]struct {
		data string
		want []string
	}{
		"restore": {"{source: embed:digits, pixels: [8, 8], corrupt: {gaussian: 4}}", []string{"of the kind restore:",
			"pictures of 8×8 pixels: 1,258 to train on, 270 to validate, 269 to test",
			"samples of (None, None, 1) → the picture without gaussian 4"}},
		"generate": {"{source: embed:digits, target: digit, generate: {kind: vae, latent: 8}}", []string{
			"of the kind generative:",
			"new pictures of 8 × 8 pixels from 8 latent numbers: 1,258 images to train on"}},
		"codes": {"{source: embed:iris, codes: 2, known: species}", []string{"\npetal_length", "of the kind tabular:",
			"samples of (4,) → its own input (4,): 105 rows to train on"}},
		"cluster": {"{source: embed:iris, features: {species: drop}, cluster: {codes: 2}}", []string{
			"\nspecies ", "its own input (4,): 105 rows to train on"}},
		"group_by": {"{source: buys.csv, group_by: who, cluster: {codes: 2}}", []string{"of the kind grouped:",
			"sum and mean of the numbers of each who: price", " keys to train on"}},
		"translate": {"{source: pairs.tsv, translate: {units: 4}}", []string{"of the kind translate:", "60 pairs",
			" sentences to train on"}},
		"word2vec": {"{source: words.txt, word2vec: {size: 4}}", []string{"of the kind word2vec:",
			"60 texts with 600 words", "vectors of 4 numbers for 8 words"}},
		"environment": {"{environment: cartpole}\ntrain: {dqn: {}}", []string{"of the kind control:",
			"environment CartPole-v1: samples of (4,) → one of 2 actions", "the network has "}},
		"target": {"{source: embed:titanic, target: Survived}", []string{"Survived (target)",
			"note: dropped: PassengerId",
			"→ Survived (2 classes): 757 rows to train on and, in 5 folds, to validate, 134 to test"}},
		"series": {"{source: embed:airline, time: Month, series: {window: 12}}", []string{"as a series:",
			"of the kind series:", " windows to train on"}},
	} {
		put(t, name+".yaml", "data: "+c.data+"\n")
		out, errs, status := gorae("", "data", "inspect", name+".yaml")
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is missing in\n%s", name, want, out)
			}
		}
		if status != statusDone {
			t.Errorf("%s: status %d: %s", name, status, errs)
		}
	}
	_, errs, status := gorae("", "data", "inspect", "restore.yaml", "--target", "digit")
	if want := "--target: an experiment file says itself how its data are read; leave it out"; status != statusWords ||
		!strings.Contains(errs, want) {
		t.Errorf("status %d: %s", status, errs)
	}
	out, errs, status := gorae("", "data", "inspect", "restore.yaml", "--json")
	if want := `"inputs":["(None, None, 1)"]`; status != statusDone || !strings.Contains(out, want) {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}
