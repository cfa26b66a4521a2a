// Command gemm writes the assembly of package gorae/internal/kernel/gemm.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gorae/internal/kernel/gen/fpenv"
)

func main() {
	ConstraintExpr("!noasm")
	peak("peakAVX512", 24, ZMM)
	peak("peakAVX2", 12, YMM)
	Generate()
}

// peak emits a loop of independent fused multiply-adds on registers, enough of
// them to hide the latency: the machine's arithmetic ceiling.
func peak(name string, chains int, vec func() reg.VecVirtual) {
	TEXT(name, NOSPLIT, "func(rounds int)")
	Doc(name + " does rounds times " + count(chains) + " independent multiply-adds of whole vectors.")
	n := Load(Param("rounds"), GP64())
	e := fpenv.Enter(GP64())
	acc := make([]reg.VecVirtual, chains)
	for i := range acc {
		acc[i] = vec()
		VXORPS(acc[i], acc[i], acc[i])
	}
	x, y := vec(), vec()
	VXORPS(x, x, x)
	VXORPS(y, y, y)
	Label("loop")
	for _, a := range acc {
		VFMADD231PS(x, y, a)
	}
	SUBQ(Imm(1), n)
	JNZ(LabelRef("loop"))
	e.Leave()
	RET()
}

func count(n int) string { return map[int]string{12: "twelve", 24: "twenty-four"}[n] }
