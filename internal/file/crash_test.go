package file_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gorae/internal/file"
	"gorae/internal/file/filetest"
)

func say(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Whatever operation fails, the file is the former one or the new one, the temporary file is gone where it can be
// removed, and the next Replace succeeds.
func TestEveryFault(t *testing.T) {
	former, now := strings.Repeat("former", 20_000), strings.Repeat("now", 70_000)
	for _, there := range []bool{true, false} {
		for fail := 1; ; fail++ {
			path := filepath.Join(t.TempDir(), "a.txt")
			if there {
				if err := os.WriteFile(path, []byte(former), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			disk := &filetest.Faulty{Fail: fail}
			undo := file.Through(disk)
			err := file.Replace(path, say(now))
			undo()
			if disk.Failed() == "" {
				if err != nil {
					t.Fatal(err)
				}
				if fail < 6 {
					t.Fatalf("only %d operations", fail)
				}
				break
			}
			if !errors.Is(err, syscall.EIO) || !strings.HasPrefix(err.Error(), path+": ") {
				t.Errorf("%s: %v", disk.Failed(), err)
			}
			got, rerr := os.ReadFile(path)
			switch written := strings.Contains(disk.Failed(), "sync directory"); {
			case written && (string(got) != now || !strings.Contains(err.Error(), "a power failure may undo it")):
				t.Errorf("%s: %d bytes, %v", disk.Failed(), len(got), err)
			case !written && there && (string(got) != former || !strings.Contains(disk.Failed(), "create") &&
				!strings.HasSuffix(err.Error(), "; the former file is as it was")):
				t.Errorf("%s: %d bytes, %v", disk.Failed(), len(got), err)
			case !written && !there && !errors.Is(rerr, os.ErrNotExist):
				t.Errorf("%s: a file of %d bytes", disk.Failed(), len(got))
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
				t.Errorf("%s: %q are left", disk.Failed(), left)
			}
			if err := file.Replace(path, say("again")); err != nil || read(t, path) != "again" {
				t.Errorf("after %s: %v", disk.Failed(), err)
			}
		}
	}
}

// Whenever the power fails, the file is the former one or the new one.
func TestEveryCrash(t *testing.T) {
	dir := t.TempDir()
	disk := &filetest.Recorder{Dir: dir}
	defer file.Through(disk)()
	whole := map[string]bool{"": true}
	for _, s := range []string{strings.Repeat("1", 100_000), strings.Repeat("2", 200_000), ""} {
		whole[s] = true
		if err := file.Replace(filepath.Join(dir, "a"), say(s)); err != nil {
			t.Fatal(err)
		}
	}
	images := disk.Images()
	if len(images) < 3*15 {
		t.Fatalf("%d images", len(images))
	}
	last := 0
	for _, image := range images {
		content, there := image.Files["a"]
		if !whole[content] {
			t.Errorf("after %s: %d bytes", image.After, len(content))
		}
		if there {
			last++
		}
	}
	if n := len(filetest.Distinct(images)); last == 0 || n != 4 { // none, and one for each content
		t.Errorf("%d images with the file, %d distinct ones", last, n)
	}
}

// A recorder sees what a program does that does not sync: its names without its bytes, or nothing.
func TestRecorderSeesMissingSync(t *testing.T) {
	dir := t.TempDir()
	disk := &filetest.Recorder{Dir: dir}
	f, err := disk.Create(filepath.Join(dir, "t"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("bytes")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), disk.Rename(filepath.Join(dir, "t"), filepath.Join(dir, "a"))); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, image := range disk.Images()[len(disk.Images())-3:] {
		content, there := image.Files["a"]
		if !there {
			content = "none"
		}
		found = append(found, content)
	}
	if got := strings.Join(found, ","); got != "bytes,none," {
		t.Errorf("%q", got)
	}
}

// Of many writers at a time each leaves a whole file, and no temporary one stays.
func TestManyWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	var all sync.WaitGroup
	for i := range 8 {
		s := strings.Repeat(string(rune('a'+i)), 100_000)
		all.Go(func() {
			for range 20 {
				if err := file.Replace(path, say(s)); err != nil {
					t.Error(err)
				}
				b, err := os.ReadFile(path)
				if err != nil || len(b) != len(s) || strings.Trim(string(b), string(b[:1])) != "" {
					t.Errorf("%d bytes of several writers, %v", len(b), err)
				}
			}
		})
	}
	all.Wait()
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("%q are left", left)
	}
}

func TestKeeps(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "a"), filepath.Join(dir, "link")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a", link); err != nil {
		t.Skip(err) // Windows lets few users make links
	}
	if err := file.Replace(link, say("new")); err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(link); err != nil || to != "a" || read(t, path) != "new" {
		t.Errorf("the link names %q, %v; the file holds %q", to, err, read(t, path))
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o640 {
		t.Errorf("%v %v", st.Mode(), err)
	}
	if err := file.Replace(dir, say("")); err == nil || !strings.Contains(err.Error(), ": a directory; ") {
		t.Errorf("a directory: %v", err)
	}
	if err := file.Replace("/dev/null", say("")); err == nil || !strings.Contains(err.Error(), "a device or a pipe") {
		t.Errorf("a device: %v", err)
	}
}

// Temporary files of processes that were killed go: those that nobody has written to for an hour with the next
// Replace of the same file, all of them with RemovePartials.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, age time.Duration) {
		path := filepath.Join(dir, name)
		at := time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	put(".a[1].old.partial", 2*time.Hour)
	put(".a[1].young.partial", time.Minute)
	put(".b.old.partial", 2*time.Hour)
	put(".hidden", 2*time.Hour)
	if err := file.Replace(filepath.Join(dir, "a[1]"), say("")); err != nil {
		t.Fatal(err)
	}
	names := func() string {
		var all []string
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			all = append(all, e.Name())
		}
		return strings.Join(all, " ")
	}
	if got := names(); got != ".a[1].young.partial .b.old.partial .hidden a[1]" {
		t.Error(got)
	}
	file.RemovePartials(dir)
	if got := names(); got != ".hidden a[1]" {
		t.Error(got)
	}
}

func TestMakeDir(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b", "c")
	if err := errors.Join(file.MakeDir(deep), file.MakeDir(deep)); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(deep); err != nil || !st.IsDir() {
		t.Error(err)
	}
	if err := file.NewDir(deep); !errors.Is(err, os.ErrExist) {
		t.Error(err)
	}
	path := filepath.Join(deep, "f")
	if err := file.Replace(path, say("")); err != nil {
		t.Fatal(err)
	}
	if err := file.MakeDir(filepath.Join(path, "d")); err == nil {
		t.Error("a directory below a file")
	}
}
