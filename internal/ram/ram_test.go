package ram

import (
	"os"
	"regexp"
	"runtime"
	"strconv"
	"testing"
)

func TestTotal(t *testing.T) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil { // not Linux
		if got := Total(); (runtime.GOOS == "darwin" || runtime.GOOS == "windows") && got < 1<<28 {
			t.Errorf("this machine has %v bytes", got)
		}
		return
	}
	kb, err := strconv.ParseFloat(string(regexp.MustCompile(`MemTotal:\s+(\d+) kB`).FindSubmatch(text)[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	if got := physical(); got != 1024*kb {
		t.Errorf("this machine has %v bytes, the kernel says %v KiB", got, kb)
	}
	if Total() <= 0 || Total() > physical() {
		t.Errorf("%v of %v bytes may be used", Total(), physical())
	}
}

func TestFits(t *testing.T) {
	if err := Fits(1 << 20); err != nil {
		t.Error(err)
	}
	if err := Fits(1e18); err == nil ||
		!regexp.MustCompile(`^1 EB of memory are needed and this process may use [\d.]+ [MGT]B$`).MatchString(err.Error()) {
		t.Error(err)
	}
	for bytes, want := range map[float64]string{0: "0 B", 999: "999 B", 1000: "1 KB", 999_600: "1 MB", 512e9: "512 GB",
		1e30: "1e+12 EB"} {
		if got := Words(bytes); got != want {
			t.Errorf("%v: %s, want %s", bytes, got, want)
		}
	}
}
