package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
)

// checked is what peer.py says of its libraries.
type checked struct {
	GFLOPS  float64 `json:"gflops"` // of the product 512³ on one thread
	Faults  int     `json:"faults"` // pages that the kernel gave an array of 32 MB where one was before
	Version string  `json:"version"`
}

// Below these a peer is not what its users would run: a reference BLAS, or one that took the processor for an old one,
// reaches some per cent of the FMA peak and tuned ones 70 to 90; an untuned malloc hands large arrays back to the
// kernel, which zeroes their pages anew at every step.
const (
	leastShare = 0.4
	mostFaults = 512
)

// refusal is why the peer is not compared with, "" where it may be; peak is the FMA peak of a thread in GFLOP/s.
func (c checked) refusal(peak float64) string {
	switch {
	case c.GFLOPS < leastShare*peak:
		return fmt.Sprintf("a product of 512³ runs at %.0f GFLOP/s, %.0f %% of the FMA peak: a reference BLAS, or one "+
			"that took the processor for an old one; install a tuned one (Debian: libopenblas0-openmp) or leave "+
			"-as-is out", c.GFLOPS, 100*c.GFLOPS/peak)
	case c.Faults > mostFaults:
		return fmt.Sprintf("an array of 32 MB costs %d page faults where one was before: its malloc hands memory "+
			"back to the kernel; leave -as-is out, or set MALLOC_MMAP_MAX_=0 and "+
			"MALLOC_TRIM_THRESHOLD_=4000000000", c.Faults)
	}
	return ""
}

// check asks PyTorch what its libraries reach, in the environment in which it is going to run.
func (r rivals) check() (c checked, err error) {
	cmd := exec.Command(r.python, script("peer.py"), "check")
	if !asIs {
		cmd.Env = tuned(1)
	}
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &c)
	}
	if err != nil {
		return c, fmt.Errorf("%s %s check: %w; install python3-torch, or give -python ''", r.python,
			script("peer.py"), err)
	}
	return c, nil
}
