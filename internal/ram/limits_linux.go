package ram

import (
	"bufio"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// limits are those of the free memory, of the control groups and of the address space, in bytes; 0 where there is none.
func limits() []float64 {
	return append(groups("/", self()), free(), addresses())
}

// free is what the kernel can give without swapping: MemAvailable of /proc/meminfo.
func free() float64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }() // it was only read
	for s := bufio.NewScanner(f); s.Scan(); {
		if fields := strings.Fields(s.Text()); len(fields) == 3 && fields[0] == "MemAvailable:" {
			kb, err := strconv.ParseFloat(fields[1], 64)
			if err == nil {
				return 1024 * kb
			}
		}
	}
	return 0
}

// self is /proc/self/cgroup.
func self() string {
	b, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return ""
	}
	return string(b)
}

// groups are the limits of the control groups that a process is in by its /proc/self/cgroup, and of those around them:
// memory.max of version 2 ("0::/a/b"), memory.limit_in_bytes of version 1 ("4:memory:/a/b"). Within a container the
// group's own files stand at the root. root is where the file system begins.
func groups(root, self string) []float64 {
	var out []float64
	read := func(name string) {
		text, err := os.ReadFile(path.Join(root, name))
		if err != nil {
			return
		}
		if v, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64); err == nil && v > 0 { // max is no number
			out = append(out, v)
		}
	}
	const v1, v2 = "/sys/fs/cgroup/memory", "/sys/fs/cgroup"
	for _, line := range append(strings.Split(self, "\n"), "0::/", "0:memory:/") {
		parts := strings.SplitN(line, ":", 3)
		if len(parts) != 3 {
			continue
		}
		for dir := path.Clean("/" + parts[2]); ; dir = path.Dir(dir) {
			switch {
			case parts[1] == "":
				read(path.Join(v2, dir, "memory.max"))
			case strings.Contains(","+parts[1]+",", ",memory,"):
				read(path.Join(v1, dir, "memory.limit_in_bytes"))
			}
			if dir == "/" {
				break
			}
		}
	}
	return out
}

// addresses is two fifths of what ulimit -v leaves, which is the limit of the address space without what is taken of
// it. The rest is for what the runtime reserves beside the objects and for garbage: where an address space is
// exhausted, the runtime ends the process.
func addresses() float64 {
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_AS, &r) != nil || r.Cur >= 1<<62 {
		return 0
	}
	taken := 0.0
	if b, err := os.ReadFile("/proc/self/statm"); err == nil {
		if pages, err := strconv.ParseFloat(strings.Fields(string(b) + " 0")[0], 64); err == nil {
			taken = pages * float64(os.Getpagesize())
		}
	}
	return max(0.4*(float64(r.Cur)-taken), 1)
}
