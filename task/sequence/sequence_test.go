package sequence

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/data"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
)

// walks are n sequences of 3 to 9 steps of two features, rising or falling ones: their class.
func walks(n int) (steps [][][2]float64, class []string) {
	for i := range n {
		var s [][2]float64
		slope, c := 1.0, "up"
		if i%2 == 1 {
			slope, c = -1, "down"
		}
		for t := range 3 + i*5%7 + i%3 {
			s = append(s, [2]float64{100 + 10*slope*float64(t) + 3*math.Sin(float64(5*i+t)), math.Cos(float64(i * t))})
		}
		steps, class = append(steps, s), append(class, c)
	}
	return steps, class
}

// forms writes the walks in every form that there is, and gives the data section for each.
func forms(t *testing.T, steps [][][2]float64, class []string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	long := "who,when,team,a,b,kind\n"
	ts := "@classLabel true up down\n@data\n"
	labels, team := "#id, kind\n", "id,team\n"
	var lengths []int32
	var flat []float32
	y := tensor.New(tensor.Int32, len(steps))
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	for i, s := range steps {
		one, columns := "#a, b\n", [2][]string{}
		for k, v := range s {
			a, b := strconv.FormatFloat(v[0], 'g', -1, 32), strconv.FormatFloat(v[1], 'g', -1, 32)
			long += fmt.Sprintf("s%d,%d,%d,%s,%s,%s\n", i, k+1, i/4, a, b, class[i])
			one += a + "," + b + "\n"
			columns[0], columns[1] = append(columns[0], a), append(columns[1], b)
			flat = append(flat, float32(v[0]), float32(v[1]))
		}
		ts += strings.Join(columns[0], ",") + ":" + strings.Join(columns[1], ",") + ":" + class[i] + "\n"
		put(t, fmt.Sprintf("%s/folder/w_%d.csv", dir, i+1), one)
		if w, err := z.Create(fmt.Sprintf("in/w_%d.csv", i+1)); err != nil {
			t.Fatal(err)
		} else if _, err := w.Write([]byte(one)); err != nil {
			t.Fatal(err)
		}
		labels += fmt.Sprintf("%d, %s\n", i+1, class[i])
		team += fmt.Sprintf("%d,%d\n", i+1, i/4)
		lengths = append(lengths, int32(len(s)))
		if class[i] == "up" {
			y.I32[i] = 1
		}
	}
	put(t, dir+"/folder/labels.csv", labels)
	put(t, dir+"/folder/team.csv", team)
	for name, text := range map[string]string{"labels.csv": labels, "team.csv": team} {
		if w, err := z.Create(name); err != nil {
			t.Fatal(err)
		} else if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	put(t, dir+"/w.zip", zipped.String())
	var packed bytes.Buffer
	g := gzip.NewWriter(&packed)
	if _, err := g.Write([]byte(ts)); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	npz := writeNPZ(t, tensor.Named{Name: "x", Tensor: tensor.Of(flat, len(flat)/2, 2)},
		tensor.Named{Name: "lengths", Tensor: tensor.Of(lengths, len(lengths))}, tensor.Named{Name: "y", Tensor: y})
	return map[string]string{
		"long": fmt.Sprintf("{source: %q, sequence: {id: who, step: when, features: [a, b], target: kind}}",
			put(t, dir+"/long.csv", long)),
		"ts":     fmt.Sprintf("{source: %q}", put(t, dir+"/w.ts", ts)),
		"ts.gz":  fmt.Sprintf("{source: %q}", put(t, dir+"/w.ts.gz", packed.String())),
		"folder": fmt.Sprintf("{source: %q, sequence: {labels: labels.csv, about: [team.csv]}}", dir+"/folder"),
		"zip": fmt.Sprintf("{source: %q, target: kind, sequence: {files: \"w_*.csv\", labels: labels.csv, about: "+
			"[team.csv]}}", dir+"/w.zip"),
		"npz": fmt.Sprintf("{source: %q}", npz),
	}
}

// TestSequenceForms: the same sequences learn to the same figures, whatever holds them, and a model file reads what its
// learning data were read from: evaluate gives the run's figures, predict a line for each sequence.
func TestSequenceForms(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	steps, class := walks(60)
	var first *run.Report
	names := []string{"long", "ts", "ts.gz", "folder", "zip", "npz"}
	if testing.Short() {
		names = names[:3]
	}
	for _, name := range names {
		section := forms(t, steps, class)[name]
		t.Run(name, func(t *testing.T) {
			r := open(t, "data: "+section+"\nsplit: {validation: 0.2, test: 0.2}\ntrain: {epochs: 4, batch_size: "+
				"8}\nmodel: [masking: -1.0e+9, gru: 8, dense: {units: 1, activation: sigmoid}]\n")
			if b := r.Spec.Train.Bucket; rows(r) != [3]int{36, 12, 12} || r.Fitted.Unit() != "sequence" || b == nil ||
				!*b {
				t.Fatalf("%v %s, bucket %v", rows(r), r.Fitted.Unit(), b)
			}
			if got := resolved(t, r); !strings.Contains(got, "length: 11\n") && !strings.Contains(got, "length: 11,") {
				t.Errorf("resolved:\n%s", got)
			}
			res, p := fit(t, r)
			if first == nil {
				first = res.Report
			}
			// The npz file has its classes as 0 and 1: the same numbers by another name.
			for _, part := range [][2]float64{{res.Report.Test.Of("loss"), first.Test.Of("loss")},
				{res.Report.Train.Of("loss"), first.Train.Of("loss")}} {
				if math.Abs(part[0]-part[1]) > 1e-6 {
					t.Errorf("the loss is %v, from a table in long form %v", part[0], part[1])
				}
			}
			e, err := p.evaluate(r.Spec.Data.Source, "")
			if err != nil {
				t.Fatal(err)
			}
			f := e.Metrics
			want := (36*res.Report.Train.Of("loss") + 12*res.Report.Validation.Of("loss") +
				12*res.Report.Test.Of("loss")) / 60
			if math.Abs(f.Of("loss")-want) > 1e-5 {
				t.Errorf("evaluate gives a loss of %v, the run %v", f.Of("loss"), want)
			}
			_, text, _, err := p.predict(r.Spec.Data.Source, nil)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			if err != nil || len(rows) != 61 || len(rows[0]) != 4 || rows[0][1] != "prediction" {
				t.Fatalf("%d rows under %v (%v)", len(rows), rows[0], err)
			}
			// A run from the resolved experiment is the same run.
			again, err := run.Read(filepath.Join(res.Dir, run.ExperimentFile))
			if err != nil {
				t.Fatal(err)
			}
			p2, err := run.Prepare(t.Context(), again)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := spec.Flatten(p2.Spec),
				spec.Flatten(r.Spec); a["data.sequence.length"] != b["data.sequence.length"] ||
				a["data.sequence.length"] == "" {
				t.Errorf("opened again it is\n%v\nnot\n%v", a, b)
			}
		})
	}
}

// TestSequencePadding: what the network gives does not depend on the padding: its length, its side, the batch that a
// sequence is in.
func TestSequencePadding(t *testing.T) {
	steps, class := walks(40)
	section := forms(t, steps, class)["ts"]
	with := func(keys string) *run.Prepared {
		return open(t, "data: "+strings.Replace(section, "{source", "{sequence: {"+keys+"}, source",
			1)+"\nsplit: {validation: 0.2, test: 0.2}\n")
	}
	outputs := func(r *run.Prepared, bucket bool) [][]float32 {
		l := data.Loader{Data: r.Parts[task.Train], Size: 5, Bucket: bucket}
		b, err := l.New()
		if err != nil {
			t.Fatal(err)
		}
		out := make([][]float32, r.Rows(task.Part(0)))
		for step := range l.Steps() {
			if err := l.Fill(b, 0, step); err != nil {
				t.Fatal(err)
			}
			if bucket { // batches of fewer steps are for learning; predicting pads to the model's length
				x := tensor.New(tensor.Float32, len(b.Samples), r.Model.InputTypes(1)[0].Shape[1], 2)
				for i := range x.F32 {
					x.F32[i] = paddingValue
				}
				n := b.Inputs[0].Shape[1] * 2
				for i := range b.Samples {
					copy(x.F32[i*len(x.F32)/len(b.Samples):], b.Inputs[0].F32[i*n:(i+1)*n])
				}
				b.Inputs[0] = x
			}
			y, err := r.Model.Predict(t.Context(), b.Inputs...)
			if err != nil {
				t.Fatal(err)
			}
			for i, sample := range b.Samples {
				out[sample] = slices.Clone(y[0].Rows(i, i+1).F32)
			}
		}
		return out
	}
	want := outputs(with("length: 11"), false)
	for _, keys := range []string{"length: 20", "length: 20, padding: before", "length: 11, padding: before"} {
		for i, y := range outputs(with(keys), false) {
			if math.Abs(float64(y[0]-want[i][0])) > 1e-6 {
				t.Errorf("%s: sequence %d gives %v, want %v", keys, i, y[0], want[i][0])
			}
		}
	}
	r := with("length: 40")
	for i, y := range outputs(r, true) {
		if math.Abs(float64(y[0]-want[i][0])) > 1e-6 {
			t.Errorf("in batches by length sequence %d gives %v, want %v", i, y[0], want[i][0])
		}
	}
	// Longer sequences lose their first steps, or with keep: first their last ones.
	for keys, step := range map[string]int{"length: 2": -2, "length: 2, keep: first": 0} {
		r := with(keys + ", scale: none")
		row := data.Row{*tensor.New(tensor.Float32, 2, 2), *tensor.New(tensor.Float32, 1)}
		for i := range 3 {
			if err := r.Parts[task.Train].Read(0, i, row); err != nil {
				t.Fatal(err)
			}
			s := steps[numbers(r.Parts[task.Train])[i]]
			at := (len(s) + step) % len(s)
			if math.Abs(float64(row[0].F32[0])-s[at][0]) > 1e-4 {
				t.Errorf("%s: sequence %d begins with %v, want %v", keys, i, row[0].F32[0], s[at][0])
			}
		}
	}
}

// TestSequenceScale: means and deviations are those of the steps of the learning sequences alone, without padding.
func TestSequenceScale(t *testing.T) {
	steps, class := walks(40)
	steps[3][0][0] = 1e6
	for seed := range 4 { // with sequence 3 in one part or another
		r := open(t, "data: "+forms(t, steps, class)["long"]+"\nsplit: {validation: 0.3, test: 0.3}\n",
			fmt.Sprintf("seed=%d", seed))
		n, sum, ss := 0.0, 0.0, 0.0
		for _, i := range numbers(r.Parts[task.Train]) {
			for _, s := range steps[i] {
				n, sum, ss = n+1, sum+s[0], ss+s[0]*s[0]
			}
		}
		mean := sum / n
		sd := math.Sqrt(ss/n - mean*mean)
		s := r.Fitted.(*Fitted)
		if math.Abs(s.Shift[0]-mean) > 1e-3*mean || math.Abs(s.Divisor[0]-sd) > 1e-3*sd {
			t.Errorf("seed %d: mean %v, sd %v; by hand %v, %v", seed, s.Shift[0], s.Divisor[0], mean, sd)
		}
	}
}

// TestFoldsOfSequences: five folds part all sequences, classes in their shares; groups stay whole, in a table and in a
// folder.
func TestFoldsOfSequences(t *testing.T) {
	steps, class := walks(60)
	all := forms(t, steps, class)
	for name, by := range map[string]string{"ts": "random", "long": "{group: team}", "zip": "{group: team}"} {
		var tested []int
		for fold := 1; fold <= 5; fold++ {
			r := open(t, "data: "+all[name]+"\nsplit: {folds: 5, by: "+by+", validation: 0.2}\n",
				fmt.Sprintf("split.fold=%d", fold))
			if r.Rows(task.Part(0))+r.Rows(task.Part(1))+r.Rows(task.Part(2)) != 60 || r.Rows(task.Part(1)) < 10 {
				t.Errorf("%s: parts of %v", name, rows(r))
			}
			part := map[int]int{}
			for k, d := range r.Parts {
				for _, i := range numbers(d) {
					if was, seen := part[i/4]; by != "random" && seen && was != k {
						t.Errorf("%s: group %d is in parts %d and %d", name, i/4, was, k)
					}
					part[i/4] = k
				}
			}
			rows := numbers(r.Parts[task.Test])
			tested = append(tested, rows...)
			ups := 0
			for _, i := range rows {
				ups += 1 - i%2
			}
			if by == "random" && (len(rows) != 12 || ups != 6) {
				t.Errorf("fold %d: %d sequences, %d of them rise", fold, len(rows), ups)
			}
			if got := r.Spec.Split.Folds; got != 5 {
				t.Errorf("resolved: %d folds", got)
			}
		}
		slices.Sort(tested)
		if len(tested) != 60 || tested[0] != 0 || tested[59] != 59 || len(slices.Compact(tested)) != 60 {
			t.Errorf("%s: the folds test %v", name, tested)
		}
	}
	// The group is no feature.
	text := "data: " + strings.Replace(all["long"], ", features: [a, b]", "", 1) + "\nsplit: {by: {group: team}}\n"
	if got := open(t, text).Fitted.(*Fitted).Names; !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("the features are %v", got)
	}
}

// TestSequenceMistakes: one line each, with its place and what to do.
func TestSequenceMistakes(t *testing.T) {
	steps, class := walks(20)
	all := forms(t, steps, class)
	dir := t.TempDir()
	files := 0
	file := func(name, text string) string {
		files++
		return put(t, filepath.Join(dir, fmt.Sprint(files), name), text)
	}
	long := func(text string) string {
		return fmt.Sprintf("data: {source: %q, sequence: {id: who, step: when, target: kind}}\n", file("l.csv", text))
	}
	body := "who,when,a,kind\n"
	for i := range 12 {
		body += fmt.Sprintf("s%d,1,%d,%[3]s\ns%[1]d,2,5,%[3]s\n", i, i, []string{"x", "y"}[i/2%2])
	}
	ts := func(text string) string { return fmt.Sprintf("data: {source: %q}\n", file("b.ts", text)) }
	empty := filepath.Join(dir, "e")
	put(t, filepath.Join(empty, "w_1.csv"), "a,b\n1,2\n")
	put(t, filepath.Join(empty, "w_2.csv"), "a,b\n")
	narrow := filepath.Join(dir, "n")
	put(t, filepath.Join(narrow, "w_1.csv"), "a,b\n1,2\n")
	put(t, filepath.Join(narrow, "w_2.csv"), "a\n1\n")
	for _, c := range []struct{ text, want string }{
		{long(body + "s3,2,7,x\n"), "l.csv:26: the same step of sequence s3 as l.csv:9; remove one of them"},
		{long(body + "s3,3,,y\n"), "l.csv:26: a: a missing value; fill it or remove the sequence"},
		{long(body + "s3,3,1,x\n"),
			`l.csv:26: the label "x" of sequence s3, which began with "y"; a sequence has one label`},
		{long(strings.Replace(body, "s4,2,5", "s4,2,hot", 1)),
			"l.csv: no column of numbers besides the id, the step and the label"},
		{strings.Replace(long(body), "id: who", "id: whom", 1), `l.csv: no column "whom"; did you mean "who"?`},
		{strings.Replace(long(body), "id: who, ", "", 1),
			"data.sequence: name the column that tells sequences apart; write sequence: {id: COLUMN}"},
		{strings.Replace(long(body), "id: who", "id: who, lenght: 4", 1),
			`data.sequence.lenght: unknown key; did you mean "length"?`},
		{strings.Replace(long(body), "id: who", "id: who, length: 0", 1),
			"length: 0 is not a number of steps; give 1 or more"},
		{strings.Replace(long(body), "id: who", "id: who, files: x", 1), "are of a folder or a zip file"},
		{strings.Replace(long(body), "sequence:", "features: zscore, sequence:", 1),
			"data.features: the features of sequences are named under sequence"},
		{strings.Replace(long(body), ", target: kind", "", 1),
			"the sequences have no labels; name their column by sequence: {target: COLUMN}"},
		{"data: " + all["zip"] + "\nsplit: {by: {group: a}}\n",
			"split.by: a is not known of every sequence, or changes within one; there are sequence, kind, team"},
		{long(body) + "split: {by: time}\n", "split.by: time orders the steps within a sequence"},
		{long(body) + "split: {folds: 5, fold: 6}\n", "split.fold: 6 of 5 folds; give 1 to 5"},
		{long(body) + "split: {fold: 2}\n", "split.fold: 2, but folds does not say of how many; write folds: 5"},
		{long(body) + "split: {folds: 5, test: 0.2}\n",
			"split.test: 0.2, but the test set is fold 1 of 5; leave one out"},
		{long(body) + "model: [masking: 0.5, lstm: {units: 3, return_sequences: true}, dense: 1]\n",
			"let the last recurrent layer give no sequence"},
		{strings.Replace(long(body), "id: who", "scale: none, id: who", 1) +
			"model: [masking: 5, lstm: 3, dense: 1]\ntrain: {loss: mse}\n",
			"model[0]: l.csv: all steps of sequence s5 hold 5 in every feature, which masking leaves out"},
		{ts("@classLabel true up down\n@data\n1,2:3,4:up\n1,2:left\n"),
			`b.ts:4: the label "left" is none of up, down of @classLabel`},
		{ts("@classLabel true up down\n@data\n1,2:3,4:up\n1,2:down\n"),
			"b.ts:4: 1 channels; the sequences before it have 2"},
		{ts("@classLabel true up down\n@data\n1,2:3:up\n"), "b.ts:3: channel 2 has 1 steps, channel 1 has 2"},
		{ts("@data\n1,2:3,4\n"), "b.ts: the sequences have no labels"},
		{fmt.Sprintf("data: {source: %q}\n", empty), "w_2.csv: a header and no rows"},
		{fmt.Sprintf("data: {source: %q}\n", narrow), "w_2.csv: the columns [a]; the files before it have [a b]"},
		{"data: " + strings.Replace(all["folder"], "labels: labels.csv, ", "", 1) + "\n",
			"folder: the sequences have no labels; name their file by sequence: {labels: FILE}; there are labels.csv"},
		{"data: " + strings.Replace(all["zip"], "labels.csv", "label.csv", 1) + "\n",
			"w.zip: no file label.csv of labels in it"},
	} {
		_, err := prepare("", c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\ngives %v\nwant %q", c.text, err, c.want)
		}
	}
	// Missing steps are a note; so is padding that the network does not mask.
	r := open(t, long(strings.Replace(strings.Replace(body, "s4,2,5", "s4,4,5", 1), "s2,1,2,y\n", "",
		1))+"split: {validation: 0.2, test: 0.2}\nmodel: [flatten, dense: 1]\ntrain: {loss: mse}\n")
	notes := strings.Join(r.Notes, "\n")
	for _, want := range []string{"sequence s4 goes from step 1 to 4; they are taken to follow each other",
		"sequences differ in length and the network does not mask the padding"} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes:\n%s\nlack %q", notes, want)
		}
	}
}

// TestSequenceProduct: a model file refuses what it did not learn from, and one with a scale that could not have been
// written.
func TestSequenceProduct(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	steps, class := walks(30)
	all := forms(t, steps, class)
	learn := func(text string) trained {
		t.Helper()
		_, p := fit(t, open(t, text))
		return p
	}
	p := learn("data: " + all["long"] + "\nsplit: {validation: 0.2, test: 0.2}\ntrain: {epochs: 1}\n")
	dir := t.TempDir()
	bad := func(p trained, file, text, want string) {
		t.Helper()
		_, err := p.evaluate(put(t, filepath.Join(dir, file), text), "")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
	bad(p, "a.csv", "who,when,a\nx,1,2\n", `no column "b"`)
	bad(p, "b.csv", "who,when,a,b,kind\nx,1,2,3,left\n", "left")
	bad(p, "c.csv", "who,when,a,b\nx,1,2,3\n", `no column "kind"`)
	bad(p, "d.ts", "@data\n1,2\n", "1 feature a step (c1), but the network was trained on 2 (a, b)")
	// Without labels it predicts; from standard input too; the columns may stand in another order.
	out, text, _, err := p.predict("-", strings.NewReader("b,who,a,when\n1,x,100,1\n0,x,110,2\n1,y,100,1\n"))
	if err != nil || out[0].Shape[0] != 2 {
		t.Fatalf("%v %v", out, err)
	}
	if !strings.HasPrefix(text, "who,prediction,p(down),p(up)\nx,") {
		t.Error(text)
	}
	// A network that learnt from sequences of one length without a mask takes no shorter ones.
	even := "@classLabel true up down\n@data\n" + strings.Repeat("1,2,3:1,2,4:up\n3,2,1:4,2,1:down\n", 10)
	p = learn(fmt.Sprintf("data: {source: %q}\nsplit: {validation: 0.2, test: 0.2}\nmodel: [flatten, dense: {units: "+
		"1, activation: sigmoid}]\ntrain: {epochs: 1}\n", put(t, filepath.Join(dir, "even.ts"), even)))
	bad(p, "short.ts", "@classLabel true up down\n@data\n1,2:1,2:up\n",
		"sequence 1 has 2 steps; the network was trained on 3 without padding and does not mask it")
	member, err := json.Marshal(p.Fitted)
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{`"divisor":[`: `"divisor":[0,`, `"length":3`: `"length":0`,
		`"names":["c1",`: `"names":[`} {
		if _, err := (Task{}).Restore(bytes.Replace(member, []byte(from), []byte(to), 1)); err == nil ||
			!bytes.Contains(member, []byte(from)) {
			t.Errorf("a recipe with %s passes", to)
		}
	}
}

// TestSequenceArray: [samples, steps, features] with sequence: true are sequences with a mask; without it they are
// arrays as ever.
func TestSequenceArray(t *testing.T) {
	x, y := tensor.New(tensor.Float32, 20, 6, 2), tensor.New(tensor.Int32, 20)
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(i)))
	}
	for i := range y.I32 {
		y.I32[i] = int32(i % 2)
	}
	path := writeNPZ(t, tensor.Named{Name: "x", Tensor: x}, tensor.Named{Name: "y", Tensor: y})
	r := open(t, fmt.Sprintf("data: {source: %q, sequence: true}\nsplit: {validation: 0.2, test: 0.2}\n", path))
	if r.Task.Name() != "sequence" || !strings.Contains(resolved(t, r), "bidirectional") {
		t.Errorf("it is\n%s", resolved(t, r))
	}
	if r := open(t, fmt.Sprintf("data: {source: %q}\nsplit: {validation: 0.2, test: 0.2}\n",
		path)); r.Task.Name() != "arrays" {
		t.Errorf("without a word it is %s", r.Task.Name())
	}
}
