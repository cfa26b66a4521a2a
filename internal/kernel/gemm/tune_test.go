package gemm

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func TestTune(t *testing.T) {
	if os.Getenv("TUNE") == "" {
		t.Skip()
	}
	shapes := strings.Fields(os.Getenv("SHAPES"))
	confs := strings.Fields(os.Getenv("TUNE"))
	peak := PeakGFLOPS()
	type job struct {
		pl   *Plan
		best time.Duration
	}
	for _, sh := range shapes {
		var s Shape
		var ta, tb byte
		fmt.Sscanf(sh, "%dx%dx%d%c%c", &s.M, &s.N, &s.K, &ta, &tb)
		s.TransA, s.TransB = ta == 't', tb == 't'
		s.BPacked = tb == 'p'
		var jobs []job
		size := 0
		for _, c := range confs {
			v := Best()
			if c == "avx2" {
				v = AVX2
			}
			if c == "generic" {
				v = Generic
			}
			p := NewVariant(s, Epilogue{Check: true}, v)
			jobs = append(jobs, job{p, time.Hour})
			size = max(size, p.Scratch())
		}
		x := make([]float32, s.M*s.K)
		y := make([]float32, (s.N+32)*s.K)
		c := make([]float32, s.M*s.N)
		sc := make([]float32, size)
		for start := time.Now(); time.Since(start) < 150*time.Millisecond*time.Duration(len(jobs)); {
			for i := range jobs {
				pl := jobs[i].pl
				for range 1 + 2000000/(s.M*s.N*s.K+1) {
					t0 := time.Now()
					for b := range pl.Blocks() {
						pl.Run(b, x, y, c, nil, nil, sc)
					}
					jobs[i].best = min(jobs[i].best, time.Since(t0))
				}
			}
		}
		fmt.Printf("%-20s", sh)
		for _, j := range jobs {
			fmt.Printf(" %6.1f(%d)", 200*float64(s.M)*float64(s.N)*float64(s.K)/j.best.Seconds()/1e9/peak, j.pl.Blocks())
		}
		fmt.Printf("   (%.1f)\n", peak)
	}
}
