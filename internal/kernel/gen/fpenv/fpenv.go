// Package fpenv emits the code with which every kernel enters and leaves:
// denormals are flushed inside (a denormal operand costs about a hundred cycles,
// and decaying gradients are full of them), and the caller's MXCSR is restored.
package fpenv

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// flushBits are MXCSR's flush-to-zero (15) and denormals-are-zero (6), Intel
// SDM volume 1, section 10.2.3.
const flushBits = 1<<15 | 1<<6

// Env is where a kernel keeps its caller's MXCSR.
type Env struct{ saved, inner Mem }

// Enter sets FTZ and DAZ. It must come before the first arithmetic instruction
// of the TEXT block that it is called in; tmp is clobbered.
func Enter(tmp reg.GPVirtual) Env {
	local := AllocLocal(8)
	e := Env{saved: local, inner: local.Offset(4)}
	VSTMXCSR(e.saved)
	MOVL(e.saved, tmp.As32())
	ORL(U32(flushBits), tmp.As32())
	MOVL(tmp.As32(), e.inner)
	VLDMXCSR(e.inner)
	return e
}

// Leave restores the caller's MXCSR and clears the upper halves of the vector
// registers; it comes before RET.
func (e Env) Leave() {
	VLDMXCSR(e.saved)
	VZEROUPPER()
}
