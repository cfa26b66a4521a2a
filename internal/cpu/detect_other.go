//go:build !amd64 || noasm

package cpu

// detect finds nothing: there is no assembly for this build.
func detect() (avx512, avx2 bool) { return false, false }
