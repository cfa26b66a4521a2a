package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"gorae/internal/words"
)

// TestInit: init writes a file that gorae train finds without a word; train takes the data itself, too, and both runs
// are the same.
func TestInit(t *testing.T) {
	t.Chdir(t.TempDir())
	rows := "40,3,110.5\n62,11,150\n35,2,99\n80,30,171\n55,7,140\n"
	put(t, "data/shop.csv", "area,age,price\n"+strings.Repeat(rows, 12))
	out, _ := must(t, "init", "data/shop.csv", "--target", "price", "--set", "train.epochs=2")
	if want := "experiment.yaml: written for data of the kind tabular; what is predicted: price (a number)\nnext:\n  " +
		"gorae train\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
	text := get(t, "experiment.yaml")
	for _, want := range []string{"# yaml-language-server: $schema=gorae.schema.json\n", "source: data/shop.csv\n",
		"# 5 different numbers from 35 to 80\n    area: zscore\n", "epochs: 2\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "# ") && words.Width(line) > 2+commentWidth+1 {
			t.Errorf("a comment of %d columns: %s", words.Width(line), line)
		}
	}
	var schema map[string]any
	if err := json.Unmarshal([]byte(get(t, "gorae.schema.json")), &schema); err != nil {
		t.Error(err)
	}
	if _, told, status := gorae("", "init", "data/shop.csv"); status != statusWords ||
		!strings.Contains(told, "--force writes over it") {
		t.Errorf("status %d: %s", status, told)
	}
	if text != get(t, "experiment.yaml") {
		t.Error("a refused init has changed the file")
	}
	must(t, "train", "--threads", "1")
	must(t, "train", "--threads", "1", "--out", "named")
	must(t, "train", "--threads", "1", "--resume", "--out", "named")
	must(t, "train", "data/shop.csv", "--target", "price", "--set", "train.epochs=2", "--threads", "1")
	want := get(t, "runs/experiment-1/history.csv")
	for _, dir := range []string{"named", "runs/shop-1"} {
		if got := get(t, dir+"/history.csv"); withoutSeconds(got) != withoutSeconds(want) {
			t.Errorf("the run of the file\n%s\nand that in %s\n%s\ndiffer", want, dir, got)
		}
	}
	if err := os.Remove("experiment.yaml"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"train", "runs/shop-1/experiment.yaml", "--target", "age"}, statusWords,
			"--target: says what a data file is"},
		{[]string{"train", "--target", "age"}, statusWords, "--target: says what a data file is"},
		{[]string{"train", "data/shop.csv", "--target", "prise"}, statusFailed, "prise"},
		{[]string{"init", "data/shop.csv", "--task", "cats"}, statusFailed, "not one of classification"},
		{[]string{"init", "nowhere.csv"}, statusFailed, "no such file"},
		{[]string{"init", "-"}, statusFailed, "can be read again"},
	} {
		_, told, status := gorae("", c.args...)
		if status != c.status || !strings.Contains(told, c.says) || strings.Count(told, "\n") != 1 {
			t.Errorf("gorae %q: status %d, want %d: %q has no %q", c.args, status, c.status, told, c.says)
		}
	}
	if _, err := os.Stat("experiment.yaml"); err == nil {
		t.Error("a failed init has left a file")
	}
}

// withoutSeconds is a history without its column of times.
func withoutSeconds(history string) string {
	var out []string
	for line := range strings.Lines(history) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		out = append(out, strings.Join(cells[:len(cells)-1], ","))
	}
	return strings.Join(out, "\n")
}

// TestInitKorean: the reasons in the file are Korean.
func TestInitKorean(t *testing.T) {
	t.Chdir(t.TempDir())
	out, _ := must(t, "init", "embed:iris", "--output", "-", "--lang", "ko")
	for line := range strings.Lines(out) {
		if strings.HasPrefix(strings.TrimSpace(line), "# ") && !strings.ContainsFunc(line, func(r rune) bool {
			return r >= '가' && r <= '힣'
		}) {
			t.Errorf("not Korean: %s", line)
		}
	}
}
