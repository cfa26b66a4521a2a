package main

import (
	"fmt"
	"runtime"

	"gorae/internal/cpu"
)

// version is this program's; CHANGELOG.md says what is in it.
const version = "0.1.0"

type versionWords struct{}

// Run prints the version line.
func (versionWords) Run(o *environment) error {
	_, err := fmt.Fprintln(o.report, versionLine())
	return err
}

// versionLine returns the version, the Go that built it, and the kernels chosen for this processor.
func versionLine() string {
	kernels := "portable Go"
	switch {
	case cpu.AVX512:
		kernels = "AVX-512"
	case cpu.AVX2:
		kernels = "AVX2"
	case cpu.NEON:
		kernels = "NEON"
	}
	return fmt.Sprintf("gorae %s (%s, %s/%s, %s kernels)", version, runtime.Version(), runtime.GOOS, runtime.GOARCH,
		kernels)
}
