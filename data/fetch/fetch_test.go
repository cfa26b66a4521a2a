package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gorae/internal/file"
)

// content is the published file of the tests.
var content = bytes.Repeat([]byte("0123456789abcdef"), 20000)

func published(url string) File {
	sum := sha256.Sum256(content)
	return File{Name: "toy", URL: url + "/toy.npz", SHA256: hex.EncodeToString(sum[:])}
}

// server serves the file; asked lists the ranges that were asked for, and spoil may answer in its place.
func server(t *testing.T, spoil func(w http.ResponseWriter, r *http.Request) bool) (url string, asked *[]string) {
	t.Helper()
	asked = new([]string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.URL.Path+" "+r.Header.Get("Range"))
		if spoil != nil && spoil(w, r) {
			return
		}
		http.ServeContent(w, r, "toy.npz", time.Time{}, bytes.NewReader(content))
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

func get(t *testing.T, r Request) (bool, error) {
	t.Helper()
	at, there, err := r.Get(context.Background())
	if err != nil {
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("not one line: %q", err)
		}
		return there, err
	}
	got, err := os.ReadFile(at)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("%s: %d bytes, %v", at, len(got), err)
	}
	if _, err := os.Stat(at + file.GrowingEnd); err == nil {
		t.Error("the partial file is still there")
	}
	return there, nil
}

// TestGet: a whole transfer, one that goes on behind a part, one whose part is another file's, and a file that is
// there.
func TestGet(t *testing.T) {
	url, asked := server(t, nil)
	path := filepath.Join(t.TempDir(), "toy.npz")
	var last int64
	r := Request{File: published(url), Path: path, Progress: func(done, total int64) {
		if done < last || total != int64(len(content)) {
			t.Errorf("%d of %d bytes after %d", done, total, last)
		}
		last = done
	}}
	if there, err := get(t, r); there || err != nil || last != int64(len(content)) {
		t.Errorf("%v %v, %d bytes told", there, err, last)
	}
	r.Progress = nil
	if there, err := get(t, r); !there || err != nil {
		t.Errorf("%v %v", there, err)
	}
	for _, c := range []struct {
		part []byte
		want []string
	}{
		{content[:1000], []string{"/toy.npz bytes=1000-"}},
		{content, []string{fmt.Sprintf("/toy.npz bytes=%d-", len(content))}},
		{[]byte("another file"), []string{"/toy.npz bytes=12-", "/toy.npz "}},
		{append(content[:len(content):len(content)], "more"...), []string{fmt.Sprintf("/toy.npz bytes=%d-",
			len(content)+4), "/toy.npz "}},
	} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+file.GrowingEnd, c.part, 0o600); err != nil {
			t.Fatal(err)
		}
		*asked = nil
		if _, err := get(t, r); err != nil || fmt.Sprint(*asked) != fmt.Sprint(c.want) {
			t.Errorf("%d bytes there: %v, asked %q, want %q", len(c.part), err, *asked, c.want)
		}
	}
}

// TestFrom: mirrors are folders and URLs.
func TestFrom(t *testing.T) {
	url, asked := server(t, nil)
	dir, folder := t.TempDir(), t.TempDir()
	r := Request{File: published("http://nowhere.invalid"), Path: filepath.Join(dir, "a"), From: url + "/mirror/"}
	if _, err := get(t, r); err != nil || fmt.Sprint(*asked) != "[/mirror/toy.npz ]" {
		t.Errorf("%v, asked %q", err, *asked)
	}
	r.Path, r.From = filepath.Join(dir, "b"), folder
	if _, err := get(t, r); err == nil || !strings.HasPrefix(err.Error(), "--from: "+folder+"/toy.npz: no such file") {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "toy.npz"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 70, len(content) + 9} {
		r.Path = filepath.Join(dir, fmt.Sprint("c", n))
		if err := os.WriteFile(r.Path+file.GrowingEnd, append(content[:min(n, len(content)):min(n, len(content))],
			make([]byte, max(0, n-len(content)))...), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := get(t, r); err != nil {
			t.Errorf("%d bytes there: %v", n, err)
		}
	}
}

// full is a disk that is full after some bytes.
type full struct {
	file.Growing
	room int
}

func (f *full) Write(b []byte) (int, error) {
	if len(b) > f.room {
		n, _ := f.Growing.Write(b[:f.room])
		f.room -= n
		return n, &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	f.room -= len(b)
	return f.Growing.Write(b)
}

// TestFails: what goes wrong is one line that says what to do, and what has come is kept unless it is wrong.
func TestFails(t *testing.T) {
	kept := func(path string) int64 {
		if st, err := os.Stat(path + file.GrowingEnd); err == nil {
			return st.Size()
		}
		return -1
	}
	cut := func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content[:100000])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	for _, c := range []struct {
		name  string
		spoil func(w http.ResponseWriter, r *http.Request) bool
		room  int
		want  string
		kept  bool
	}{
		{name: "another content",
			want:  "has another SHA-256 than the published file; it is not kept; name another mirror",
			spoil: func(w http.ResponseWriter, _ *http.Request) bool { _, _ = w.Write([]byte("<html>")); return true }},
		{name: "not there", want: "answers 404 Not Found; name another mirror with --from",
			spoil: func(w http.ResponseWriter, r *http.Request) bool { http.NotFound(w, r); return true }},
		{name: "a connection that ends", spoil: cut, kept: true,
			want: "the connection ended early; check the network and say it again, which goes on where it ended"},
		{name: "a full disk", room: 70000, kept: true,
			want: "not written: no space left on device; what has come is kept, make room and say it again"},
	} {
		url, _ := server(t, c.spoil)
		r := Request{File: published(url), Path: filepath.Join(t.TempDir(), "toy.npz")}
		if c.room > 0 {
			r.open = func(path string) (file.Growing, error) {
				f, err := file.Grow(path)
				return &full{f, c.room}, err
			}
		}
		if _, err := get(t, r); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if n := kept(r.Path); (n > 0) != c.kept {
			t.Errorf("%s: %d bytes are kept", c.name, n)
		}
		if _, err := os.Stat(r.Path); err == nil {
			t.Errorf("%s: there is a file", c.name)
		}
		if !c.kept {
			continue
		}
		r.open = nil
		good, asked := server(t, nil)
		r.URL = good + "/toy.npz"
		if _, err := get(t, r); err != nil || !strings.Contains((*asked)[0], "bytes=") {
			t.Errorf("%s: gone on: %v, %q", c.name, err, *asked)
		}
	}
	r := Request{File: published("http://127.0.0.1:1"), Path: filepath.Join(t.TempDir(), "toy.npz")}
	if _, err := get(t, r); err == nil || !strings.Contains(err.Error(), "connection refused; check the network") {
		t.Error(err)
	}
	if err := os.WriteFile(r.Path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, r); err == nil || !strings.Contains(err.Error(), "a file of another content is there;") {
		t.Error(err)
	}
	r.Path = filepath.Join(t.TempDir(), "no", "toy.npz")
	if _, err := get(t, r); err == nil || !strings.Contains(err.Error(), "there is no directory") {
		t.Error(err)
	}
}

// TestStops: an interrupt ends the transfer and keeps what has come; so does a server that falls silent.
func TestStops(t *testing.T) {
	defer func(d time.Duration) { patience = d }(patience)
	patience = 200 * time.Millisecond
	hold := make(chan struct{})
	defer close(hold)
	url, _ := server(t, func(w http.ResponseWriter, r *http.Request) bool {
		_, _ = w.Write(content[:50000])
		w.(http.Flusher).Flush()
		select {
		case <-hold:
		case <-r.Context().Done():
		}
		return true
	})
	r := Request{File: published(url), Path: filepath.Join(t.TempDir(), "toy.npz")}
	if _, err := get(t, r); err == nil || !strings.Contains(err.Error(), "nothing has arrived for a minute; check") {
		t.Error(err)
	}
	patience = time.Minute
	ctx, cancel := context.WithCancel(context.Background())
	r.Progress = func(done, _ int64) {
		if done > 0 {
			cancel()
		}
	}
	r.Path = filepath.Join(t.TempDir(), "toy.npz")
	if _, _, err := r.Get(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if st, err := os.Stat(r.Path + file.GrowingEnd); err != nil || st.Size() == 0 {
		t.Errorf("what has come is not kept: %v", err)
	}
}

// TestNames: each file has a hash of 256 bits and a name of its own.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Files() {
		if b, err := hex.DecodeString(f.SHA256); err != nil || len(b) != 32 || seen[f.Name] || f.About == "" {
			t.Errorf("%+v", f)
		}
		seen[f.Name] = true
	}
	if _, err := Find("minst"); err == nil || err.Error() != `minst: no data set of this name; did you mean "mnist"?` {
		t.Error(err)
	}
}

func ExampleFind() {
	f, err := Find("mnist")
	fmt.Println(f.Base(), f.SHA256[:8], err)
	// Output:
	// mnist.npz 731c5ac6 <nil>
}
