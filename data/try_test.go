package data

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

func peak() string {
	b, _ := os.ReadFile("/proc/self/status")
	for _, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(l, "VmHWM") {
			return l
		}
	}
	return ""
}
func TestTry(t *testing.T) {
	p := os.Getenv("TRY")
	if p == "" {
		t.Skip()
	}
	c := &Cache{Dir: os.Getenv("TRYDIR"), Say: func(s string) { fmt.Println(s) }}
	for range 2 {
		t0 := time.Now()
		tab, err := c.ReadCSV(func() (io.ReadCloser, error) { return os.Open(p) }, p, CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Println(tab.Rows, time.Since(t0), peak(), m.HeapInuse>>20, m.TotalAlloc>>20)
	}
}
