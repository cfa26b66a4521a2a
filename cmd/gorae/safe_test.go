package main

import (
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
	if _, said := must(t, "predict", "r/model.keras", "--input", "D.csv", "--output", "q.csv"); said !=
		"D.csv: y (2 classes) predicted for 80 rows\n" {
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
		"tensorboard: {log_dir: ../logs}":                    "lies outside of the run directory",
		"backup_and_restore: {backup_dir: ../backup}":        "lies outside of the run directory",
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
	if testing.Short() {
		t.Skip("takes half a second; continuous integration runs it")
	}
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
	for url, says := range map[string]string{
		"https://127.0.0.1:1/x.csv":   "https://127.0.0.1:1/x.csv: URLs of this kind are not read; fetch the file",
		"s3://bucket/x.csv":           "s3://bucket/x.csv: URLs of this kind are not read; fetch the file",
		"postgres://u@127.0.0.1:1/db": "postgres: this program is without the driver of such databases",
	} {
		put(t, "e.yaml", "data: {source: '"+url+"', target: y}\n")
		refused(t, 1, says, "train", "e.yaml", "-q")
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
