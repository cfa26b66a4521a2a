package sequence

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gorae/data"
	"gorae/tensor"
)

func long(t *testing.T, text string) *data.Table {
	t.Helper()
	tab, err := data.ReadCSV(strings.NewReader(text), "l.csv", data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func TestLong(t *testing.T) {
	s, err := FromTable(long(t, "who,step,a,b,kind\nx,2,3,4,walk\ny,1,5,6,run\nx,1,1,2,walk\nx,10,7,8,walk\n"),
		Long{ID: "who", Step: "step", Label: "kind"})
	if err != nil {
		t.Fatal(err)
	}
	if s.String() != "l.csv: 2 sequences × 1 to 3 steps × 2 features" || !slices.Equal(s.IDs,
		[]string{"x", "y"}) || !slices.Equal(s.Features, []string{"a", "b"}) {
		t.Errorf("%v %v %v", s, s.IDs, s.Features)
	}
	if v := s.View(0); !v.Shape.Equal(tensor.Shape{3, 2}) || !slices.Equal(v.F32, []float32{1, 2, 3, 4, 7, 8}) {
		t.Errorf("x is %v", v)
	}
	if tab := s.About; tab.Rows != 2 || !slices.Equal(tab.Names(),
		[]string{"who", "kind"}) || tab.Columns[1].Text(0) != "walk" || tab.Columns[1].Text(1) != "run" {
		t.Errorf("about them: %v", tab)
	}
	if len(s.Notes) != 1 || s.Notes[0] != "l.csv:5: sequence x goes from step 2 to 10; they are taken to follow "+
		"each other" {
		t.Errorf("notes %q", s.Notes)
	}
	for want, c := range map[string]struct {
		text string
		o    Long
	}{
		"l.csv:3: the same step of sequence x as l.csv:2; remove one": {"who,step,a\nx,1,1\nx,1,2\n",
			Long{ID: "who", Step: "step"}},
		`l.csv:3: the label "run" of sequence x, which began`: {"who,a,kind\nx,1,walk\nx,1,run\n",
			Long{ID: "who", Label: "kind"}},
		"l.csv:3: a: a missing value": {"who,a,b\nx,1,1\nx,,2\n", Long{ID: "who"}},
		`l.csv:2: kind: "walk" is no number`: {"who,a,kind\nx,1,walk\n",
			Long{ID: "who", Features: []string{"kind"}}},
		"l.csv:3: the id who is missing":             {"who,a\nx,1\n,2\n", Long{ID: "who"}},
		"name the column that tells sequences apart": {"who,a\nx,1\n", Long{}},
		`no column "whom"; did you mean "who"?`:      {"who,a\nx,1\n", Long{ID: "whom"}},
		"no column of numbers besides":               {"who,a\nx,y\n", Long{ID: "who"}},
	} {
		if _, err := FromTable(long(t, c.text), c.o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestPadded: padding and mask on either side, cut at either end, in any row's extent.
func TestPadded(t *testing.T) {
	s, err := FromArrays("a.npz", tensor.Of([]float32{1, 2, 3, 4, 5, 6}, 6, 1), tensor.Of([]int32{1, 5}, 2),
		tensor.Of([]float32{0, 1}, 2))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p      Padded
		x0, x1 string
	}{
		{Padded{Length: 3}, "[1 0 0] [1 0 0]", "[4 5 6] [1 1 1]"},
		{Padded{Length: 3, Before: true, First: true, Value: -1}, "[-1 -1 1] [0 0 1]", "[2 3 4] [1 1 1]"},
		{Padded{}, "[1 0 0 0 0] [1 0 0 0 0]", "[2 3 4 5 6] [1 1 1 1 1]"},
		{Padded{Shift: []float64{1}, Divisor: []float64{2}}, "[0 0 0 0 0] [1 0 0 0 0]",
			"[0.5 1 1.5 2 2.5] [1 1 1 1 1]"},
	} {
		c.p.Set, c.p.Mask = s, true
		if err := c.p.Check(); err != nil {
			t.Fatal(err)
		}
		row := data.Row{*tensor.New(tensor.Float32, c.p.Length, 1), *tensor.New(tensor.Float32, c.p.Length)}
		for i, want := range []string{c.x0, c.x1} {
			if err := c.p.Read(0, i, row); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(row[0].F32, " ", row[1].F32); got != want {
				t.Errorf("%+v: %s, want %s", c.p, got, want)
			}
		}
	}
	p := &Padded{Set: s}
	p.Standardise([]int{1}) // 2 … 6: mean 4, sd √2
	if p.Shift[0] != 4 || math.Abs(p.Divisor[0]-math.Sqrt2) > 1e-12 {
		t.Errorf("%v %v", p.Shift, p.Divisor)
	}
	for want, p := range map[string]*Padded{
		"sequences: none": {}, "length: -1 is no": {Set: s, Length: -1}, "padding with NaN": {Set: s,
			Value: float32(math.NaN())},
		"divides by 0": {Set: s, Shift: []float64{0}, Divisor: []float64{0}}, "2 and 0 numbers": {Set: s,
			Shift: []float64{0, 1}},
	} {
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestBuckets: each sample once an epoch, in batches that pad little and that depend
// on the seed alone; each sample's values are those of the unbucketed dataset.
func TestBuckets(t *testing.T) {
	var lengths []int32
	total := 0
	for i := range 500 {
		lengths = append(lengths, int32(1+(i*i*7+i)%97))
		total += int(lengths[i])
	}
	x := tensor.New(tensor.Float32, total, 2)
	for i := range x.F32 {
		x.F32[i] = float32(i + 1)
	}
	s, err := FromArrays("b", x, tensor.Of(lengths, 500), nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &Padded{Set: s, Mask: true}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	rows := make([]int, 400)
	for i := range rows {
		rows[i] = 499 - i
	}
	l := &data.Loader{Data: data.Subset{Dataset: p, Rows: rows}, Size: 16, Shuffle: true, Seed: 5, Bucket: true}
	b, err := l.New()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	padded := 0
	var order [2][]int
	for epoch := range 2 {
		for step := range l.Steps() {
			if err := l.Fill(b, epoch, step); err != nil {
				t.Fatal(err)
			}
			extent := b.Inputs[0].Shape[1]
			order[epoch] = append(order[epoch], b.Samples...)
			if !b.Inputs[0].Shape.Equal(tensor.Shape{16, extent, 2}) || !b.Inputs[1].Shape.Equal(tensor.Shape{16,
				extent}) || len(b.Inputs[0].F32) != 16*extent*2 {
				t.Fatalf("shapes %v %v", b.Inputs[0].Shape, b.Inputs[1].Shape)
			}
			longest := 0
			for i, sample := range b.Samples {
				if epoch == 0 && seen[sample] {
					t.Fatalf("sample %d twice", sample)
				}
				seen[sample] = true
				n := s.Length(rows[sample])
				longest = max(longest, n)
				padded += extent - n
				got := b.Inputs[0].F32[i*extent*2 : (i+1)*extent*2]
				if !slices.Equal(got[:2*n], s.View(rows[sample]).F32) || slices.ContainsFunc(got[2*n:],
					func(v float32) bool { return v != 0 }) {
					t.Fatalf("sample %d: %v", sample, got)
				}
				sum := float32(0)
				for _, m := range b.Inputs[1].F32[i*extent : (i+1)*extent] {
					sum += m
				}
				if int(sum) != n {
					t.Fatalf("sample %d: a mask of %v, want %d", sample, sum, n)
				}
			}
			if extent < longest || extent-longest >= 7 || extent > p.Length { // a sixteenth of 97, rounded up
				t.Fatalf("padded to %d, the longest is %d", extent, longest)
			}
		}
	}
	if len(seen) != 400 {
		t.Errorf("%d samples in an epoch of 400", len(seen))
	}
	if slices.Equal(order[0], order[1]) {
		t.Error("two epochs have one order")
	}
	if padded > 2*400*12 {
		t.Errorf("%d steps of padding in two epochs", padded)
	}
	again, _ := l.New()
	if err := l.Fill(again, 1, 3); err != nil || !slices.Equal(again.Samples, order[1][48:64]) {
		t.Errorf("step 3 of epoch 1 met out of turn: %v, want %v (%v)", again.Samples, order[1][48:64], err)
	}
	if n := testing.AllocsPerRun(10, func() {
		if err := l.Fill(again, 1, 4); err != nil {
			t.Error(err)
		}
	}); n > 1 {
		t.Errorf("Fill allocates %v times", n)
	}
}

const tsHead = "#x\n@problemName p\n@classLabel true up down\n@data\n"

func TestTS(t *testing.T) {
	s, err := ReadTS(strings.NewReader(tsHead+"1,2,3:4,5,6:up\r\n7:8:down"), "f.ts")
	if err != nil {
		t.Fatal(err)
	}
	if s.String() != "f.ts: 2 sequences × 1 to 3 steps × 2 features" || !slices.Equal(s.View(0).F32,
		[]float32{1, 4, 2, 5, 3, 6}) || s.Labels.Text(0) != "up" || s.Labels.Text(1) != "down" {
		t.Errorf("%v %v %v", s, s.View(0), s.Labels)
	}
	for text, want := range map[string]string{
		"":                                  "f.ts: no @data line",
		"1,2,3":                             `f.ts:1: "1,2,3" stands before @data`,
		"@data\n":                           "f.ts: no sequences",
		tsHead + "1,2:3:up":                 "f.ts:5: channel 2 has 1 steps, channel 1 has 2",
		tsHead + "1:2,3:up":                 "f.ts:5: channel 2 has 2 steps, channel 1 has 1",
		tsHead + "1,2:left":                 `f.ts:5: the label "left" is none of up, down`,
		tsHead + "up":                       "f.ts:5: a label and no values",
		tsHead + "1,2:3,4:up\n1:up":         "f.ts:6: 1 channels; the sequences before it have 2",
		tsHead + "1,?:up":                   "f.ts:5: channel 1, step 2: a missing value",
		tsHead + "1,NaN:up":                 "f.ts:5: channel 1, step 2: a missing value",
		tsHead + "1,1e999:up":               `f.ts:5: channel 1, step 2: "1e999" is no number`,
		tsHead + "1,x:up":                   `f.ts:5: channel 1, step 2: "x" is no number`,
		"@timeStamps true\n@data\n(0,1):up": "f.ts:1: time stamps within the values",
		"@data\n(0,1),(1,2)":                "f.ts:2: channel 1: time stamps within",
	} {
		if _, err := ReadTS(strings.NewReader(text), "f.ts"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestFolder(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	m := fstest.MapFS{
		"d/run_10.csv": file("#a, b\n5,6\n"), "d/run_2.csv": file("#a, b\n1,2\n3,4\n"),
		"d/target.csv": file("#id, class\n2,1\n10,-1\n"), "readme.txt": file("x"),
	}
	s, err := FromFS(m, "z", Folder{Labels: "target.csv"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.IDs, []string{"run_2", "run_10"}) || !slices.Equal(s.Labels.Numbers, []float64{1,
		-1}) || !slices.Equal(s.Features, []string{"a", "b"}) || !slices.Equal(s.View(0).F32, []float32{1, 2, 3, 4}) {
		t.Errorf("%v %v %v %v", s.IDs, s.Labels, s.Features, s.View(0))
	}
	try := func(o Folder, want string) {
		t.Helper()
		if _, err := FromFS(m, "z", o); err == nil || !strings.Contains(err.Error(),
			want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	try(Folder{Labels: "labels.csv"}, "z: no file labels.csv of labels")
	try(Folder{Files: "walk_*"}, "z: no file walk_* in it")
	try(Folder{Files: "[", Labels: "target.csv"}, "syntax error")
	// What is called otherwise than most and has other columns is no sequence; without such a most all are.
	if s, err = FromFS(m, "z", Folder{}); err != nil || s.Len() != 2 || !slices.Equal(s.Others,
		[]string{"d/target.csv"}) {
		t.Errorf("%v, others %v (%v)", s, s.Others, err)
	}
	n := fstest.MapFS{"a.csv": file("a,b\n1,2\n"), "b.csv": file("a,c\n1,2\n"), "c.csv": file("a,b\n1,2\n")}
	if _, err := FromFS(n, "z", Folder{}); err == nil || !strings.Contains(err.Error(),
		"z: b.csv: the columns [a c]; the files before it have [a b]") {
		t.Errorf("got %v", err)
	}
	m["d/run_3.csv"] = file("a,b\n1,x\n")
	try(Folder{Labels: "target.csv"}, `z: d/run_3.csv:2: b: "x" is no number`)
	m["d/run_3.csv"] = file("a,b\n1,1\n")
	try(Folder{Labels: "target.csv"}, "z: d/run_3.csv has no label in d/target.csv")
	m["d/target.csv"] = file("id,class\n2,1\n2,1\n")
	try(Folder{Labels: "target.csv"}, "z: d/target.csv:3: a second label for 2")
	if _, err := Open(filepath.Join(t.TempDir(), "none"), Folder{}); err == nil || !strings.Contains(err.Error(),
		"no such file or folder") {
		t.Errorf("got %v", err)
	}
	if _, err := ReadZip(strings.NewReader("PK"), 2, "z.zip", Folder{}); err == nil || !strings.Contains(err.Error(),
		"z.zip: no zip file") {
		t.Errorf("got %v", err)
	}
}

// Values that float32 holds rounded are scaled in float64, the same alone and among others: of 10⁸ ± 1 and of times in
// seconds. The scale is that of the numbers 0, 1, 2 and 3: mean 1.5, deviation √1.25.
func TestScaledInFloat64(t *testing.T) {
	for _, base := range []float64{0, 1e8, 1.7e9, -3e12} {
		text := "who,a\n"
		for k := range 4 {
			text += fmt.Sprintf("s%d,%s\n", k, data.FormatNumber(base+float64(k)))
		}
		s, err := FromTable(long(t, text), Long{ID: "who"})
		if err != nil {
			t.Fatal(err)
		}
		zscore, minmax := Padded{Set: s, Length: 1}, Padded{Set: s, Length: 1}
		zscore.Standardise(nil)
		minmax.MinMax(nil)
		for k := range 4 {
			x := make([]float32, 1)
			row := data.Row{*tensor.Of(x, 1, 1)}
			if err := zscore.Read(0, k, row); err != nil ||
				math.Abs(float64(x[0])-(float64(k)-1.5)/math.Sqrt(1.25)) > 1e-6 {
				t.Errorf("%v + %d is %v %v", base, k, x, err)
			}
			if err := minmax.Read(0, k, row); err != nil || math.Abs(float64(x[0])-float64(k)/3) > 1e-6 {
				t.Errorf("%v + %d is %v %v of the range", base, k, x, err)
			}
			one, err := FromTable(long(t, "who,a\nx,"+data.FormatNumber(base+float64(k))+"\n"), Long{ID: "who"})
			if err != nil {
				t.Fatal(err)
			}
			alone := Padded{Set: one, Length: 1, Shift: zscore.Shift, Divisor: zscore.Divisor}
			want := make([]float32, 1)
			err = errors.Join(zscore.Read(0, k, data.Row{*tensor.Of(want, 1, 1)}), alone.Read(0, 0, row))
			if err != nil || x[0] != want[0] {
				t.Errorf("%v + %d alone is %v, among others %v %v", base, k, x, want, err)
			}
		}
	}
	s, err := FromTable(long(t, "who,a\nx,1\nx,1e300\n"), Long{ID: "who"})
	if err != nil {
		t.Fatal(err)
	}
	p := Padded{Set: s, Length: 2}
	if err := p.Read(0, 0, data.Row{*tensor.New(tensor.Float32, 2, 1)}); err == nil || !strings.Contains(err.Error(),
		"sequence x, step 2: a is 1e+300 for the network, which is beyond float32; rescale the column") {
		t.Error(err)
	}
}

func TestArrays(t *testing.T) {
	s, err := FromNPZ("a.npz", []tensor.Named{{Name: "lengths", Tensor: tensor.Of([]int32{2, 1}, 2)},
		{Name: "x", Tensor: tensor.Of([]float32{1, 2, 3, 4, 5, 6}, 2, 3)}})
	if err != nil || !slices.Equal(s.Values.F32, []float32{1, 2, 4}) {
		t.Errorf("%v %v", s, err)
	}
	x := tensor.New(tensor.Float32, 2, 3, 4)
	for want, c := range map[string][3]*tensor.Tensor{
		"sequences are [samples, steps, features]": {tensor.New(tensor.Float32, 3), nil, nil},
		"1 lengths for 2":                          {x, tensor.Of([]int32{3}, 1), nil},
		"the length of sequence 1 is 0":            {x, tensor.Of([]int32{3, 0}, 2), nil},
		"sequence 0 has 4 steps of 3":              {x, tensor.Of([]int32{4, 1}, 2), nil},
		"labels of shape (3,) for 2":               {x, nil, tensor.New(tensor.Int32, 3)},
		"sequence 0, step 1: a missing value":      {tensor.Of([]float32{1, float32(math.NaN())}, 1, 2), nil, nil},
	} {
		if _, err := FromArrays("a", c[0], c[1], c[2]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func sharedDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set: no real sequences")
	}
	return filepath.Join(dir, "data", "series")
}

func TestRealSequences(t *testing.T) {
	dir := sharedDir(t)
	s, err := Open(filepath.Join(dir, "IndoorMovement.zip"),
		Folder{Files: "MovementAAL_RSS_*.csv", Labels: "MovementAAL_target.csv"})
	if err != nil {
		t.Fatal(err)
	}
	if s.String() != "IndoorMovement.zip: 314 sequences × 19 to 129 steps × 4 features" ||
		s.Features[0] != "RSS_anchor1" || s.IDs[9] != "MovementAAL_RSS_10" {
		t.Errorf("%v %v %v", s, s.Features, s.IDs[:10])
	}
	if _, levels := s.Labels.Codes(); !slices.Equal(levels, []string{"-1", "1"}) || s.View(0).F32[1] != -0.48 {
		t.Errorf("levels %v, first %v", levels, s.View(0).F32[:4])
	}
	for _, part := range []string{"TRAIN", "TEST"} {
		f, err := os.Open(filepath.Join(dir, "BasicMotions_"+part+".ts"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := ReadTS(f, "BasicMotions_"+part+".ts")
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		_, levels := s.Labels.Codes()
		if s.String() != "BasicMotions_"+part+".ts: 40 sequences × 100 steps × 6 features" || len(levels) != 4 {
			t.Errorf("%v %v", s, levels)
		}
		if part == "TRAIN" && s.View(0).F32[0] != 0.079106 {
			t.Errorf("the first value is %v", s.View(0).F32[0])
		}
	}
}

func FuzzReadTS(f *testing.F) {
	f.Add(tsHead + "1,2,3:4,5,6:up\n7:8:down")
	f.Add("@data\n1,2\n3\n")
	f.Add("@targetLabel true\n@data\n:::")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ReadTS(strings.NewReader(text), "f")
		if err == nil {
			whole(t, s)
		}
	})
}

func FuzzReadZip(f *testing.F) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, text := range map[string]string{"s_1.csv": "#a,b\n1,2\n", "t.csv": "id,c\n1,2\n"} {
		w, _ := z.Create(name)
		fmt.Fprint(w, text)
	}
	z.Close()
	f.Add(buf.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ReadZip(bytes.NewReader(b), int64(len(b)), "f.zip", Folder{Labels: "t.csv"})
		if err == nil {
			whole(t, s)
		}
	})
}

// whole holds a set to what readers promise.
func whole(t *testing.T, s *Set) {
	if s.Len() < 1 || len(s.IDs) != s.Len() || s.Begin[s.Len()] != s.Values.Shape[0] ||
		s.Values.Shape[1] != len(s.Features) || s.Labels != nil && s.Labels.Len() != s.Len() {
		t.Fatalf("%v: %v %v", s, s.Begin, s.Values.Shape)
	}
	for i := range s.Values.F32 { // as the file has them: those beyond float32 are refused by what computes with them
		if f := s.Values.Float(i); math.IsNaN(f) || math.IsInf(f, 0) {
			t.Fatalf("%v in it", f)
		}
	}
}

func ExampleReadTS() {
	s, err := ReadTS(strings.NewReader("@classLabel true walk run\n@data\n1,2,3:4,5,6:walk\n7,8:9,10:run\n"),
		"motion.ts")
	if err != nil {
		fmt.Println(err)
		return
	}
	p := &Padded{Set: s, Mask: true}
	if err := p.Check(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s)
	fmt.Println(p.Spec().Inputs[0].Shape, p.Spec().Inputs[1].Shape)
	// Output:
	// motion.ts: 2 sequences × 2 to 3 steps × 2 features
	// (3, 2) (3,)
}
