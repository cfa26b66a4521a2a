package simd

import (
	"slices"
	"strconv"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gorae/internal/kernel/gen/fpenv"
	"gorae/internal/kernel/gen/neon"
)

// Load reads a vector; in the lanes outside live, if there is one, 0.
func (m *M) Load(at Mem, live *Mask) V {
	r := m.New()
	m.loadInto(at, live, r)
	return r
}

func (m *M) loadInto(at Mem, live *Mask, r V) {
	switch {
	case live == nil:
		VMOVUPS(at, r)
	case m.Arm:
		neon.Emit(live.partly(neon.LoadPart, neon.LoadRest), at, live.n, r)
	case m.Wide:
		VMOVUPS_Z(at, live.r, r)
	default:
		VMASKMOVPS(at, live.r, r)
	}
}

// Store writes the lanes of live, or all.
func (m *M) Store(x V, at Mem, live *Mask) {
	switch {
	case live == nil:
		VMOVUPS(x, at)
	case m.Arm:
		neon.Emit(live.partly(neon.StorePart, neon.StoreRest), x, at, live.n)
	case m.Wide:
		VMOVUPS(x, live.r, at)
	default:
		VMASKMOVPS(x, live.r, at)
	}
}

// partly is the instruction of NEON for a mask.
func (k *Mask) partly(any, rest string) string {
	if k.rest {
		return rest
	}
	return any
}

var tailTable *Mem

// rest is First for 0 < n < Lanes.
func (m *M) rest(n reg.GPVirtual) *Mask {
	k := m.First(n)
	k.rest = true
	return k
}

// First is a mask of the first n lanes, 0 ≤ n ≤ Lanes; n stays as it is.
func (m *M) First(n reg.GPVirtual) *Mask {
	if m.Arm {
		r := m.New()
		neon.Emit(neon.First, n, r)
		return &Mask{r: r, n: n}
	}
	if m.Wide {
		ones, k := GP32(), K()
		MOVL(U32(1<<32-1), ones)
		BZHIL(n.As32(), ones, ones)
		KMOVW(ones, k)
		return &Mask{r: k}
	}
	if tailTable == nil {
		g := GLOBL("tailLanes", RODATA|NOPTR)
		for i := range 16 {
			v := U32(0)
			if i < 8 {
				v = 1<<32 - 1
			}
			DATA(4*i, v)
		}
		tailTable = &g
	}
	base, minus, k := GP64(), GP64(), m.New()
	LEAQ(*tailTable, base)
	MOVQ(n, minus)
	NEGQ(minus)
	VMOVUPS(Mem{Base: base, Index: minus, Scale: 4, Disp: 32}, k)
	return &Mask{r: k}
}

// Kernel is a function being emitted.
type Kernel struct {
	*M
	env      Env
	flush    bool
	pointers map[string]reg.GPVirtual
}

// Begin opens the function name+suffix with the given parameters, of which
// slices are the names of those that are slices. With flush, denormals are
// flushed.
func (m *M) Begin(name, doc, signature string, flush bool, slices ...string) *Kernel {
	TEXT(name+m.Suffix(), NOSPLIT, signature)
	Doc(name + m.Suffix() + " " + doc)
	k := &Kernel{M: m, flush: flush, pointers: map[string]reg.GPVirtual{}}
	for _, s := range slices {
		if k.pointers[s] == nil {
			k.pointers[s] = Load(Param(s).Base(), GP64()).(reg.GPVirtual)
		}
	}
	if flush {
		k.env = m.Enter()
	}
	return k
}

// Env is the floating-point environment that a kernel has found.
type Env struct {
	x86 fpenv.Env
	arm Op
}

// Enter has denormals taken for 0.
func (m *M) Enter() (e Env) {
	if m.Arm {
		e.arm = GP64()
		neon.Emit(neon.Enter, e.arm)
	} else {
		e.x86 = fpenv.Enter(GP64())
	}
	return e
}

// Leave undoes Enter, before the function returns.
func (e Env) Leave() {
	if e.arm != nil {
		neon.Emit(neon.Leave, e.arm)
	} else {
		e.x86.Leave()
	}
}

// Scalar is a float32 parameter in all lanes.
func (k *Kernel) Scalar(name string) V {
	addr, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	r := k.New()
	VBROADCASTSS(addr.Addr, r)
	return r
}

// End closes the function.
func (k *Kernel) End() {
	if k.flush {
		k.env.Leave()
	} else {
		VZEROUPPER()
	}
	RET()
}

// Each emits a loop over n elements: unroll vectors at a time, then one at a
// time, then a ragged end. body gets the byte offset of a vector, its number
// within the unrolled group, and in the ragged end the mask of live lanes.
func (k *Kernel) Each(label string, n reg.GPVirtual, unroll int, body func(i reg.GPVirtual, disp, u int, live *Mask)) {
	i := GP64()
	XORQ(i, i)
	for _, u := range []int{unroll, 1} {
		name := label + "by" + strconv.Itoa(u)
		step := u * k.Lanes()
		SUBQ(I32(step), n)
		JLT(LabelRef(name + "end"))
		Label(name)
		for j := range u {
			body(i, j*k.Bytes(), j, nil)
		}
		ADDQ(I32(4*step), i)
		SUBQ(I32(step), n)
		JGE(LabelRef(name))
		Label(name + "end")
		ADDQ(I32(step), n)
		if unroll == 1 {
			break
		}
	}
	TESTQ(n, n)
	JZ(LabelRef(label + "done"))
	body(i, 0, 0, k.rest(n))
	Label(label + "done")
}

// Map is an elementwise kernel.
type Map struct {
	Name, Doc string
	Out, In   []string // names of slices; one may be both
	Scalars   []string
	Unroll    int
	Ahead     int               // bytes from a vector of an output to the one that is fetched meanwhile; 0 fetches none
	Exact     bool              // nothing is computed: leave MXCSR alone
	Types     map[string]string // of slices that are not []float32
	F         func(m *M, in, s []V) []V
}

// Emit writes the kernel for m; the length of the first output decides.
func (d Map) Emit(m *M) {
	var names []string
	seen := map[string]bool{}
	for _, s := range append(append([]string{}, d.Out...), d.In...) {
		if !seen[s] {
			seen[s] = true
			names = append(names, s)
		}
	}
	k := m.Begin(d.Name, d.Doc, Signature(names, d.Types, d.Scalars, ""), !d.Exact, names...)
	n := Load(Param(d.Out[0]).Len(), GP64()).(reg.GPVirtual)
	s := make([]V, len(d.Scalars))
	for i, name := range d.Scalars {
		s[i] = k.Scalar(name)
	}
	k.Each("", n, max(d.Unroll, 1), func(i reg.GPVirtual, disp, u int, live *Mask) {
		in := make([]V, len(d.In))
		for j, name := range d.In {
			in[j] = k.Load(k.Addr(name, i, disp), live)
		}
		if d.Ahead > 0 && live == nil && disp%64 == 0 { // once a line; beyond the end it does nothing
			for _, name := range d.Out {
				PREFETCHT0(k.Addr(name, i, disp+d.Ahead))
			}
		}
		for j, v := range d.F(m, in, s) {
			k.Store(v, k.Addr(d.Out[j], i, disp), live)
		}
	})
	k.End()
}

// Addr is the place disp + i bytes into a slice.
func (k *Kernel) Addr(name string, i reg.GPVirtual, disp int) Mem {
	return Mem{Base: k.pointers[name], Index: i, Scale: 1, Disp: disp}
}

// Signature is that of a function of slices, then float32 scalars.
func Signature(slices []string, types map[string]string, scalars []string, result string) string {
	var p []string
	for _, s := range slices {
		t := types[s]
		if t == "" {
			t = "[]float32"
		}
		p = append(p, s+" "+t)
	}
	for _, s := range scalars {
		p = append(p, s+" float32")
	}
	return strings.TrimSpace("func(" + strings.Join(p, ", ") + ") " + result)
}

// Fold is a reduction of slices to one float32, in Unroll independent vectors.
type Fold struct {
	Name, Doc string
	In        []string
	Out       string // a slice written on the way, or ""
	Scalars   []string
	Start     C      // what the accumulators begin with
	Dead      C      // what dead lanes are read as
	DeadIs    string // the scalar that they are read as instead, or ""
	Unroll    int
	F         func(m *M, acc V, in, s []V) V // updates acc in place; may give a vector for Out
	Join      func(m *M, a, b V) V
}

// Emit writes the kernel for m; the length of the first slice decides.
func (d Fold) Emit(m *M) {
	names := d.In
	if d.Out != "" {
		names = append([]string{d.Out}, d.In...)
	}
	k := m.Begin(d.Name, d.Doc, Signature(names, nil, d.Scalars, "float32"), true, names...)
	n := Load(Param(names[0]).Len(), GP64()).(reg.GPVirtual)
	s := make([]V, len(d.Scalars))
	for i, name := range d.Scalars {
		s[i] = k.Scalar(name)
	}
	acc := make([]V, d.Unroll)
	for u := range acc {
		acc[u] = m.Copy(d.Start)
	}
	k.Each("", n, d.Unroll, func(i reg.GPVirtual, disp, u int, live *Mask) {
		in := make([]V, len(d.In))
		for j, name := range d.In {
			in[j] = k.Load(k.Addr(name, i, disp), live)
			switch at := slices.Index(d.Scalars, d.DeadIs); {
			case live != nil && at >= 0:
				in[j] = m.Select(*live, in[j], s[at])
			case live != nil && d.Dead != Zero:
				in[j] = m.Select(*live, in[j], m.Reg(d.Dead))
			}
		}
		if out := d.F(m, acc[u], in, s); out != nil {
			k.Store(out, k.Addr(d.Out, i, disp), live)
		}
	})
	for len(acc) > 1 {
		h := len(acc) / 2
		for u := range h {
			acc[u] = d.Join(m, acc[u], acc[u+h])
		}
		acc = acc[:h]
	}
	Store(m.fold(acc[0], d.Join).AsX(), ReturnIndex(0))
	k.End()
}

// fold joins the lanes of x into its lowest.
func (m *M) fold(x V, join func(m *M, a, b V) V) V {
	if m.Arm {
		x = join(m, x, m.own(neon.Halves, x))
		return join(m, x, m.own(neon.Pairs, x))
	}
	narrow := &M{}
	if m.Wide {
		hi := YMM()
		VEXTRACTF32X8(U8(1), x, hi)
		lo := YMM()
		VMOVAPS(x.AsY(), lo)
		x = join(narrow, lo, hi)
	}
	t := YMM()
	VPERM2F128(U8(1), x, x, t)
	x = join(narrow, x, t)
	t = YMM()
	VSHUFPS(U8(0b01001110), x, x, t)
	x = join(narrow, x, t)
	t = YMM()
	VSHUFPS(U8(0b10110001), x, x, t)
	return join(narrow, x, t)
}

// Everywhere joins the lanes of x and gives the result in all of them.
func (m *M) Everywhere(x V, join func(m *M, a, b V) V) V {
	if m.Arm {
		return m.fold(x, join)
	}
	turn := func(f func(t V)) {
		t := m.New()
		f(t)
		x = join(m, x, t)
	}
	if m.Wide {
		turn(func(t V) { VSHUFF32X4(U8(0b01001110), x, x, t) })
		turn(func(t V) { VSHUFF32X4(U8(0b10110001), x, x, t) })
	} else {
		turn(func(t V) { VPERM2F128(U8(1), x, x, t) })
	}
	turn(func(t V) { VPERMILPS(U8(0b01001110), x, t) })
	turn(func(t V) { VPERMILPS(U8(0b10110001), x, t) })
	return x
}

// Pointer is the register that points into a slice.
func (k *Kernel) Pointer(name string) reg.GPVirtual { return k.pointers[name] }

// LoadTo is Load into the register r.
func (m *M) LoadTo(at Mem, live *Mask, r V) { m.loadInto(at, live, r) }
