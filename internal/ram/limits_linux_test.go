package ram

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The files are those that the kernel's documentation describes: Control Group v2 (memory.max holds a number or max)
// and v1 (memory.limit_in_bytes); /proc/self/cgroup as in cgroups(7).
func TestGroups(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"sys/fs/cgroup/a/b/memory.max":                     "max\n",
		"sys/fs/cgroup/a/memory.max":                       "1000000\n",
		"sys/fs/cgroup/memory/x/memory.limit_in_bytes":     "2000000\n",
		"sys/fs/cgroup/memory/memory.limit_in_bytes":       "9223372036854771712\n",
		"sys/fs/cgroup/memory/other/memory.limit_in_bytes": "5\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for self, want := range map[string]float64{
		"0::/a/b\n": 1e6, "0::/../a\n": 1e6, "5:cpu,memory:/x/y\n1:name=systemd:/a\n": 2e6,
		"": 9223372036854771712,
	} {
		if got := slices.Min(groups(root, self)); got != want {
			t.Errorf("%q: %v, want %v", self, got, want)
		}
	}
	if got := groups(t.TempDir(), "0::/a\n"); len(got) != 0 {
		t.Errorf("%v without files", got)
	}
	if v := free(); v < 1<<20 || v > physical() {
		t.Errorf("%v of %v bytes are free", v, physical())
	}
}
