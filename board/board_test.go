package board

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gorae/internal/lang"
	"gorae/run"
)

// written writes a run directory as a training leaves it, without a network.
func written(t testing.TB, dir, id string, epochs int, finished bool) {
	t.Helper()
	at := filepath.Join(dir, filepath.FromSlash(id))
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	put(run.ExperimentFile, fmt.Sprintf("data: {source: embed:digits}\nmodel: [dense: 10]\n"+
		"train: {epochs: 9, batch_size: %d}\n", 16+epochs))
	var h strings.Builder
	h.WriteString("epoch,loss,val_loss,seconds\n")
	for e := 1; e <= epochs; e++ {
		fmt.Fprintf(&h, "%d,%g,%g,0.5\n", e, 1/float64(e), 2/float64(e))
	}
	put(run.HistoryFile, h.String())
	if finished {
		put(run.MetricsFile, `{"train": {"loss": 0.1}, "test": {"loss": 0.25}, "samples": [8, 1, 1], "epochs": 9,
			"best_epoch": 2, "seconds": 4}`)
	}
}

func served(t testing.TB, dir string, o Options) *httptest.Server {
	t.Helper()
	o.Dir, o.Words, o.Every = dir, (*lang.Translator)(nil), 20*time.Millisecond
	o.Language = cmp.Or(o.Language, "en")
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); server.Close() })
	return server
}

func get(t testing.TB, address string) (int, string) {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func runsOf(t testing.TB, server *httptest.Server) table {
	t.Helper()
	_, body := get(t, server.URL+"/runs")
	var out table
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return out
}

// TestRuns: finished, stopped and damaged runs, in the order of their numbers, with the settings in which they differ.
func TestRuns(t *testing.T) {
	dir := t.TempDir()
	written(t, dir, "a-10", 3, true)
	written(t, dir, "a-9", 2, false)
	written(t, dir, "deep/er/b-1", 3, true)
	written(t, dir, "too/deep/for/it", 3, true)
	written(t, dir, "broken", 1, true)
	if err := os.WriteFile(filepath.Join(dir, "broken", run.MetricsFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	got := runsOf(t, served(t, dir, Options{}))
	var ids []string
	for _, r := range got.Runs {
		ids = append(ids, fmt.Sprintf("%s %s %d", r.ID, r.State, r.Epochs))
	}
	want := []string{"a-9 training 2", "a-10 finished 3", "broken damaged 1", "deep/er/b-1 finished 3"}
	if !slices.Equal(ids, want) {
		t.Errorf("%q, want %q", ids, want)
	}
	if m := got.Runs[1].Metrics; m["test loss"] != .25 || got.Runs[0].Metrics["validation loss"] != 1 {
		t.Errorf("metrics %v, %v", m, got.Runs[0].Metrics)
	}
	if !slices.Equal(got.Settings, []string{"train.batch_size"}) || got.Runs[0].Values[0] != "18" {
		t.Errorf("settings %q, %q", got.Settings, got.Runs[0].Values)
	}
	if !strings.Contains(got.Runs[2].Error, run.MetricsFile) {
		t.Errorf("the damaged run: %q", got.Runs[2].Error)
	}
	ko, err := lang.For(lang.Korean)
	if err != nil {
		t.Fatal(err)
	}
	korean, err := New(Options{Dir: dir, Words: ko, Language: "ko"})
	if err != nil {
		t.Fatal(err)
	}
	if k, err := korean.table(); err != nil || k.Runs[2].Error == got.Runs[2].Error ||
		k.Runs[2].Error != ko.Lines(got.Runs[2].Error) {
		t.Errorf("the damaged run in Korean: %v, %v", k, err)
	}
	old := time.Now().Add(-time.Hour)
	for _, name := range []string{run.ExperimentFile, run.HistoryFile} {
		if err := os.Chtimes(filepath.Join(dir, "a-9", name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if got := runsOf(t, served(t, dir, Options{})); got.Runs[0].State != Unfinished {
		t.Errorf("an hour later: %s", got.Runs[0].State)
	}
}

// TestPicture: a picture comes in the language of the board where the run has it.
func TestPicture(t *testing.T) {
	dir := t.TempDir()
	written(t, dir, "a", 2, true)
	if err := os.Mkdir(filepath.Join(dir, "a", "ko"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"x.svg": "English", "ko/x.svg": "Korean", "y.svg": "any"} {
		if err := os.WriteFile(filepath.Join(dir, "a", name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	english := served(t, dir, Options{Language: "en"})
	korean := served(t, dir, Options{Language: "ko"})
	for address, want := range map[string]string{english.URL + "/picture?run=a&file=x.svg": "English",
		korean.URL + "/picture?run=a&file=x.svg": "Korean", korean.URL + "/picture?run=a&file=y.svg": "any"} {
		if status, text := get(t, address); status != http.StatusOK || text != want {
			t.Errorf("%s: %d %q; want %q", address, status, text, want)
		}
	}
}

// TestRefused: other hosts, other pages, paths out of the folder, and changes of a board that is read-only.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	written(t, dir, "a", 2, true)
	if err := os.WriteFile(filepath.Join(dir, "secret.svg"), []byte("<svg/>"), 0o644); err != nil {
		t.Fatal(err)
	}
	server := served(t, dir, Options{Hosts: []string{"known.example"}})
	for host, want := range map[string]int{"evil.example": 403, "known.example": 200, "localhost:1": 200,
		"[::1]:9": 200} {
		r, err := http.NewRequest(http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = a.Body.Close()
		if a.StatusCode != want {
			t.Errorf("host %s: %d, want %d", host, a.StatusCode, want)
		}
	}
	for _, query := range []string{"/picture?run=..&file=secret.svg", "/picture?run=a&file=../secret.svg",
		"/picture?run=a&file=metrics.json", "/curves?run=../..", "/curves", "/report?run=nothing", "/nothing",
		"/picture?run=" + url.QueryEscape("a/../a") + "&file=x.svg"} {
		if status, body := get(t, server.URL+query); status < 400 || status > 499 {
			t.Errorf("%s: %d %s", query, status, body)
		}
	}
	post := func(server *httptest.Server, path, token, body string) int {
		r, err := http.NewRequest(http.MethodPost, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Board-Token", token)
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = a.Body.Close()
		return a.StatusCode
	}
	if status := post(server, "/delete", "guess", `{"run": "a"}`); status != 403 {
		t.Errorf("a wrong token: %d", status)
	}
	_, page := get(t, server.URL)
	_, token, _ := strings.Cut(page, `data-token="`)
	token, _, _ = strings.Cut(token, `"`)
	for _, body := range []string{`{"run": ".."}`, `{"run": ""}`, `{"run": "/etc"}`, `{`, `{"run": "a", "note": "` +
		strings.Repeat("x", mostNote+1) + `"}`} {
		if status := post(server, "/note", token, body); status < 400 {
			t.Errorf("%.20s: %d", body, status)
		}
	}
	if status := post(server, "/note", token, `{"run": "a", "note": "good"}`); status != 204 {
		t.Errorf("a note: %d", status)
	}
	if got := runsOf(t, served(t, dir, Options{})); got.Runs[0].Note != "good" { // another server reads it
		t.Errorf("the note is %q", got.Runs[0].Note)
	}
	readOnly := served(t, dir, Options{ReadOnly: true})
	if status := post(readOnly, "/delete", token, `{"run": "a"}`); status != 403 {
		t.Errorf("read-only: %d", status)
	}
	if status := post(server, "/delete", token, `{"run": "a"}`); status != 204 {
		t.Errorf("deleting: %d", status)
	}
	if _, err := os.Stat(filepath.Join(dir, "a")); !os.IsNotExist(err) {
		t.Errorf("the directory: %v", err)
	}
}

// TestEvents: a page that listens gets the state, and each change of it once.
func TestEvents(t *testing.T) {
	dir := t.TempDir()
	server := served(t, dir, Options{})
	a, err := http.Get(server.URL + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	lines := bufio.NewScanner(a.Body)
	lines.Buffer(nil, 1<<20)
	next := func() table {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var out table
				if err := json.Unmarshal([]byte(data), &out); err != nil {
					t.Fatal(err)
				}
				return out
			}
		}
		t.Fatal("no event")
		return table{}
	}
	if got := next(); len(got.Runs) != 0 {
		t.Errorf("%d runs in an empty folder", len(got.Runs))
	}
	written(t, dir, "x", 1, true)
	for { // the directory may be seen before all of its files are there
		if got := next(); len(got.Runs) == 1 && got.Runs[0].State == Finished {
			break
		}
	}
}

// TestSmoothed: weight ½ of 1, 3, gap, 2 by hand: 1, (½·½·1 + ½·3)/(¾) = 7/3, gap, …
func TestSmoothed(t *testing.T) {
	got := smoothed([]float64{1, 3, math.NaN(), 2}, 0.5)
	want := []float64{1, 7. / 3, math.NaN(), (.25*.5*1 + .25*3 + .5*2) / (1 - .125)}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-12 || math.IsNaN(got[i]) != math.IsNaN(want[i]) {
			t.Errorf("%v, want %v", got, want)
			break
		}
	}
	if got := smoothed([]float64{4, 2}, 0); got[1] != 2 {
		t.Errorf("without smoothing: %v", got)
	}
}

// TestCurves: the curves of two runs lie over each other, a panel for each metric, validation behind training; smoothed
// by hand with weight ½: 2, (½·2 + 1)/(3/2) = 4/3.
func TestCurves(t *testing.T) {
	dir := t.TempDir()
	written(t, dir, "a", 2, true)
	written(t, dir, "b", 3, false)
	l := &library{dir: dir, read: map[string]*cached{}}
	for weight, want := range map[float64]float64{0: 1, 0.5: 4. / 3} {
		panels, err := l.curves([]string{"a", "gone", "b"}, weight, weight > 0)
		if err != nil || len(panels) != 2 || panels[0].Title != "loss" || panels[1].Title != "val_loss" {
			t.Fatalf("%+v, %v", panels, err)
		}
		p := panels[1]
		if len(p.Lines) != 2 || p.Lines[0].Name != "a" || p.Lines[1].Name != "b" || len(p.Lines[0].Y) != 2 ||
			len(p.Lines[1].Y) != 3 || p.Log != (weight > 0) {
			t.Fatalf("%+v", p)
		}
		if got := p.Lines[0].Y[1]; math.Abs(got-want) > 1e-12 {
			t.Errorf("weight %v: %v, want %v", weight, got, want)
		}
	}
}

// TestNatural: names with numbers stand in the order of the numbers.
func TestNatural(t *testing.T) {
	names := []string{"b", "a-10", "a-9", "a", "a-9b", "a-99999999999999999999"}
	slices.SortFunc(names, func(a, b string) int {
		if natural(a, b) {
			return -1
		}
		return 1
	})
	if want := []string{"a", "a-9", "a-9b", "a-10", "a-99999999999999999999", "b"}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
}

// BenchmarkRuns lists 1,000 runs: for the first time, and again.
func BenchmarkRuns(b *testing.B) {
	dir := b.TempDir()
	for i := range 1000 {
		written(b, dir, fmt.Sprintf("r-%d", i), 1+i%9, true)
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			if _, err := list(&library{dir: dir, read: map[string]*cached{}}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("again", func(b *testing.B) {
		l := &library{dir: dir, read: map[string]*cached{}}
		for b.Loop() {
			if _, err := list(l); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// list lists the runs of a library.
func list(l *library) ([]Run, error) {
	dirs, _, err := l.find()
	if err != nil {
		return nil, err
	}
	return l.runs(dirs), nil
}
