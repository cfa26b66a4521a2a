package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"gorae/diagnose"
	"gorae/stat"
)

// mended is the name under which a repair is kept.
func mended(plant string) string { return "repair of " + plant }

// mostBases is the number of bases in which the repair of a fault is tried.
const mostBases = 1

// repairs tries to repair the faults, beside a random search with as many trainings.
func (s *store) repairs(ctx context.Context, of []base) error {
	for _, p := range plants() {
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
			dir, err := os.MkdirTemp("", "faults")
			if err != nil {
				return err
			}
			if err := r.repair(ctx, b, &p, dir); err != nil {
				r.Error = err.Error()
			}
			if err := os.RemoveAll(dir); err != nil {
				return err
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
	t, d, err := r.trained(ctx, b, p, dir)
	if err != nil {
		return err
	}
	done, err := diagnose.Repair(ctx, t, d, diagnose.RepairOptions{Seeds: 2, Attempts: 4, Random: true})
	if err != nil {
		return err
	}
	r.Codes = done.Change
	if done.TestAfter != nil {
		r.Skill = *done.TestAfter
	}
	if done.Random != nil && done.Random.TestAfter != nil {
		r.Random = *done.Random.TestAfter
	}
	return nil
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

// repaired prints what came of the repairs.
func (s *store) repaired(w io.Writer, of []base) {
	n, ours, random, faulty := 0, 0, 0, 0
	fmt.Fprintf(w, "\n%-4s %-26s %-14s %8s %8s %8s %8s\n", "kind", "fault", "base", "faulty", "repaired", "random",
		"sound")
	for _, p := range plants() {
		for _, b := range of {
			r := s.all[(&result{Base: b.name, Plant: mended(p.name), Seed: first()}).key()]
			if r == nil {
				continue
			}
			sound := mid(s.skills(b.name, "", *seeds))
			was := mid(s.skills(b.name, p.name, *seeds))
			limit := sound - points/b.room()
			n++
			for _, x := range []struct {
				skill float64
				count *int
			}{{r.Skill, &ours}, {r.Random, &random}, {was, &faulty}} {
				if x.skill >= limit {
					*x.count++
				}
			}
			fmt.Fprintf(w, "%-4d %-26s %-14s %8.3f %8.3f %8.3f %8.3f  %v %s\n", p.kind, p.name, b.name, was, r.Skill,
				r.Random,
				sound, r.Codes, r.Error)
		}
	}
	if n == 0 {
		return
	}
	for _, x := range []struct {
		name string
		k    int
	}{{"repaired to within 2 points of the sound median", ours}, {"by a random search of as many trainings", random},
		{"faulty ones within 2 points", faulty}} {
		i := stat.Wilson(x.k, n, 0.95)
		fmt.Fprintf(w, "%-48s %4d of %4d  %.3f (95 %%: %.3f to %.3f)\n", x.name, x.k, n, float64(x.k)/float64(n), i.Low,
			i.High)
	}
}
