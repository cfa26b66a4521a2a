//go:build !noasm

package conv

import "gorae/internal/cpu"

// variants lists what this machine can run, the best last.
func variants() []*variant {
	if cpu.NEON {
		return []*variant{portable, assembly(neon)}
	}
	return []*variant{portable}
}
