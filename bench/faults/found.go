package main

import (
	"archive/zip"
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// shared opens a file of the shared folder, unpacked where it is packed.
func shared(path string) (io.ReadCloser, error) {
	f, err := os.Open(filepath.Join(os.Getenv("GORAE_SHARED"), "data", filepath.FromSlash(path)))
	if err != nil || !strings.HasSuffix(path, ".gz") {
		return f, err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{z, f}, nil
}

// sharedLines reads a file of lines.
func sharedLines(path string) ([]string, error) {
	f, err := shared(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		out = append(out, lines.Text())
	}
	return out, lines.Err()
}

// mixed brings rows into an order drawn at random, and leaves the first ones.
func mixed(t *table, rows int, seed uint64) *table {
	rand.New(rand.NewPCG(seed, 40)).Shuffle(len(t.rows), func(i, j int) { t.rows[i], t.rows[j] = t.rows[j], t.rows[i] })
	t.rows = t.rows[:min(rows, len(t.rows))]
	return t
}

// retail reads the lines of the invoices of a shop: each with the number, the quantity, the time, the price and the
// country. Returns and what has no price are left out.
func retail(each func(invoice string, at time.Time, quantity, price float64, country string)) error {
	f, err := shared("uses/U4/online-retail.csv.gz")
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	for k := 0; ; k++ {
		row, err := r.Read()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case k == 0:
			continue
		}
		at, err := time.Parse(time.DateTime, row[4])
		if err != nil {
			return err
		}
		if q, p := numberOf(row[3]), numberOf(row[5]); q > 0 && p > 0 && row[0][0] != 'C' {
			each(row[0], at, q, p, row[7])
		}
	}
}

// invoices is what an invoice comes to, as a logarithm: by the number of its lines and of its goods, and when it was
// written, and where for.
func invoices(rows int) func() (*table, error) {
	return func() (*table, error) {
		type invoice struct {
			lines, goods, sum, least float64
			at                       time.Time
			abroad                   string
		}
		of, order := map[string]*invoice{}, []string{}
		err := retail(func(name string, at time.Time, quantity, price float64, country string) {
			i := of[name]
			if i == nil {
				i = &invoice{at: at, least: math.Inf(1),
					abroad: map[bool]string{true: "home", false: "abroad"}[country == "United Kingdom"]}
				of[name], order = i, append(order, name)
			}
			i.lines, i.goods, i.sum, i.least = i.lines+1, i.goods+quantity, i.sum+quantity*price, min(i.least, price)
		})
		if err != nil {
			return nil, err
		}
		t := &table{names: []string{"lines", "goods", "cheapest", "hour", "weekday", "abroad", "worth"}}
		for _, name := range order {
			if i := of[name]; i.lines > 1 {
				t.rows = append(t.rows, []string{number(i.lines), number(i.goods), number(i.least),
					number(float64(i.at.Hour())), i.at.Weekday().String(), i.abroad, number(math.Log(i.sum))})
			}
		}
		return mixed(t, rows, 71), nil
	}
}

// sales is how many lines of invoices a shop writes in an hour, as a logarithm: hour by hour from ten to four of the
// days on which it does.
func sales(steps int) func() (*table, error) {
	return func() (*table, error) {
		counts := map[string]*[6]int{}
		err := retail(func(_ string, at time.Time, _, _ float64, _ string) {
			day, hour := at.Format(time.DateOnly), at.Hour()-10
			if counts[day] == nil {
				counts[day] = &[6]int{}
			}
			if hour >= 0 && hour < 6 {
				counts[day][hour]++
			}
		})
		if err != nil {
			return nil, err
		}
		var days []string
		for d := range counts {
			days = append(days, d)
		}
		slices.Sort(days)
		t := &table{names: []string{"slot", "lines"}}
		for _, d := range days {
			for _, n := range counts[d] {
				t.rows = append(t.rows, []string{fmt.Sprint(len(t.rows)), number(math.Log(float64(1 + n)))})
			}
		}
		t.rows = t.rows[:min(steps, len(t.rows))]
		return t, nil
	}
}

// rooms is people who walk, as four radios hear them: whether they go into another room.
func rooms() (*table, error) {
	z, err := zip.OpenReader(filepath.Join(os.Getenv("GORAE_SHARED"), "data", "series", "IndoorMovement.zip"))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	read := func(name string) ([][]string, error) {
		f, err := z.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r := csv.NewReader(f)
		r.Comment, r.TrimLeadingSpace = '#', true
		return r.ReadAll()
	}
	labels, err := read("dataset/MovementAAL_target.csv")
	if err != nil {
		return nil, err
	}
	t := &table{names: []string{"steps"}}
	for k := range 4 {
		for _, what := range []string{"first", "last", "least", "most"} {
			t.names = append(t.names, fmt.Sprintf("%s%d", what, k+1))
		}
	}
	t.names = append(t.names, "room")
	for _, l := range labels {
		steps, err := read("dataset/MovementAAL_RSS_" + l[0] + ".csv")
		if err != nil {
			return nil, err
		}
		row := []string{fmt.Sprint(len(steps))}
		for k := range 4 {
			first, last, least, most := 0.0, 0.0, math.Inf(1), math.Inf(-1)
			for i, s := range steps {
				v := numberOf(strings.TrimSpace(s[k]))
				least, most = min(least, v), max(most, v)
				if i < 3 {
					first += v / 3
				}
				if i >= len(steps)-3 {
					last += v / 3
				}
			}
			row = append(row, number(first), number(last), number(least), number(most))
		}
		t.rows = append(t.rows, append(row, map[bool]string{true: "other", false: "same"}[l[1] == "1"]))
	}
	return mixed(t, len(t.rows), 72), nil
}

// faces is pictures of faces, and of pieces without one: pixels of twelve by twelve places, each the mean of four, in a
// table.
func faces() (*table, error) {
	b, err := os.ReadFile(filepath.Join(os.Getenv("GORAE_SHARED"), "data", "uses", "U8", "lfw_subset.npy"))
	if err != nil {
		return nil, err
	}
	const side, n = 25, 200
	b = b[len(b)-8*side*side*n:]
	t := &table{}
	for k := range 144 {
		t.names = append(t.names, fmt.Sprintf("p%d", k))
	}
	t.names = append(t.names, "digit")
	for i := range n {
		at := func(y, x int) float64 {
			return math.Float64frombits(binary.LittleEndian.Uint64(b[8*(i*side*side+y*side+x):]))
		}
		var row []string
		for k := range 144 {
			y, x := 2*(k/12), 2*(k%12)
			row = append(row, fmt.Sprint(int(255*(at(y, x)+at(y, x+1)+at(y+1, x)+at(y+1, x+1))/4)))
		}
		t.rows = append(t.rows, append(row, map[bool]string{true: "face", false: "none"}[i < n/2]))
	}
	return mixed(t, n, 73), nil
}

// captions is what is said of pictures with a dog and of pictures with a child, without the words for either. Each
// caption counts once.
func captions(rows int) func() (*table, error) {
	words := func(s string) map[string]bool {
		out := map[string]bool{}
		for _, w := range strings.Fields(s) {
			out[w] = true
		}
		return out
	}
	dogs := words("dog dogs puppy puppies")
	children := words("child children boy boys girl girls kid kids baby toddler")
	return func() (*table, error) {
		all, err := sharedLines("uses/U3/multi30k/train.en.gz")
		if err != nil {
			return nil, err
		}
		t, seen := &table{names: []string{"text", "label"}}, map[string]bool{}
		counts := map[bool]int{}
		for _, l := range all {
			dog, child := false, false
			var left []string
			for _, w := range strings.Fields(strings.ToLower(l)) {
				w = strings.Trim(w, ".,!?\"'")
				if dogs[w] || children[w] {
					dog, child = dog || dogs[w], child || children[w]
					continue
				}
				left = append(left, w)
			}
			if text := strings.Join(left, " "); dog != child && !seen[text] && counts[dog] < rows/2 {
				seen[text] = true
				counts[dog]++
				t.rows = append(t.rows, []string{text, map[bool]string{true: "dog", false: "child"}[dog]})
			}
		}
		return mixed(t, rows, 74), nil
	}
}

// asked is Korean sentences without their marks: whether they ask. As many do as do not.
func asked() (*table, error) {
	all, err := sharedLines("text/kor-eng.tsv")
	if err != nil {
		return nil, err
	}
	t, seen := &table{names: []string{"text", "label"}}, map[string]bool{}
	asks := 0
	for _, ask := range []bool{true, false} {
		n := 0
		for _, l := range mixed(&table{rows: rowsOf(all)}, len(all), 75).rows {
			text := strings.TrimRight(l[1], ".?! ")
			if strings.HasSuffix(l[1], "?") != ask || seen[text] || !ask && n >= asks {
				continue
			}
			seen[text] = true
			n++
			t.rows = append(t.rows, []string{text, map[bool]string{true: "asks", false: "says"}[ask]})
		}
		asks = n
	}
	return mixed(t, len(t.rows), 76), nil
}

// rowsOf cuts lines at tabs.
func rowsOf(lines []string) (out [][]string) {
	for _, l := range lines {
		if f := strings.Split(l, "\t"); len(f) > 1 {
			out = append(out, f)
		}
	}
	return out
}
