package plan

import (
	"gorae/internal/kernel/rnn"
)

// stepwise is the launch of a recurrence after its first phase where every step is shared out to the threads.
func (f *recurrentRun) stepwise(name string) *Launch {
	return &Launch{Name: name, PerRunner: func(x *Run) func(*Run, int, []float32) {
		task := &stepTask{run: f}
		return func(x *Run, _ int, _ []float32) {
			task.args, task.shared = f.args(x), x.F(f.shared)
			for task.phase = 1; task.phase < f.plan.Phases(); task.phase++ {
				x.pool.Run(f.plan.Blocks(task.phase), task)
			}
		}
	}}
}

// stepTask is a phase that runs now, as the pool sees it. Such phases need no scratch.
type stepTask struct {
	run    *recurrentRun
	args   rnn.Args
	shared []float32
	phase  int
}

// Run does one block.
func (t *stepTask) Run(block, _ int) { t.run.plan.Run(t.phase, block, &t.args, t.shared, nil) }
