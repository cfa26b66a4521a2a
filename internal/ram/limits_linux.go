package ram

import (
	"bufio"
	"fmt"
	"math"
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

// addresses is two fifths of what ulimit -v leaves. The rest is for what the runtime reserves beside the objects and
// for garbage: where an address space is exhausted, the runtime ends the process.
func addresses() float64 {
	if limit, taken := addressSpace(); limit > 0 {
		return max(0.4*(limit-taken), 1)
	}
	return 0
}

// addressSpace is the limit of the address space in bytes (ulimit -v), 0 where there is none, and how much of it is
// reserved by now.
func addressSpace() (limit, taken float64) {
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_AS, &r) != nil || r.Cur >= 1<<62 {
		return 0, 0
	}
	if b, err := os.ReadFile("/proc/self/statm"); err == nil {
		if pages, err := strconv.ParseFloat(strings.Fields(string(b) + " 0")[0], 64); err == nil {
			taken = pages * float64(os.Getpagesize())
		}
	}
	return float64(r.Cur), taken
}

// leastRoom is what the limit of the address space must leave at the start: two parts of the heap of 64 MiB each, the
// stacks of threads, and the memory of a small training.
const leastRoom = 192 << 20

// Room returns an error where the limit of the address space leaves so little that Go's runtime would soon end the
// process: it reserves more than a gigabyte at the start, and then the heap in parts of 64 MiB.
func Room() error {
	limit, taken := addressSpace()
	if limit == 0 || limit-taken >= leastRoom {
		return nil
	}
	return fmt.Errorf("the limit of the address space is %s, of which Go's runtime has reserved %s without using it; "+
		"raise it (ulimit -v %.0f), and bound the memory by --memory SIZE", Words(limit), Words(taken),
		math.Ceil((taken+2.5*leastRoom)/1024e5)*1e5)
}
