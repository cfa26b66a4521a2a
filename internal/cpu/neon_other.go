//go:build !arm64 || noasm

package cpu

// hasNEON says that this build has kernels in vectors of arm64.
const hasNEON = false
