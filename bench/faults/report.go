package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"gorae/stat"
)

// skills are those of the seeds of an experiment.
func (s *store) skills(base, plant string, n int) []float64 {
	var out []float64
	for k := range n {
		if r := s.all[(&result{Base: base, Plant: plant, Seed: first() + uint64(k)}).key()]; r != nil {
			v := r.Skill
			if v != v {
				v = -1 // the training failed
			}
			out = append(out, max(v, -1))
		}
	}
	return out
}

func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(max(1, len(x)-1))
	}
	return mean, variance
}

// harm is Welch's t test and Cohen's d of a fault's skills against the sound ones.
func harm(faulty, sound []float64) (p, d float64) {
	a, va := moments(faulty)
	b, vb := moments(sound)
	na, nb := float64(len(faulty)), float64(len(sound))
	if len(faulty) < 2 || len(sound) < 2 {
		return 1, 0
	}
	pooled := math.Sqrt((va + vb) / 2)
	d = (b - a) / max(pooled, 1e-9)
	va, vb = va/na, vb/nb
	if va+vb == 0 {
		if b > a {
			return 0, math.Inf(1)
		}
		return 1, 0
	}
	df := (va + vb) * (va + vb) / (va*va/(na-1) + vb*vb/(nb-1))
	return stat.StudentTail((b-a)/math.Sqrt(va+vb), df), d
}

// fewSeeds is the number of seeds after which a fault that does no harm is given up.
const fewSeeds = 4

// harmless reports whether a fault has had so many seeds and shows no sign of harm.
func (s *store) harmless(p *plant, base string, seed int) bool {
	if p.structural || seed < fewSeeds {
		return false
	}
	pv, _ := harm(s.skills(base, p.name, seed), s.skills(base, "", *seeds))
	return pv > 0.2
}

// bare is a code without its grade.
func bare(code string) string { return strings.TrimPrefix(code, "!") }

// named reports whether a code is one of those that a plant may be called.
func (p *plant) named(code string) bool { return slices.Contains(p.codes, bare(code)) }

// report prints the table.
func (s *store) report(w io.Writer, of []base) error {
	var found, firsts, asFault, all, admitted, kinds, harmless int
	seen := map[int]bool{}
	fmt.Fprintf(w, "%-4s %-26s %-14s %8s %8s %7s %6s %6s %6s\n", "kind", "fault", "base", "skill", "sound", "d",
		"found",
		"first", "fault")
	for _, p := range plants() {
		for _, b := range p.among(of) {
			faulty := s.skills(b.name, p.name, *seeds)
			if len(faulty) == 0 {
				continue
			}
			good := s.skills(b.name, "", *seeds)
			pv, d := harm(faulty, good)
			if !p.structural && (pv >= 0.05 || d < 0.5) {
				harmless++
				fmt.Fprintf(w, "%-4d %-26s %-14s %8.3f %8.3f %7.2f   not harmful\n", p.kind, p.name, b.name,
					mid(faulty), mid(good),
					d)
				continue
			}
			admitted++
			seen[p.kind] = true
			f, one, ft := 0, 0, 0
			var missed []string
			for k := range *seeds {
				r := s.all[(&result{Base: b.name, Plant: p.name, Seed: first() + uint64(k)}).key()]
				if r == nil {
					continue
				}
				all++
				hit := slices.ContainsFunc(r.Codes, p.named)
				if hit {
					f++
				} else {
					missed = append(missed, strings.Join(append(r.Codes, r.Error), " "))
				}
				if len(r.Codes) > 0 && p.named(r.Codes[0]) {
					one++
				} else if hit {
					missed = append(missed, "first: "+strings.Join(r.Codes, " "))
				}
				if slices.ContainsFunc(r.Codes, func(c string) bool { return p.named(c) && c[0] == '!' }) {
					ft++
				}
			}
			found, firsts, asFault = found+f, firsts+one, asFault+ft
			fmt.Fprintf(w, "%-4d %-26s %-14s %8.3f %8.3f %7.2f %6d %6d %6d  %s\n", p.kind, p.name, b.name, mid(faulty),
				mid(good),
				min(d, 99), f, one, ft, commonest(missed))
		}
	}
	kinds = len(seen)
	fmt.Fprintf(w, "\n%d faulty experiments of %d kinds admitted (%d not harmful), %d runs\n", admitted, kinds,
		harmless, all)
	rate := func(name string, n, of int, goal string) {
		i := stat.Wilson(n, max(1, of), 0.95)
		fmt.Fprintf(w, "%-44s %5d of %5d  %.3f (95 %%: %.3f to %.3f), goal %s\n", name, n, of, float64(n)/float64(max(1,
			of)),
			i.Low, i.High, goal)
	}
	rate("found", found, all, "0.95")
	rate("an acceptable name first", firsts, all, "0.85")
	rate("found as a fault", asFault, all, "none")
	return s.sound(w, of, rate)
}

// sound prints the false alarms.
func (s *store) sound(w io.Writer, of []base, rate func(string, int, int, string)) error {
	runs, faults, tips := 0, 0, 0
	which := map[string]int{}
	for _, b := range of {
		for _, r := range s.all {
			if r.Base != b.name || r.Plant != "" {
				continue
			}
			runs++
			if slices.ContainsFunc(r.Codes, func(c string) bool { return c[0] == '!' }) {
				faults++
			}
			if len(r.Codes) > 0 {
				tips++
			}
			for _, c := range r.Codes {
				which[b.name+" "+c]++
			}
			if r.Error != "" {
				which[b.name+" error "+r.Error]++
			}
		}
	}
	rate("sound runs with a fault", faults, runs, "≤ 0.03")
	rate("sound runs with any finding", tips, runs, "none")
	var names []string
	for n := range which {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		fmt.Fprintf(w, "    %s: %d\n", n, which[n])
	}
	return nil
}

// mid is the median.
func mid(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	return stat.Quantile(slices.Sorted(slices.Values(x)), 0.5)
}

// commonest is the commonest of some texts.
func commonest(texts []string) string {
	best, most := "", 0
	counts := map[string]int{}
	for _, t := range texts {
		if counts[t]++; counts[t] > most {
			best, most = t, counts[t]
		}
	}
	return best
}
