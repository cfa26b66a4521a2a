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

// What the process holds counts, and what it holds no more does not.
func TestFitsBeside(t *testing.T) {
	defer SetLimit(SetLimit(400e6))
	held := make([]byte, 250e6)
	err := FitsBeside(200e6)
	if err == nil || !regexp.MustCompile(`^200 MB of memory are needed beside the 2\d\d MB that are in use, and this `+
		`process may use 400 MB$`).MatchString(err.Error()) {
		t.Error(err)
	}
	if err := FitsBeside(100e6); err != nil {
		t.Error(err)
	}
	runtime.KeepAlive(held)
	held = nil
	if err := FitsBeside(200e6); err != nil {
		t.Error(err)
	}
	SetLimit(1e6)
	if err := FitsBeside(5e5); err != nil {
		t.Error("a small amount of a small limit:", err)
	}
	if err := FitsBeside(5e6); err == nil {
		t.Error("more than the limit")
	}
}
