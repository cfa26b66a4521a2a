// Package ram returns how much memory this machine has, so that a computation that cannot fit is refused with an error,
// where the operating system would end the program.
package ram

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
)

// Total is the memory in bytes that this program may use: the machine's, or its container's where that is less. 0:
// unknown.
var Total = sync.OnceValue(func() float64 {
	t := physical()
	for _, name := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if text, err := os.ReadFile(name); err == nil {
			if v, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64); err == nil && v > 0 &&
				(t == 0 || v < t) {
				t = v
			}
		}
	}
	return t
})

// Fits returns an error where so many bytes are more than this machine has. Its text begins with the amounts; the
// caller adds the remedy.
func Fits(bytes float64) error {
	if t := Total(); t > 0 && bytes > t {
		return fmt.Errorf("%s of memory are needed and this machine has %s", Words(bytes), Words(t))
	}
	return nil
}

// Words returns an amount of memory as text, in powers of ten: 512 GB.
func Words(bytes float64) string {
	units := []string{"B", "KB", "MB", "GB", "TB", "PB", "EB"}
	k := 0
	for bytes >= 999.5 && k < len(units)-1 {
		bytes /= 1000
		k++
	}
	return fmt.Sprintf("%.3g %s", bytes, units[k])
}
