//go:build !cgo

#include "textflag.h"

// least is the limit of the address space in bytes below which the program says so and ends. Go 1.26 reserves 1.16e9
// bytes for tables before it allocates anything, and 64 MiB for each part of the heap; where it cannot, it prints
// its stacks, or (at limits between 0.7e9 and 1.16e9, where it does not look at the result of the second reservation)
// writes its tables wherever they come to lie.
#define least 1500000000

// The first thread's local storage: the runtime keeps its g in the eight bytes below the base address.
GLOBL ·local<>(SB), NOPTR, $64

DATA ·words<>+0x00(SB)/8, $"gorae: t"
DATA ·words<>+0x08(SB)/8, $"he limit"
DATA ·words<>+0x10(SB)/8, $" of the "
DATA ·words<>+0x18(SB)/8, $"address "
DATA ·words<>+0x20(SB)/8, $"space is"
DATA ·words<>+0x28(SB)/8, $" below 1"
DATA ·words<>+0x30(SB)/8, $".5 GB, w"
DATA ·words<>+0x38(SB)/8, $"hich Go'"
DATA ·words<>+0x40(SB)/8, $"s runtim"
DATA ·words<>+0x48(SB)/8, $"e reserv"
DATA ·words<>+0x50(SB)/8, $"es witho"
DATA ·words<>+0x58(SB)/8, $"ut using"
DATA ·words<>+0x60(SB)/8, $" it; rai"
DATA ·words<>+0x68(SB)/8, $"se it (u"
DATA ·words<>+0x70(SB)/8, $"limit -v"
DATA ·words<>+0x78(SB)/8, $" 2000000"
DATA ·words<>+0x80(SB)/8, $"), and b"
DATA ·words<>+0x88(SB)/8, $"ound the"
DATA ·words<>+0x90(SB)/8, $" memory "
DATA ·words<>+0x98(SB)/8, $"by --mem"
DATA ·words<>+0xa0(SB)/8, $"ory SIZE"
DATA ·words<>+0xa8(SB)/1, $"\n"
GLOBL ·words<>(SB), RODATA|NOPTR, $0xa9

// beforeRuntime is called by the runtime as _cgo_init.
TEXT gorae_before_runtime(SB), NOSPLIT|NOFRAME, $0
	SUBQ $24, SP
	MOVQ $97, AX             // getrlimit
	MOVQ $9, DI              // RLIMIT_AS
	LEAQ 0(SP), SI
	SYSCALL
	MOVQ 0(SP), CX           // the soft limit; all bits are set where there is none
	ADDQ $24, SP
	TESTQ AX, AX
	JNE  begin
	MOVQ $least, DX
	CMPQ CX, DX
	JCC  begin
	MOVQ $1, AX              // write
	MOVQ $2, DI
	LEAQ ·words<>(SB), SI
	MOVQ $0xa9, DX
	SYSCALL
	MOVQ $231, AX            // exit_group
	MOVQ $1, DI
	SYSCALL

begin:
	MOVQ $158, AX            // arch_prctl
	MOVQ $0x1002, DI         // ARCH_SET_FS
	LEAQ ·local<>+56(SB), SI
	SYSCALL
	RET
