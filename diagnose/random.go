package diagnose

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gorae/layer"
	"gorae/run"
)

// random searches at random, until as many networks have been trained as the repair took.
func (r *repairer) random(out *Repaired, t *run.Trained) error {
	budget := r.count
	rnd := rand.New(rand.NewPCG(r.spec.Seed, 0x7261))
	s := &Random{After: out.Before}
	menu := r.menu(t)
	for start := r.count; r.count-start < budget; {
		var change []string
		for range 1 + rnd.IntN(3) {
			change = append(change, menu[rnd.IntN(len(menu))](rnd)...)
		}
		skills, err := r.measure(change, 0, r.seeds)
		if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		if err == nil && mean(skills) > s.After {
			s.After, s.Change = mean(skills), change
		}
		s.Trainings = r.count - start
	}
	s.Beaten = out.After > s.After
	out.Random = s
	return nil
}

// menu lists what a random search may change, by one draw each: what a person tunes who does not know the cause.
func (r *repairer) menu(t *run.Trained) []func(*rand.Rand) []string {
	c := &Case{Trained: t, ctx: r.ctx}
	choose := func(key string, values ...string) func(*rand.Rand) []string {
		return func(rnd *rand.Rand) []string { return []string{key + "=" + values[rnd.IntN(len(values))]} }
	}
	menu := []func(*rand.Rand) []string{
		func(rnd *rand.Rand) []string {
			return []string{fmt.Sprintf("train.optimizer={adam: {learning_rate: %.3g}}", math.Pow(10,
				-5+4*rnd.Float64()))}
		},
		func(rnd *rand.Rand) []string {
			return []string{fmt.Sprintf("train.optimizer={sgd: {learning_rate: %.3g, momentum: 0.9}}",
				math.Pow(10, -4+4*rnd.Float64()))}
		},
		choose("train.batch_size", "8", "16", "32", "64", "128"),
		choose("train.epochs", "10", "20", "40", "80"),
	}
	for _, l := range c.hidden() {
		switch l.Layer.(type) {
		case layer.Dense:
			for _, x := range [][]string{{"units", "8", "16", "32", "64", "128"}, {"activation", "relu", "tanh",
				"sigmoid",
				"linear"}, {"kernel_initializer", "glorot_uniform", "he_normal"}, {"kernel_regularizer", "null",
				"{l2: {l2: 0.001}}", "{l2: {l2: 0.1}}"}} {
				if l.key != "" {
					menu = append(menu, choose(l.key+"."+x[0], x[1:]...))
				}
			}
		case layer.Dropout:
			if l.key != "" {
				menu = append(menu, choose(l.key+".rate", "0", "0.2", "0.5"))
			}
		}
	}
	return menu
}
