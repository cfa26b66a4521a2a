package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"html"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// TestReport: the page of a run, which the command on it repeats, in both languages and to standard output, and
// directories that are no runs.
func TestReport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	var out, stderr bytes.Buffer
	do := func(args ...string) int {
		out.Reset()
		stderr.Reset()
		return execute(t.Context(), args, strings.NewReader(""), &out, &stderr)
	}
	if status := do("train", "--quiet", "--set", "train.epochs=2", "--out", dir); status != 0 {
		t.Fatalf("train: %d %s", status, &stderr)
	}
	if status := do("report", dir); status != 0 || !strings.Contains(out.String(), "report.html") {
		t.Errorf("report: %d %s%s", status, &out, &stderr)
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil || !bytes.Contains(page, []byte("Learning curves")) {
		t.Errorf("the page: %v", err)
	}
	// What the page says of a repetition holds: the command gives the same figures, to the last digit.
	if command := "gorae train " + dir + "/experiment.yaml"; !bytes.Contains(page, []byte(command)) {
		t.Errorf("the page does not say %s", command)
	}
	again := filepath.Join(t.TempDir(), "again")
	if status := do("train", dir+"/experiment.yaml", "--quiet", "--out", again); status != 0 {
		t.Fatalf("train: %d %s", status, &stderr)
	}
	if a, b := metricsJSON(t, dir), metricsJSON(t, again); a != b {
		t.Errorf("the repetition has other figures:\n%s\n%s", b, a)
	}
	if status := do("--lang", "ko", "report", dir, "-o", "-", "--no-data"); status != 0 ||
		!strings.Contains(out.String(), "학습 곡선") {
		t.Errorf("Korean: %d %s", status, &stderr)
	}
	for _, c := range []struct{ dir, want string }{
		{filepath.Join(dir, "nothing"), "no such file"}, {t.TempDir(), "so it is no run"},
	} {
		if status := do("report", c.dir); status != 1 || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%s: %d %s", c.dir, status, &stderr)
		}
	}
	if status := do("report"); status != 2 {
		t.Errorf("no run: %d", status)
	}
}

// TestReportPictures: a report shows pictures in its own language, whatever the language of the training was.
func TestReportPictures(t *testing.T) {
	t.Chdir(t.TempDir())
	svg := func(name string) string { return base64.StdEncoding.EncodeToString([]byte(get(t, name))) }
	for _, c := range []struct{ own, other string }{{"en", "ko"}, {"ko", "en"}} {
		must(t, "--lang", c.own, "train", "--quiet", "--set", "train.epochs=2", "--out", c.own)
		const finding = "findings/result-underfit.svg"
		page := func(language string) string {
			out, _ := must(t, "--lang", language, "report", c.own, "-o", "-")
			return html.UnescapeString(out)
		}
		own, other := page(c.own), page(c.other)
		for page, want := range map[string]bool{own: true, other: false} {
			if got := strings.Contains(page, svg(c.own+"/"+finding)); got != want {
				t.Errorf("trained in %s: the picture of that language is in a page: %v; want %v", c.own, got, want)
			}
			if got := strings.Contains(page, svg(c.own+"/"+c.other+"/"+finding)); got == want {
				t.Errorf("trained in %s: the picture in %s is in a page: %v; want %v", c.own, c.other, got, !want)
			}
		}
	}
	for _, name := range []string{"learning-curve.svg", "confusion.svg", "findings/result-underfit.svg"} {
		if get(t, "en/"+name) != get(t, "ko/en/"+name) || get(t, "ko/"+name) != get(t, "en/ko/"+name) {
			t.Errorf("%s depends on the language of the training", name)
		}
	}
}

// TestBoard: the board says where it is, serves the runs, and ends when it is interrupted.
func TestBoard(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reader, writer := io.Pipe()
	status := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		status <- execute(ctx, []string{"board", t.TempDir(), "--listen", "127.0.0.1:0"}, strings.NewReader(""), writer,
			&stderr)
		_ = writer.Close()
	}()
	line := make([]byte, 200)
	n, err := reader.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(string(line[:n])), "http://")
	answer, err := http.Get("http://" + address + "runs")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil || !strings.Contains(string(body), `"runs":[]`) {
		t.Errorf("%s, %v", body, err)
	}
	cancel()
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	select {
	case s := <-status:
		if s != 1 && s != 0 {
			t.Errorf("status %d", s)
		}
	case <-time.After(20 * time.Second):
		t.Error("the board does not end")
	}
	for _, args := range [][]string{{"board", filepath.Join(t.TempDir(), "nothing")},
		{"board", t.TempDir(), "--listen", "nowhere:x"}} {
		if s := execute(t.Context(), args, strings.NewReader(""), io.Discard, &stderr); s != 1 {
			t.Errorf("%q: status %d: %s", args, s, &stderr)
		}
	}
}

// TestBoardAddress: without an address a board listens on this machine alone; on another it is read-only, and says that
// others see it.
func TestBoardAddress(t *testing.T) {
	var all command
	parser, err := kong.New(&all, kong.Vars{"version": ""})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"board"}); err != nil || all.Board.Listen != "127.0.0.1:8765" ||
		all.Board.Dir != "runs" {
		t.Errorf("%+v, %v", all.Board, err)
	}
	for address, readOnly := range map[string]bool{"127.0.0.1:0": false, "0.0.0.0:0": true} {
		ctx, cancel := context.WithCancel(t.Context())
		reader, writer := io.Pipe()
		var stderr bytes.Buffer
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = execute(ctx, []string{"board", t.TempDir(), "--listen", address}, strings.NewReader(""), writer,
				&stderr)
			_ = writer.Close()
		}()
		line := make([]byte, 200)
		n, err := reader.Read(line)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.Copy(io.Discard, reader) }()
		_, at, _ := strings.Cut(strings.TrimSpace(string(line[:n])), "http://")
		_, port, _ := net.SplitHostPort(strings.TrimSuffix(at, "/"))
		answer, err := http.Get("http://127.0.0.1:" + port)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil || strings.Contains(string(page), `data-read-only="true"`) != readOnly {
			t.Errorf("%s: read-only is not %v; %v", address, readOnly, err)
		}
		cancel()
		<-ended
		if strings.Contains(stderr.String(), "whoever reaches this address") != readOnly {
			t.Errorf("%s: %s", address, &stderr)
		}
	}
}
