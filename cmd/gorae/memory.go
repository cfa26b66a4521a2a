package main

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"

	"gorae/internal/ram"
)

// memoryFlag is an amount of memory in bytes.
type memoryFlag string

var amount = regexp.MustCompile(`^([0-9.]+) *([KMGT]?)(I?)B?$`)

// bytes reads 8GB (10⁹ bytes each), 8GiB (2³⁰) or a number of bytes.
func (m memoryFlag) bytes() (float64, error) {
	parts := amount.FindStringSubmatch(strings.ToUpper(string(m)))
	if parts != nil {
		base := 1000.0
		if parts[3] != "" {
			base = 1024
		}
		v, err := strconv.ParseFloat(parts[1], 64)
		power := map[string]float64{"": 0, "K": 1, "M": 2, "G": 3, "T": 4}[parts[2]]
		if v *= math.Pow(base, power); err == nil && v >= 1e6 {
			return v, nil
		}
	}
	return 0, usageError{fmt.Errorf("--memory %s: no amount of memory; give 1MB or more, such as 8GB or 512MiB", m)}
}

// AfterApply bounds the memory of the command.
func (m memoryFlag) AfterApply() error {
	if m != "" {
		v, err := m.bytes()
		if err != nil {
			return err
		}
		ram.SetLimit(v)
	}
	return nil
}

// boundMemory makes the collector work before what the process may use is exhausted, unless GOMEMLIMIT says otherwise.
func boundMemory() {
	if limit := ram.Total(); limit > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(limit))
	}
}
