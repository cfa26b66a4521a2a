package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorae/internal/file"
	"gorae/internal/ram"
	"gorae/run"
	"gorae/tensor"
)

// rowsOf is a table of two columns and a class, whose rows depend on shift.
func rowsOf(n, shift int) string {
	var b strings.Builder
	b.WriteString("a,b,y\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%d,%d\n", i*7%31, i*i%17, (i+shift)%2)
	}
	return b.String()
}

// refused runs a command that must fail with a text in one line.
func refused(t *testing.T, status int, want string, args ...string) {
	t.Helper()
	_, stderr, got := gorae("", args...)
	if got != status || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
		t.Errorf("%q: status %d, %q; want %d and %q", args, got, stderr, status, want)
	}
}

// A run that was stopped is not continued with other data, and no metric of other data is ever told as its own.
func TestResumeChangedData(t *testing.T) {
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
	if err == nil || said != "gorae: GORAE_CPU=axv2: no instruction set; give one of avx512, avx2, generic, or leave "+
		"it "+
		"out for the best that the machine has\n" {
		t.Errorf("%v %q", err, said)
	}
}

// Nothing is lost by a prediction's name.
func TestPredictOutput(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "D.csv", rowsOf(80, 0))
	put(t, "e.yaml", "data: {source: D.csv, target: y}\ntrain: {epochs: 1}\n")
	must(t, "train", "e.yaml", "--out", "r", "-q")
	if err := os.Symlink("D.csv", "link.csv"); err != nil {
		t.Fatal(err)
	}
	put(t, "dir.csv/x", "")
	before := get(t, "D.csv")
	for output, want := range map[string]string{
		"D.csv":    "--output D.csv: it is the file of --input too, which would be lost; name another",
		"link.csv": "--output link.csv: it is the file of --input too",
		"dir.csv":  "--output dir.csv: a directory; name a file in it",
		"no/p.csv": "--output no/p.csv: there is no directory no",
	} {
		refused(t, 2, want, "predict", "r/model.keras", "--input", "D.csv", "--output", output)
	}
	if get(t, "D.csv") != before {
		t.Error("the input has changed")
	}
	put(t, "p.csv", "former")
	if err := os.Chmod("p.csv", 0o600); err != nil {
		t.Fatal(err)
	}
	_, said := must(t, "predict", "r/model.keras", "--input", "D.csv", "--output", "p.csv")
	if !strings.Contains(said, "note: p.csv: there was such a file, and it has been replaced\n") {
		t.Errorf("%q", said)
	}
	if st, err := os.Stat("p.csv"); err != nil || st.Mode().Perm() != 0o600 || st.Size() < 100 {
		t.Errorf("%v %v", st, err)
	}
	if _, said := must(t, "predict", "r/model.keras", "--input", "D.csv", "--output", "q.csv"); said != "" {
		t.Errorf("%q", said)
	}
}

// A picture that cannot be drawn is a warning, and the model, the metrics and the end of the run do not depend on it.
func TestPictureFails(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "D.csv", rowsOf(80, 0))
	put(t, "e.yaml", "data: {source: D.csv, target: y}\ntrain: {epochs: 2, callbacks: []}\n")
	must(t, "train", "e.yaml", "--out", "sound", "-q")
	put(t, "r/"+run.CurveFile+".png/in the way", "")
	// A run directory must be empty, so the run is one that was stopped at its beginning.
	put(t, "r/"+run.ExperimentFile, get(t, "sound/"+run.ExperimentFile))
	put(t, "r/"+run.InputsFile, get(t, "sound/"+run.InputsFile))
	out, said := must(t, "train", "e.yaml", "--out", "r", "--resume", "-q")
	if !strings.HasPrefix(said, "warning: r/learning-curve.png: a directory; ") || strings.Count(said, "\n") != 1 ||
		!strings.Contains(out, "r/model.keras") || strings.Contains(out, "learning-curve") {
		t.Errorf("%q, %q", said, out)
	}
	if get(t, "r/model.keras") != get(t, "sound/model.keras") || metricsJSON(t, "r") != metricsJSON(t, "sound") {
		t.Error("the model or its metrics are others")
	}
}

// An experiment file writes below its run directory alone, and off the run's own files.
func TestExperimentStaysInside(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "victim.csv", "kept")
	before := contents(t)
	for written, want := range map[string]string{
		"csv_logger: {filename: ../victim.csv}":              `csv_logger.filename: "../victim.csv" lies outside`,
		"csv_logger: {filename: a/../../victim.csv}":         "lies outside of the run directory",
		"csv_logger: {filename: '" + t.TempDir() + "/x'}":    "lies outside of the run directory",
		"model_checkpoint: {filepath: '../e-{epoch}.keras'}": "model_checkpoint.filepath",
		"model_checkpoint: {filepath: last.keras}":           `"last.keras" is a file of the run itself`,
		"csv_logger: {filename: ./metrics.json}":             "is a file of the run itself",
		"csv_logger: {filename: experiment.yaml}":            "is a file of the run itself",
		"model_checkpoint: {filepath: 'x/../model.keras'}":   "is a file of the run itself",
		"csv_logger: {filename: History.csv}":                "is a file of the run itself",
		"csv_logger: {filename: last.keras/log.csv}":         `"last.keras" is a file of the run itself`,
	} {
		put(t, "e.yaml", "data: {source: embed:iris}\ntrain: {epochs: 1, callbacks: [{"+written+"}]}\n")
		refused(t, 1, want, "train", "e.yaml", "--out", "r", "-q")
	}
	if err := os.Remove("e.yaml"); err != nil {
		t.Fatal(err)
	}
	if after := contents(t); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("%v, before %v", after, before)
	}
	put(t, "e.yaml", "data: {source: embed:iris}\ntrain: {epochs: 1, callbacks: [{csv_logger: {filename: a/b.csv}}]}\n")
	must(t, "train", "e.yaml", "--out", "r", "-q")
	if !strings.HasPrefix(get(t, "r/a/b.csv"), "epoch,") {
		t.Error("a file in a folder of the run directory")
	}
}

// A run directory of another person may have links: nothing is written through those that lead out of it.
func TestLinksOutOfTheRun(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: embed:iris}\ntrain: {epochs: 1, callbacks: [{csv_logger: {filename: a/b.csv}}]}\n")
	must(t, "train", "e.yaml", "--out", "r", "-q")
	if err := os.Remove("r/" + run.MetricsFile); err != nil {
		t.Fatal(err)
	}
	put(t, "victim", "kept")
	put(t, "victims/b.csv", "kept")
	for _, link := range []struct{ from, to string }{
		{"r/" + run.HistoryFile, "../victim"}, {"r/a", "../victims"}, {"r/" + file.LockName, "../new"},
		{"r/a/b.csv", filepath.Join("..", "..", "victim")}, {"r/" + run.CurveFile + ".png", "../victim"},
	} {
		if err := os.Rename(link.from, "aside"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if err := os.Symlink(link.to, link.from); err != nil {
			t.Skip("no links here:", err)
		}
		refused(t, 1, link.from+": a link that leads out of this directory; remove it", "train", "e.yaml", "--out", "r",
			"--resume", "-q")
		if err := os.Remove(link.from); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename("aside", link.from); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat("new"); err == nil || get(t, "victim") != "kept" || get(t, "victims/b.csv") != "kept" {
		t.Error("something was written out of the run directory")
	}
	// The directory itself may be a link, and so may a name within it to another.
	if err := os.Rename("r", "moved"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink("moved", "r"), os.Symlink("a/b.csv", "moved/log.csv")); err != nil {
		t.Fatal(err)
	}
	must(t, "train", "e.yaml", "--out", "r", "--resume", "-q")
}

// What a variable stands for is in no file of the run, which can be continued all the same.
func TestVariablesStayWritten(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	t.Chdir(t.TempDir())
	const secret = "s3cr3t-t0ken"
	put(t, "sub/d-"+secret+"/x.csv", rowsOf(80, 0))
	t.Setenv("SECRET_TOKEN", secret)
	t.Setenv("WHERE", filepath.Join("sub", "d-"+secret))
	for i, source := range []string{"d-${SECRET_TOKEN}/x.csv", "../sub/d-$SECRET_TOKEN/x.csv", "${WHERE}/x.csv"} {
		put(t, "sub/e.yaml", `data: {source: "`+source+`", target: y}`+"\ntrain: {epochs: 1}\n")
		dir := fmt.Sprint("runs/r", i)
		must(t, "train", "sub/e.yaml", "--out", dir, "-q")
		for name := range contents(t) {
			if strings.HasPrefix(name, dir) && strings.Contains(get(t, name), secret) {
				t.Errorf("%s: %s holds the secret", source, name)
			}
		}
		must(t, "train", "sub/e.yaml", "--out", dir, "--resume", "-q")
		must(t, "train", dir+"/experiment.yaml", "--out", dir+"-again", "-q")
		if get(t, dir+"/model.keras") == "" || metricsJSON(t, dir) != metricsJSON(t, dir+"-again") {
			t.Errorf("%s: the experiment of the run directory gives another run", source)
		}
	}
}

func TestNetworkIsAskedFor(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, url := range []string{"https://127.0.0.1:1/x.csv", "postgres://u@127.0.0.1:1/db", "s3://bucket/x.csv"} {
		put(t, "e.yaml", "data: {source: '"+url+"', target: y}\n")
		refused(t, 1, url+": URLs of this kind are not read; fetch the file", "train", "e.yaml", "-q")
	}
}

// Escapes and line ends of files reach no screen.
func TestTextFromFilesIsShown(t *testing.T) {
	t.Chdir(t.TempDir())
	evil := "\x1b[2J\x1b]0;pwned\a\u009b1m\u202e"
	put(t, "d.csv", "a"+evil+",y\n1,x"+evil+"\n2,z\n3,x"+evil+"\n")
	put(t, "e.yaml", "data: {source: embed:iris, \"k"+strings.ReplaceAll(evil, "\x1b", `\e`)[:3]+strings.Repeat("k",
		9000)+
		"\": 1}\n")
	put(t, "n.keras", evil)
	for _, args := range [][]string{
		{"data", "inspect", "d.csv", "--target", "y"}, {"train", "e.yaml"}, {"train", evil + ".yaml"},
		{"summary", "n.keras"},
		{"data", "inspect", "d.csv", "--target", evil},
	} {
		out, said, _ := gorae("", args...)
		for _, bad := range []string{"\x1b", "\a", "\u009b", "\u202e"} {
			if strings.Contains(out+said, bad) {
				t.Errorf("%q: %q", args, out+said)
			}
		}
		if len(said) > 1200 {
			t.Errorf("%q: an error of %d bytes", args, len(said))
		}
	}
}

// bounded runs a command with an amount of memory, and measures that it ends soon.
func bounded(t *testing.T, stdin io.Reader, memory string, args ...string) (stderr string, status int) {
	t.Helper()
	defer ram.SetLimit(ram.SetLimit(0))
	var out, err bytes.Buffer
	begun := time.Now()
	status = execute(t.Context(), append(args, "--memory", memory), stdin, &out, &err)
	if took := time.Since(begun); took > time.Minute {
		t.Errorf("%q: %v", args, took)
	}
	return err.String(), status
}

// endless gives a text without an end.
type endless struct{ text string }

func (e endless) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		n += copy(b[n:], e.text)
	}
	return n, nil
}

// What unpacks to a thousand times its size, and what has no end, is refused in bounded time and memory.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Chdir(t.TempDir())
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := io.CopyN(z, endless{"1,2,3,4\n"}, 1<<28); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	put(t, "bomb.csv.gz", packed.String())
	put(t, "bomb.npz", npzBomb(t, 1<<28))
	big := []byte(pngHeader(40_000, 30_000))
	put(t, "big.png", string(big))
	for _, c := range []struct {
		stdin io.Reader
		args  []string
		want  string
	}{
		{nil, []string{"data", "inspect", "bomb.csv.gz"}, "reading it takes more than "},
		{nil, []string{"data", "inspect", "bomb.npz"}, "reading it takes more than "},
		{endless{"1,2\n"}, []string{"data", "inspect", "-"}, "reading it takes more than "},
		{endless{"x"}, []string{"data", "inspect", "-"}, "reading it takes more than "},
		{nil, []string{"data", "inspect", "big.png"}, "40000 × 30000 pixels"},
	} {
		if said, status := bounded(t, c.stdin, "300MB", c.args...); status != 1 || !strings.Contains(said, c.want) ||
			strings.Count(said, "\n") != 1 {
			t.Errorf("%q: status %d, %q", c.args, status, said)
		}
	}
	if _, err := os.Stat("/dev/zero"); err == nil {
		refused(t, 1, "/dev/zero: a device, no file", "data", "inspect", "/dev/zero")
	}
	refused(t, 2, "--memory 5XB: no amount of memory", "data", "list", "--memory", "5XB")
}

// pngHeader is the beginning of a PNG of 16 bits and four channels (RFC 2083: signature, IHDR with its CRC).
func pngHeader(width, height uint32) string {
	m := image.NewNRGBA64(image.Rect(0, 0, 1, 1))
	var b bytes.Buffer
	_ = png.Encode(&b, m) // a buffer takes everything
	p := b.Bytes()
	binary.BigEndian.PutUint32(p[16:], width)
	binary.BigEndian.PutUint32(p[20:], height)
	binary.BigEndian.PutUint32(p[29:], crc(p[12:29]))
	return string(p)
}

// A model of the present version whose column and classes have line ends and escapes in their names trains,
// evaluates and predicts; they reach screens escaped, and a file of predictions as they are.
func TestControlCharactersInModel(t *testing.T) {
	t.Chdir(t.TempDir())
	evil := "n\n\x1b[31m\a"
	var rows bytes.Buffer
	w := csv.NewWriter(&rows)
	records := [][]string{{"a" + evil, "b", "y" + evil}}
	for i := range 60 {
		records = append(records, []string{fmt.Sprint(i % 7), fmt.Sprint(i % 5), evil + []string{"u", "v"}[i%2]})
	}
	if err := w.WriteAll(records); err != nil {
		t.Fatal(err)
	}
	put(t, "d"+evil+".csv", rows.String())
	written := strings.NewReplacer("\n", `\n`, "\x1b", `\e`, "\a", `\a`).Replace(evil)
	put(t, "e.yaml", `data: {source: "d`+written+`.csv", target: "y`+strings.ReplaceAll(written, `\n`, " ")+`"}`+"\ntrain: {epochs: 1}\n")
	// A line end in a header is read as a blank; in a class it stays.
	column := strings.ReplaceAll("y"+evil, "\n", " ")
	shown := func(args ...string) string {
		t.Helper()
		out, said := must(t, args...)
		if strings.ContainsAny(out+said, "\x1b\a") || strings.Contains(out+said, "n\n\\x1b") {
			t.Errorf("%q: %q", args, out+said)
		}
		return out + said
	}
	if said := shown("train", "e.yaml", "--out", "r"); !strings.Contains(said, `yn \x1b[31m\a`) {
		t.Errorf("the column is not named: %q", said)
	}
	shown("evaluate", "r/model.keras", "--data", "d"+evil+".csv")
	shown("summary", "r/model.keras")
	shown("data", "inspect", "d"+evil+".csv", "--target", column)
	shown("predict", "r/model.keras", "--input", "d"+evil+".csv", "--output", "p.csv")
	predicted, err := csv.NewReader(strings.NewReader(get(t, "p.csv"))).ReadAll()
	if err != nil || len(predicted) != 61 || predicted[0][1] != "p("+evil+"u)" ||
		!strings.HasPrefix(predicted[1][0], evil) {
		t.Errorf("%v %q", err, predicted[:min(2, len(predicted))])
	}
}
