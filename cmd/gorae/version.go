package main

import (
	"fmt"
	"runtime"

	"gorae/internal/cpu"
)

// version is this program's; CHANGELOG.md says what is in it.
const version = "0.1.0"

type versionWords struct{}

// Run prints the version, the Go that built it, and the kernels chosen for this processor.
func (versionWords) Run(o *environment) error {
	kernels := "portable Go"
	switch {
	case cpu.AVX512:
		kernels = "AVX-512"
	case cpu.AVX2:
		kernels = "AVX2"
	}
	_, err := fmt.Fprintf(o.report, "gorae %s (%s, %s/%s, %s kernels)\n", version, runtime.Version(), runtime.GOOS,
		runtime.GOARCH, kernels)
	return err
}
