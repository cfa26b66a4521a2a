package run_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/tensor"
)

// aloneCase is a trained product, the samples of one file, and files with some of them by themselves.
type aloneCase struct {
	experiment string
	whole      string
	alone      map[int]string // by the sample's number among all; negative: from the end
}

// lines are the files of a table's rows by themselves, under the table's header.
func lines(t *testing.T, path string, numbers ...int) map[int]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(string(text), "\n")
	files := map[int]string{}
	for _, i := range numbers {
		files[i] = write(t, filepath.Join(t.TempDir(), fmt.Sprint(i, ".csv")), all[0]+"\n"+all[1+i]+"\n")
	}
	return files
}

// aloneCases are products of every kind of data whose samples can come by themselves.
func aloneCases(t *testing.T) map[string]aloneCase {
	dir := t.TempDir()
	cases := map[string]aloneCase{}

	source := reviewsCSV(t, filepath.Join(dir, "r.csv"), 120)
	cases["text"] = aloneCase{"data: {source: " + source + "}\n", source, lines(t, source, 0, 1, 59, 119)}

	var b strings.Builder
	b.WriteString("size,colour,weight,price\n")
	for i := range 200 {
		fmt.Fprintf(&b, "%d,%s,%.2f,%.3f\n", i*7%31, []string{"red", "green", "blue"}[i*i%3], float64(i*i%17)/3,
			float64(i%13)+float64(i*i%17)/2)
	}
	source = write(t, filepath.Join(dir, "t.csv"), b.String())
	cases["table"] = aloneCase{"data: {source: " + source + ", target: price}\nmodel: [{dense: {units: 24, " +
		"activation: relu}}, batch_normalization, {dense: {units: 7, activation: gelu}}, dense: 1]\n", source,
		lines(t, source, 0, 3, 64, 199)}

	b.Reset()
	b.WriteString("who,when,a,b,kind\n")
	one := map[int]string{}
	for i := range 90 {
		var rows strings.Builder
		for k := range 3 + i%9 {
			fmt.Fprintf(&rows, "s%03d,%d,%.3f,%d,%s\n", i, k, float64((i+3*k)%11)/7, (i*k)%5,
				[]string{"up", "down"}[i%2])
		}
		if b.WriteString(rows.String()); i%44 == 0 {
			one[i] = write(t, filepath.Join(dir, fmt.Sprint("one", i, ".csv")), "who,when,a,b,kind\n"+rows.String())
		}
	}
	source = write(t, filepath.Join(dir, "q.csv"), b.String())
	cases["sequence"] = aloneCase{"data: {source: " + source + ", sequence: {id: who, step: when, target: kind}}\n",
		source, one}

	pictures := pets(t, 40, 12)
	one = map[int]string{}
	files, err := filepath.Glob(filepath.Join(pictures, "*", "*.png"))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, 7, 39} {
		text, err := os.ReadFile(files[i])
		if err != nil {
			t.Fatal(err)
		}
		one[i] = write(t, filepath.Join(dir, fmt.Sprint("picture", i, ".png")), string(text))
	}
	cases["image"] = aloneCase{"data: {source: " + pictures + "}\nmodel: [{conv2d: {filters: 5, kernel_size: 3, " +
		"activation: relu}}, max_pooling2d, {separable_conv2d: {filters: 6, kernel_size: 3}}, " +
		"global_average_pooling2d, {dense: {units: 1, activation: sigmoid}}]\n", pictures, one}

	x, y := tensor.New(tensor.Float32, 120, 6, 2), tensor.New(tensor.Float32, 120, 1)
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(i)))
	}
	for i := range y.F32 {
		y.F32[i] = float32(i%7) / 3
	}
	source = writeNPZ(t, tensor.Named{Name: "x", Tensor: x}, tensor.Named{Name: "y", Tensor: y})
	one = map[int]string{}
	for _, i := range []int{0, 17, 119} {
		one[i] = writeNPZ(t, tensor.Named{Name: "x", Tensor: x.Rows(i, i+1)})
	}
	cases["arrays"] = aloneCase{"data: {source: " + source + ", labels: y}\nmodel: [{conv1d: {filters: 9, " +
		"kernel_size: 2}}, {gru: {units: 11}}, dense: 1]\n", source, one}

	b.Reset()
	b.WriteString("day,v\n")
	var all []string
	for i := range 100 {
		all = append(all, fmt.Sprintf("2001-%02d-%02d,%d\n", 1+i/28, 1+i%28, i*i%23+i))
	}
	source = write(t, filepath.Join(dir, "s.csv"), "day,v\n"+strings.Join(all, ""))
	cases["series"] = aloneCase{"data: {source: " + source + ", time: day, target: v, series: {window: 5}}\nmodel: " +
		"[{lstm: {units: 7}}, dense: 1]\n", source,
		map[int]string{-1: write(t, filepath.Join(dir, "end.csv"), "day,v\n"+strings.Join(all[95:], ""))}}
	return cases
}

// TestPredictAlone: a sample that is predicted by itself gets the outputs that it has among many, to the last bit, and
// the same line of predictions, whatever the kind of data.
func TestPredictAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	for kind, c := range aloneCases(t) {
		t.Run(kind, func(t *testing.T) {
			p := open(t, c.experiment+"train: {epochs: 1, callbacks: []}\n")
			_, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
			whole, err := b.predict(c.whole, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Split(strings.TrimSpace(whole.csv), "\n")
			n := whole.out[0].Shape[0]
			for i, path := range c.alone {
				got, err := b.predict(path, nil)
				if err != nil {
					t.Fatal(err)
				}
				if i < 0 {
					i += n
				}
				if got.out[0].Shape[0] != 1 {
					t.Fatalf("%s has %d samples", path, got.out[0].Shape[0])
				}
				for k, w := range whole.out[0].Rows(i, i+1).F32 {
					if v := got.out[0].F32[k]; math.Float32bits(v) != math.Float32bits(w) {
						t.Errorf("sample %d alone: output %d is %v, among others %v", i, k, v, w)
					}
				}
				if g := strings.Split(got.csv, "\n"); len(want) == n+1 && last(g[1]) != last(want[1+i]) {
					t.Errorf("sample %d alone: %s, among others: %s", i, g[1], want[1+i])
				}
			}
		})
	}
}

// last is a line of predictions without its first column, which may be the name of the file or the number of the row.
func last(line string) string {
	_, rest, _ := strings.Cut(line, ",")
	return rest
}
