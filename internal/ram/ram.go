// Package ram returns how much memory this process may use, so that a computation or a file that cannot fit is refused
// with an error, where the operating system would end the program.
package ram

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// limit is what SetLimit set, as bits of a float64; 0: nothing.
var limit atomic.Uint64

// SetLimit bounds the memory that this process may take, in bytes, to less or more than it finds out by itself, and
// returns the former bound; 0 is no bound of the user's own.
func SetLimit(bytes float64) (former float64) {
	return math.Float64frombits(limit.Swap(math.Float64bits(bytes)))
}

// Given reports whether the user has set a limit.
func Given() bool { return limit.Load() != 0 }

// Total is the memory in bytes that this process may use: what SetLimit says, or else the least of the machine's free
// memory, the limits of its control groups and the limit of its address space. 0: unknown.
func Total() float64 {
	if v := math.Float64frombits(limit.Load()); v > 0 {
		return v
	}
	return allowed()
}

// allowed is what the system lets this process use, found out once: later this process itself has taken of it.
var allowed = sync.OnceValue(func() float64 {
	least := 0.0
	for _, v := range append(limits(), physical()) {
		if v > 0 && (least == 0 || v < least) {
			least = v
		}
	}
	return least
})

// Fits returns an error where so many bytes are more than this process may use. Its text begins with the amounts; the
// caller adds the remedy.
func Fits(bytes float64) error {
	if t := Total(); t > 0 && bytes > t {
		return fmt.Errorf("%s of memory are needed and this process may use %s", Words(bytes), Words(t))
	}
	return nil
}

// FitsBeside is Fits for memory that is taken beside what this process holds by now. Where it would be too much, what
// nobody holds any more is collected first. A process may always hold 32 MB.
func FitsBeside(bytes float64) error {
	if err := Fits(bytes); err != nil {
		return err
	}
	most := max(Total(), least)
	if Total() == 0 || used()+bytes <= most {
		return nil
	}
	runtime.GC()
	if now := used(); now+bytes > most {
		return fmt.Errorf("%s of memory are needed beside the %s that are in use, and this process may use %s",
			Words(bytes), Words(now), Words(Total()))
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
