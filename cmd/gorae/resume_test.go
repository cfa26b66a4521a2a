package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/run"
	"gorae/tensor"
)

// A run that was stopped is not continued with other data, and no metric of other data is ever told as its own.
func TestResumeChangedData(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a second; continuous integration runs it")
	}
	t.Chdir(t.TempDir())
	put(t, "D.csv", rowsOf(80, 0))
	put(t, "T.csv", rowsOf(20, 0))
	put(t, "e.yaml", "data: {source: D.csv, target: y, test: {source: T.csv}}\ntrain: {epochs: 3, callbacks: []}\n")
	must(t, "train", "e.yaml", "--out", "r", "-q")
	unfinish := func() {
		t.Helper()
		if err := os.Remove("r/" + run.MetricsFile); err != nil {
			t.Fatal(err)
		}
	}
	unfinish()
	for _, name := range []string{"D.csv", "T.csv"} {
		former := get(t, name)
		put(t, name, strings.Replace(former, "\n7,1,", "\n7,1.0,", 1)) // one byte more of the same number
		key := map[string]string{"D.csv": "data.source", "T.csv": "data.test.source"}[name]
		refused(t, 1, "r: the data have changed since the run began: "+key+" had the SHA-256 ",
			"train", "e.yaml", "--out", "r", "--resume", "-q")
		put(t, name, former)
	}
	must(t, "train", "e.yaml", "--out", "r", "--resume", "-q")
	put(t, "D.csv", rowsOf(80, 1))
	refused(t, 1, "the data have changed", "train", "e.yaml", "--out", "r", "--resume", "-q") // a finished one, too
	put(t, "D.csv", rowsOf(80, 0))
	unfinish()
	in := get(t, "r/"+run.InputsFile)
	at := strings.Index(in, `"split": "`) + len(`"split": "`)
	put(t, "r/"+run.InputsFile, in[:at]+"0000"+in[at+4:])
	refused(t, 1, "r: the split of the samples has changed", "train", "e.yaml", "--out", "r", "--resume", "-q")
}

// A picture that a table lists is part of the data.
func TestResumeChangedPicture(t *testing.T) {
	t.Chdir(t.TempDir())
	draw := func(name string, shift int) {
		m := image.NewGray(image.Rect(0, 0, 8, 8))
		for i := range m.Pix {
			m.Pix[i] = uint8(i*3 + shift)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		put(t, name, b.String())
	}
	list := "picture,class\n"
	for i := range 20 {
		name := fmt.Sprintf("p/%d.png", i)
		draw(name, i)
		list += name + "," + []string{"x", "z"}[i%2] + "\n"
	}
	put(t, "list.csv", list)
	put(t, "e.yaml", "data: {source: list.csv, target: class}\nmodel: [{flatten: {}}, {dense: {units: 2, activation: "+
		"softmax}}]\ntrain: {epochs: 1}\n")
	must(t, "train", "e.yaml", "--out", "r", "-q")
	draw("p/3.png", 100)
	refused(t, 1, "data.source (listed files)", "train", "e.yaml", "--out", "r", "--resume", "-q")
}

// Whatever holds the data, a change of one of its bytes or names is seen: arrays in one file, files packed into one,
// folders of files, and folders that a link names.
func TestResumeChangedFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	t.Chdir(t.TempDir())
	arrays := func(shift float32) string {
		x, y := tensor.New(tensor.Float32, 40, 3), tensor.New(tensor.Int32, 40)
		for i := range x.F32 {
			x.F32[i] = float32(i*i%19) + shift
		}
		for i := range y.I32 {
			y.I32[i] = int32(i % 2)
		}
		var b bytes.Buffer
		if err := tensor.WriteNPZ(&b, []tensor.Named{{Name: "x", Tensor: x}, {Name: "y", Tensor: y}}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	picture := func(shift int) string {
		m := image.NewGray(image.Rect(0, 0, 8, 8))
		for i := range m.Pix {
			m.Pix[i] = uint8(i*3 + shift)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	sequences := func(last string) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		add := func(name, text string) {
			w, err := z.Create(name)
			if err == nil {
				_, err = io.WriteString(w, text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		labels := "run,kind\n"
		for i := range 24 {
			add(fmt.Sprintf("run_%d.csv", i), fmt.Sprintf("a,b\n%d,1\n%d,%s\n", i, i%5, last))
			labels += fmt.Sprintf("%d,%s\n", i, []string{"walk", "run"}[i%2])
		}
		add("labels.csv", labels)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	put(t, "a.npz", arrays(0))
	put(t, "s.zip", sequences("2"))
	for i := range 24 {
		class := []string{"x", "z"}[i%2]
		put(t, fmt.Sprintf("pictures/%s/%d.png", class, i), picture(i))
		put(t, fmt.Sprintf("elsewhere/%s/%d.png", class, i), picture(i))
		put(t, fmt.Sprintf("texts/%s/%d.txt", class, i), fmt.Sprint("good bad fair ", class, i))
	}
	for _, class := range []string{"x", "z"} {
		if err := os.MkdirAll("linked", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("../elsewhere/"+class, "linked/"+class); err != nil {
			t.Skip("no links here:", err)
		}
	}
	const flat = "model: [{flatten: {}}, {dense: {units: 2, activation: softmax}}]\n"
	for name, c := range map[string]struct {
		data, model string
		change      func()
	}{
		"npz": {"source: a.npz", "", func() { put(t, "a.npz", arrays(1)) }},
		"zip": {"source: s.zip, target: kind, sequence: {labels: labels.csv}", "",
			func() { put(t, "s.zip", sequences("3")) }},
		"a picture":        {"source: pictures", flat, func() { put(t, "pictures/x/4.png", picture(90)) }},
		"a linked picture": {"source: linked", flat, func() { put(t, "elsewhere/z/5.png", picture(90)) }},
		"one picture more": {"source: pictures", flat, func() { put(t, "pictures/x/400.png", picture(4)) }},
		"a picture's name": {"source: pictures", flat, func() {
			if err := os.Rename("pictures/x/2.png", "pictures/x/2b.png"); err != nil {
				t.Fatal(err)
			}
		}},
		"a text": {"source: texts, target: class, features: {text: {text: {words: 20, length: 4}}, id: drop}",
			"model: [{embedding: {input_dim: vocabulary, output_dim: 2}}, {flatten: {}}, " +
				"{dense: {units: 1, activation: sigmoid}}]\n",
			func() { put(t, "texts/x/4.txt", "good bad fair y4") }},
	} {
		experiment, out := name+".yaml", "run of "+name
		put(t, experiment, "data: {"+c.data+"}\n"+c.model+"train: {epochs: 1}\n")
		must(t, "train", experiment, "--out", out, "-q")
		must(t, "train", experiment, "--out", out, "--resume", "-q")
		if err := os.Remove(filepath.Join(out, run.MetricsFile)); err != nil {
			t.Fatal(err)
		}
		before := get(t, filepath.Join(out, run.LastFile))
		c.change()
		refused(t, 1, out+": the data have changed since the run began: data.source had the SHA-256 ",
			"train", experiment, "--out", out, "--resume", "-q")
		if get(t, filepath.Join(out, run.LastFile)) != before {
			t.Errorf("%s: the refused run has written", name)
		}
	}
}

// A run is continued with the kernels that it began with, or with others where that is asked for.
func TestResumeOtherCPU(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	t.Chdir(t.TempDir())
	put(t, "D.csv", rowsOf(80, 0))
	put(t, "e.yaml", "data: {source: D.csv, target: y}\ntrain: {epochs: 2, callbacks: []}\n")
	with := func(cpu string, args ...string) (string, error) {
		c, stderr := process(t, append([]string{"train", "e.yaml", "--out", "r"}, args...)...)
		c.Env = append(c.Env, "GORAE_CPU="+cpu)
		err := c.Run()
		return stderr.String(), err
	}
	if said, err := with("generic", "-q"); err != nil {
		t.Fatal(said)
	}
	in := get(t, "r/"+run.InputsFile)
	if !strings.Contains(in, `"cpu": "generic"`) {
		t.Fatal(in)
	}
	// As if it had begun on a processor of another kind.
	put(t, "r/"+run.InputsFile, strings.Replace(in, "generic", "avx512", 1))
	if _, err := with("generic", "--resume", "-q"); err != nil {
		t.Error("a finished run is not computed again:", err)
	}
	if err := os.Remove("r/" + run.MetricsFile); err != nil {
		t.Fatal(err)
	}
	said, err := with("generic", "--resume", "-q")
	if err == nil || !strings.Contains(said, "r: the run began with avx512 kernels, and this machine has generic, "+
		"whose "+
		"results differ in their last bits; continue it where it began, or give --any-cpu") {
		t.Errorf("%v %q", err, said)
	}
	said, err = with("generic", "--resume", "--any-cpu")
	if err != nil || !strings.Contains(said, "note: the run began with avx512 kernels and goes on with generic: its "+
		"bits "+
		"differ") {
		t.Errorf("%v %q", err, said)
	}
	said, err = with("axv2", "--resume")
	if err == nil || said != "gorae: GORAE_CPU=axv2: no instruction set; give one of avx512, avx2, neon, generic, or "+
		"leave it out for the best that the machine has\n" {
		t.Errorf("%v %q", err, said)
	}
}
