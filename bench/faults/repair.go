package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"gorae/diagnose"
	"gorae/run"
	"gorae/stat"
	"gorae/task"
)

// mended is the name under which a repair is kept.
func mended(plant string) string { return "repair of " + plant }

// measured is the name under which the sound experiment is kept, measured as repairs are.
const measured = "sound, as repairs are measured"

const (
	mostBases = 1 // in which the repair of a fault is tried
	testSeeds = 3 // of the weights, over which the median of a test is taken; the parts stay the same
)

// repairs tries to repair the faults, beside a random search with as many trainings.
func (s *store) repairs(ctx context.Context, of []base, mine func(int) bool) error {
	all := plants()
	slices.SortStableFunc(all, func(a, b plant) int { return one(a.lost) - one(b.lost) })
	for k, p := range all {
		if !mine(k) {
			continue
		}
		n := 0
		for _, b := range p.among(of) {
			if !s.harmful(&p, b.name) || n >= mostBases {
				continue
			}
			n++
			r := &result{Base: b.name, Plant: mended(p.name), Seed: first()}
			if s.all[r.key()] != nil || *only != "" && *only != p.name {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			of := result{Base: b.name, Plant: p.name, Seed: r.Seed}
			dir, done, err := of.folder()
			if err != nil {
				return err
			}
			if err := r.repair(ctx, b, &p, dir); err != nil {
				r.Error = err.Error()
			}
			done()
			sound := &result{Base: b.name, Plant: measured, Seed: r.Seed}
			if s.all[sound.key()] == nil {
				dir, done, err := sound.folder()
				if err != nil {
					return err
				}
				if err := sound.soundly(ctx, b, dir); err != nil {
					sound.Error = err.Error()
				}
				done()
				if err := s.put(sound); err != nil {
					return err
				}
			}
			if err := s.put(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// harmful reports whether a fault is admitted in a base.
func (s *store) harmful(p *plant, base string) bool {
	faulty := s.skills(base, p.name, *seeds)
	pv, d := harm(faulty, s.skills(base, "", *seeds))
	return len(faulty) > 0 && (p.structural || pv < 0.05 && d >= 0.5)
}

func (r *result) repair(ctx context.Context, b base, p *plant, dir string) error {
	of := result{Base: r.Base, Plant: p.name, Seed: r.Seed}
	t, _, err := of.trained(ctx, b, p, dir)
	if err != nil {
		return err
	}
	done, err := diagnose.Repair(ctx, t, diagnose.RepairOptions{Seeds: 2, Attempts: 5, Tests: testSeeds,
		Random: true})
	if err != nil {
		return err
	}
	r.Codes, r.Trainings = done.Change, done.Random.Trainings
	for _, a := range done.Attempts {
		r.Tries = append(r.Tries, fmt.Sprintf("%s %v %+.3f±%.3f %t %s", a.Code, a.Change, a.Gain, a.Noise, a.Kept,
			a.Error))
	}
	if done.TestAfter == nil {
		return fmt.Errorf("no test samples")
	}
	r.Skill, r.Random = *done.TestAfter, *done.Random.TestAfter
	return nil
}

// soundly measures the sound experiment of a base as repairs are measured.
func (r *result) soundly(ctx context.Context, b base, dir string) error {
	p, err := r.prepared(ctx, b, nil, dir)
	if err != nil {
		return err
	}
	r.Skill, err = diagnose.Skill(ctx, &run.Trained{Prepared: p}, nil, testSeeds, task.Test)
	return err
}

// room is the share of samples that the constant answer gets wrong: a point of accuracy is 0.01/room of skill. It is 1
// of numbers, whose skill is r².
func (b *base) room() float64 {
	if b.number {
		return 1
	}
	if b.data == nil {
		return 0.9
	}
	t, err := b.data()
	if err != nil {
		return 1
	}
	counts := map[string]int{}
	most := 0
	k := t.column(b.target)
	for _, r := range t.rows {
		counts[r[k]]++
		most = max(most, counts[r[k]])
	}
	return 1 - float64(most)/float64(len(t.rows))
}

// points is how many points below the sound median a repaired network may be.
const points = 0.02

// tooGood is how many points above the sound median a network counts as one that still has its leak.
const tooGood = 0.1

// repaired prints what came of the repairs: of all faults, and of those that took no information out of the file, which
// no experiment file could bring back.
func (s *store) repaired(w io.Writer, of []base) {
	type count struct{ n, ours, random, better int }
	var all, kept count
	fmt.Fprintf(w, "\n%-4s %-26s %-14s %8s %8s %8s %8s\n", "kind", "fault", "base", "faulty", "repaired", "random",
		"sound")
	for _, p := range plants() {
		for _, b := range of {
			r := s.all[(&result{Base: b.name, Plant: mended(p.name), Seed: first()}).key()]
			sound := s.all[(&result{Base: b.name, Plant: measured, Seed: first()}).key()]
			if r == nil || sound == nil {
				continue
			}
			limit, most := sound.Skill-points/b.room(), math.Inf(1)
			if strings.Contains(p.codes[0], "leak") { // with the leak the skill is too good
				most = sound.Skill + tooGood/b.room()
			}
			within := func(skill float64) bool { return skill >= limit && skill <= most }
			for _, c := range []*count{&all, &kept} {
				if c == &kept && p.lost {
					continue
				}
				c.n++
				c.ours += one(within(r.Skill))
				c.random += one(within(r.Random))
				c.better += one(r.Skill > r.Random)
			}
			mark := ""
			if p.lost {
				mark = "(lost) "
			}
			if !within(r.Skill) {
				mark += "not repaired "
			}
			fmt.Fprintf(w, "%-4d %-26s %-14s %8.3f %8.3f %8.3f %8.3f  %s%v %s\n", p.kind, p.name, b.name,
				mid(s.skills(b.name, p.name, *seeds)), r.Skill, r.Random, sound.Skill, mark, r.Codes, r.Error)
		}
	}
	for _, x := range []struct {
		name string
		c    count
	}{{"all faults", all}, {"without those that took information out of the file", kept}} {
		if x.c.n == 0 {
			continue
		}
		fmt.Fprintln(w, x.name)
		for _, y := range []struct {
			name string
			k    int
		}{{"repaired to within 2 points of the sound median", x.c.ours},
			{"by a random search of as many trainings", x.c.random}, {"better than the random search", x.c.better}} {
			i := stat.Wilson(y.k, x.c.n, 0.95)
			fmt.Fprintf(w, "  %-48s %4d of %4d  %.3f (95 %%: %.3f to %.3f)\n", y.name, y.k, x.c.n,
				float64(y.k)/float64(x.c.n), i.Low, i.High)
		}
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
