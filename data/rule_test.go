package data

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// TestUse: what the values of a column show, whatever it is called. Each case has 60 rows.
func TestUse(t *testing.T) {
	const n, drop = 60, "dropped: "
	order := rand.New(rand.NewPCG(1, 2)).Perm(n)
	day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		value func(i int) string
		want  string
	}{
		"rows from 1": {func(i int) string {
			return fmt.Sprint(i + 1)
		}, drop + "numbers the rows"},
		"rows from 1001": {func(i int) string {
			return fmt.Sprint(i + 1001)
		}, drop + "numbers the rows"},
		"rows with gaps": {func(i int) string {
			return fmt.Sprint(3 * i / 2)
		}, drop + "numbers the rows"},
		"rows shuffled": {func(i int) string {
			return fmt.Sprint(order[i])
		}, drop + "a different whole number in every row"},
		"years": {func(i int) string { return fmt.Sprint(1950 + i) }, "value"},
		"dates as digits": {func(i int) string {
			return day.AddDate(0, 0, i).Format("20060102")
		}, "value"},
		"a grid around 0":    {func(i int) string { return fmt.Sprint(i - 30) }, "value"},
		"squares":            {func(i int) string { return fmt.Sprint(i * i) }, "value"},
		"measures":           {func(i int) string { return fmt.Sprint(float64(i) + 0.5) }, "value"},
		"counts that repeat": {func(i int) string { return fmt.Sprint(i * 7 % 31) }, "value"},
		"prices": {func(i int) string {
			return fmt.Sprint(90000 + order[i]*7919)
		}, "value"},
		"keys": {func(i int) string {
			return fmt.Sprintf("k-%x", order[i])
		}, drop + "different in every row"},
		"colours": {func(i int) string {
			return []string{"red", "green", "blue"}[i%3]
		}, "value"},
		"parts": {func(i int) string {
			return []string{"train", "Train", "test", "valid"}[i%4]
		}, drop + "marks parts: Train, test, train, valid"},
		"parts in Korean": {func(i int) string {
			return []string{"학습", "검증"}[i%2]
		}, drop + "marks parts: 검증, 학습"},
		"test and no other part": {func(i int) string { return []string{"test", "drive"}[i%2] }, "value"},
		"pictures": {func(i int) string {
			return fmt.Sprintf("img %03d.JPG", i)
		}, drop + "names of files"},
		"paths": {func(i int) string {
			return fmt.Sprintf("/data/%d/wave", i)
		}, drop + "names of files"},
		"addresses of mail": {func(i int) string { return fmt.Sprintf("a%d@b.com", i/2) }, "value"},
		"a link or two": {func(i int) string {
			return []string{"a.com", "b.org"}[i%2]
		}, "value"},
		"sentences": {func(i int) string {
			return fmt.Sprintf("the film number %d was good", i)
		}, "text: prose"},
		"Korean sentences": {func(i int) string {
			return fmt.Sprintf("이 영화 %d 편은 정말 좋다", i)
		}, "text: prose"},
		"a few sentences": {func(i int) string {
			return []string{"not at all so", "very much so indeed"}[i%2]
		}, "value"},
		"numbers between blanks": {func(i int) string { return fmt.Sprintf("%d %d", i%3, i%2) }, "value"},
		"times": {func(i int) string {
			return day.AddDate(0, 0, i).Format("Mon Jan 2 15:04:05 2006")
		}, drop + "dates or times"},
		"one number": {func(i int) string { return "7" }, "value: always 7"},
		"one word":   {func(i int) string { return "x" }, drop + "always x"},
		"nothing":    {func(i int) string { return "" }, drop + "no value"},
		"a tick or nothing": {func(i int) string {
			return []string{"x", ""}[i%2]
		}, "mark only: x or nothing"},
		"numbers, mostly missing": {func(i int) string {
			return missing(i%3 > 0, fmt.Sprint(i%5))
		}, "with mark"},
		"words, mostly missing": {func(i int) string {
			return missing(i%3 > 0, string(rune('a'+i%5)))
		}, "with mark"},
		"numbers, half of them": {func(i int) string {
			return missing(i%2 > 0, fmt.Sprint(i%5))
		}, "value"},
		"numbers with one missing": {func(i int) string { return missing(i == 7, fmt.Sprint(i)) }, "value"},
	} {
		var b strings.Builder
		b.WriteString("c\tz\n")
		for i := range n {
			fmt.Fprintf(&b, "%s\t%d\n", c.value(i), i%2)
		}
		tab, err := ReadCSV(strings.NewReader(b.String()), "f.tsv", CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		use, why := tab.Use(tab, 0)
		got := []string{"value", "dropped", "text", "with mark", "mark only"}[use]
		if why != "" {
			got += ": " + why
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func missing(is bool, value string) string {
	if is {
		return ""
	}
	return value
}

// TestManyLevels: words of more than 50 kinds, of which some stand twice.
func TestManyLevels(t *testing.T) {
	for _, c := range []struct {
		empty int // rows of 200 without a value
		want  Use
	}{{0, Dropped}, {90, Dropped}, {110, MarkOnly}} {
		s := "c,z\n"
		for i := range 200 {
			s += missing(i < c.empty, fmt.Sprintf("w%d", i%70)) + ",1\n"
		}
		tab, err := ReadCSV(strings.NewReader(s), "f.csv", CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if use, why := tab.Use(tab, 0); use != c.want || why != "text of 70 different values" {
			t.Errorf("%d missing: %d (%s), want %d", c.empty, use, why, c.want)
		}
	}
}

// TestUseOfSplits: a column becomes the same whichever rows are trained on, as a report on the table says it; only
// where the training rows hold no value, or one alone, these decide. 60 kinds of words stand in the first 120 rows, and
// one in the others.
func TestUseOfSplits(t *testing.T) {
	s := "c,z\n"
	for i := range 200 {
		word := "w0"
		if i < 120 {
			word = fmt.Sprintf("w%d", i%60)
		}
		s += word + ",1\n"
	}
	tab, err := ReadCSV(strings.NewReader(s), "f.csv", CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(tab.UsesOf(1).Lines(), "\n")
	if want := "dropped: c (text of 60 different values); features: {COLUMN: TRANSFORM} keeps one"; said != want {
		t.Errorf("the report says %q, want %q", said, want)
	}
	for from, want := range map[int]string{0: "text of 60 different values", 90: "text of 60 different values",
		130: "always w0"} {
		training := tab.Select(Range(200)[from:])
		if use, why := tab.Use(training, 0); use != Dropped || why != want {
			t.Errorf("rows from %d: %d (%s), want %s", from, use, why, want)
		}
	}
}

// TestIDsOfFewRows: a count of the rows under an empty name is one from 2 rows on, any other from 20 on, since small
// tables of examples count in their first column.
func TestIDsOfFewRows(t *testing.T) {
	for in, want := range map[string]bool{
		",y\n0,5\n1,6\n2,8\n": true, "id,y\n0,5\n1,6\n2,8\n": false, ",y\n0,5\n1,6\n3,8\n": false,
		"n,y\n" + counted(19): false, "n,y\n" + counted(20): true,
	} {
		tab, err := ReadCSV(strings.NewReader(in), "f.csv", CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if tab.IsID(0) != want {
			t.Errorf("%.12q of %d rows: %v", in, tab.Rows, !want)
		}
	}
}

func counted(n int) string {
	s := ""
	for i := range n {
		s += fmt.Sprintf("%d,%d\n", i+1, i%3)
	}
	return s
}
