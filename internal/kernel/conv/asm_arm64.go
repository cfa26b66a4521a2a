//go:build !noasm

package conv

import "gorae/internal/cpu"

func init() {
	if cpu.NEON {
		machines[NEON] = &machine{4, neonInner[:], neonOuter[:]}
	}
}
