//go:build !noasm

package sgns

import "gorae/internal/cpu"

// variants lists what this machine can run, the best last.
func variants() []*variant {
	if cpu.NEON {
		return []*variant{generic, assembly(neon)}
	}
	return []*variant{generic}
}
