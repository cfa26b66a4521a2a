package plan

import (
	"strconv"

	"gorae/graph"
	"gorae/internal/kernel/vec"
	"gorae/tensor"
)

// scanKernel runs loops over time whose cell the recurrent fusion does not know: one step is compiled into a plan of
// its own, which runs step after step, forwards or backwards.
type scanKernel struct{}

func (scanKernel) Claim(c *graph.Call) bool {
	switch c.Op.(type) {
	case graph.Scan, graph.ScanGrad:
	default:
		return false
	}
	for _, x := range c.In {
		if x.DType == tensor.Uint8 {
			return false
		}
	}
	return len(c.In) <= len(names)
}

// loop is the part that both directions share.
type loop struct {
	scan         graph.Scan
	batch, steps int
	in           []*Value // operands of the scan
	plan         *Plan    // of one step
}

func newLoop(scan graph.Scan, in []*Value, x []*graph.Node) *loop {
	s := x[scan.States].Shape
	return &loop{scan: scan, batch: s[0], steps: s[1], in: in[:len(x)]}
}

// at returns the position of the i-th step that the loop visits.
func (l *loop) at(i int) int {
	if l.scan.Reverse {
		return l.steps - 1 - i
	}
	return i
}

func (l *loop) sequences() (from, to int) {
	from, to = l.scan.States, l.scan.States+l.scan.Inputs
	if l.scan.Masked {
		to++
	}
	return
}

// looper is a loop in one runner: the runner of the step, and memory for the step's operands.
type looper struct {
	*loop
	step *Runner
	seen []*tensor.Tensor // by operand: a state, a step of a sequence, or a view of a weight
}

func (l *loop) looper(x *Run, in []*graph.Node) *looper {
	p := &looper{loop: l, step: l.plan.Runner(x.pool)}
	for i, n := range in {
		t := &tensor.Tensor{Shape: n.Shape}
		if _, to := l.sequences(); i < to {
			t = tensor.New(n.DType, n.Shape...)
			p.step.Bind(strconv.Itoa(i), t)
		}
		p.seen = append(p.seen, t)
	}
	return p
}

// weights binds the operands that are the same at each step to the memory of this run.
func (p *looper) weights(x *Run) {
	_, to := p.sequences()
	for i := to; i < len(p.in); i++ {
		s := x.stores[p.in[i].ID]
		if p.seen[i].F32 = s.f; p.in[i].DType == tensor.Int32 {
			p.seen[i].F32, p.seen[i].I32 = nil, s.i
		}
		p.step.Bind(names[i], p.seen[i])
	}
}

// names are the names of a step's leaves, made once.
var names = func() (n [256]string) {
	for i := range n {
		n[i] = strconv.Itoa(i)
	}
	return
}()

// take copies step t of the sequences to the operands of the step.
func (p *looper) take(x *Run, t int) {
	from, to := p.sequences()
	for i := from; i < to; i++ {
		s := x.stores[p.in[i].ID]
		if d := p.seen[i]; d.I32 != nil {
			p.copyStep(asFloats(d.I32), s.f, t)
		} else {
			p.copyStep(d.F32, s.f, t)
		}
	}
}

// copyStep copies step t of a sequence to dst; putStep is the way back.
func (l *loop) copyStep(dst, seq []float32, t int) {
	row := len(dst) / max(1, l.batch)
	for b := range l.batch {
		copy(dst[b*row:(b+1)*row], seq[(b*l.steps+t)*row:])
	}
}

func (l *loop) putStep(seq, src []float32, t int) {
	row := len(src) / max(1, l.batch)
	for b := range l.batch {
		copy(seq[(b*l.steps+t)*row:], src[b*row:(b+1)*row])
	}
}

func (scanKernel) Bind(b *Binding) Launch {
	if op, ok := b.Call.Op.(graph.ScanGrad); ok {
		return bindScanGrad(b, op)
	}
	op := b.Call.Op.(graph.Scan)
	in, out, err := op.Step(typesOf(b.Call.In))
	if err != nil {
		panic(err) // the graph has inferred the same
	}
	l := newLoop(op, b.In, b.Call.In)
	if l.plan, err = Compile(out, nil, nil); err != nil {
		panic(err)
	}
	results := b.Out
	return Launch{Name: op.String(), Flops: l.flops(), PerRunner: func(x *Run) func(*Run, int, []float32) {
		p := l.looper(x, in)
		return func(x *Run, _ int, _ []float32) {
			p.weights(x)
			for i := range op.States {
				copy(p.seen[i].F32, x.F(p.in[i]))
			}
			for i := range l.steps {
				t := l.at(i)
				p.take(x, t)
				if err := p.step.Compute(); err != nil {
					panic(err) // every leaf is bound and nothing is checked
				}
				for k, v := range results {
					o := p.step.Output(k)
					l.putStep(x.F(v), o.F32, t)
				}
				for k := range op.States {
					copy(p.seen[k].F32, p.step.Output(k).F32)
				}
			}
		}
	}}
}

// flops returns the number of floating-point operations of all steps together.
func (l *loop) flops() (n float64) {
	for _, s := range l.plan.steps {
		n += s.launch.Flops
	}
	return n * float64(l.steps)
}

func typesOf(x []*graph.Node) []graph.Type {
	ts := make([]graph.Type, len(x))
	for i, n := range x {
		ts[i] = n.Type
	}
	return ts
}

func bindScanGrad(b *Binding, op graph.ScanGrad) Launch {
	in, dout, din, err := op.Step(typesOf(b.Call.In))
	if err != nil {
		panic(err)
	}
	s := op.Scan
	l := newLoop(s, b.In, b.Call.In[:op.Operands])
	states := b.In[op.Operands : op.Operands+s.States] // after each step
	flows := b.In[op.Operands+op.Results:]
	var outs []*graph.Node
	index := make([]int, len(din)) // among outs, −1 for none
	for k, d := range din {
		if index[k] = -1; d != nil {
			index[k] = len(outs)
			outs = append(outs, d)
		}
	}
	if len(outs) == 0 {
		return Launch{Name: op.String(), Run: func(x *Run, _ int, _ []float32) {
			for _, v := range b.Out {
				clear(x.F(v))
			}
		}}
	}
	if l.plan, err = Compile(outs, nil, nil); err != nil {
		panic(err)
	}
	wanted := op.Wanted(typesOf(b.Call.In))
	results := b.Out
	return Launch{Name: op.String(), Flops: l.flops(), PerRunner: func(x *Run) func(*Run, int, []float32) {
		p := l.looper(x, in)
		var ds []*tensor.Tensor
		for i, n := range dout {
			t := tensor.New(n.DType, n.Shape...)
			ds = append(ds, t)
			p.step.Bind("d"+strconv.Itoa(i), t)
		}
		carry := make([][]float32, s.States)
		for i := range carry {
			carry[i] = make([]float32, in[i].Shape.Size())
		}
		return func(x *Run, _ int, _ []float32) {
			p.weights(x)
			for _, v := range results {
				clear(x.F(v))
			}
			for _, c := range carry {
				clear(c)
			}
			for i := l.steps - 1; i >= 0; i-- {
				t := l.at(i)
				for k := range s.States {
					if i > 0 {
						l.copyStep(p.seen[k].F32, x.F(states[k]), l.at(i-1))
					} else {
						copy(p.seen[k].F32, x.F(p.in[k]))
					}
				}
				p.take(x, t)
				flow := 0
				for k, d := range ds {
					if op.Flows[k] {
						l.copyStep(d.F32, x.F(flows[flow]), t)
						flow++
					} else {
						clear(d.F32)
					}
					if k < s.States {
						vec.Add(d.F32, d.F32, carry[k])
					}
				}
				if err := p.step.Compute(); err != nil {
					panic(err)
				}
				for _, c := range carry {
					clear(c)
				}
				for k, w := range wanted {
					if index[k] < 0 {
						continue
					}
					d := p.step.Output(index[k]).F32
					y := x.F(results[k])
					switch {
					case w < s.States:
						if copy(carry[w], d); i == 0 {
							copy(y, d)
						}
					case w < s.States+s.Inputs:
						l.putStep(y, d, t)
					default:
						vec.Add(y, y, d)
					}
				}
			}
		}
	}}
}
