package main

import "slices"

// launch is a part of a step as one thread runs it: what it does alone, and then pieces that may run at the same time.
type launch struct {
	alone  float64   // seconds before the pieces
	pieces []float64 // seconds of each; none behind the last launch
	bytes  float64   // that the pieces read and write
}

// machine is what a schedule needs to know beside the pieces.
type machine struct {
	hand float64 // seconds from a launch to the first piece of the second thread; those behind follow as far apart
	wake float64 // seconds more where the threads sleep
	rest float64 // seconds without work after which they do
	one  float64 // bytes a second of memory, by one thread
	two  float64 // the same, by two
	full int     // the number of threads from which on more do not get more bytes a second
}

// speed is how many bytes a second so many threads get together: each one more as much as the second, up to full.
func (m machine) speed(threads int) float64 {
	return m.one + float64(min(threads, m.full)-1)*max(0, m.two-m.one)
}

// simulate returns the seconds of the launches on a number of threads. The pieces of a launch are taken in order, each
// by the thread that is free first, as the threads of package par take them. Thread k begins k hand-overs after the
// launch, as threads enter a launch one after the other. Pieces that one thread moves no faster than its share of the
// memory's bandwidth take at least the time in which the threads together move them; faster ones have their bytes in
// caches.
func simulate(ls []launch, threads int, m machine) float64 {
	total := 0.0
	free := make([]float64, threads)
	for _, l := range ls {
		total += l.alone
		for k := range free {
			if free[k] = float64(k) * m.hand; k > 0 && l.alone > m.rest {
				free[k] += m.wake
			}
		}
		end, sum, used := 0.0, 0.0, map[int]bool{}
		for _, p := range l.pieces {
			k := slices.Index(free, slices.Min(free))
			used[k] = true
			free[k] += p
			end, sum = max(end, free[k]), sum+p
		}
		if n := len(used); n > 1 && sum*m.one >= l.bytes {
			end = max(end, l.bytes/m.speed(n))
		}
		total += end
	}
	return total
}

// moved is how many bytes the pieces read and write.
func moved(ls []launch) (bytes float64) {
	for _, l := range ls {
		bytes += l.bytes
	}
	return bytes
}

// medianLaunches is the median of each time over several records of the same launches.
func medianLaunches(runs [][]launch) []launch {
	out := make([]launch, len(runs[0]))
	for i, l := range runs[0] {
		of := func(f func(launch) float64) float64 {
			x := make([]float64, len(runs))
			for r := range runs {
				x[r] = f(runs[r][i])
			}
			return median(x)
		}
		out[i] = launch{of(func(l launch) float64 { return l.alone }), make([]float64, len(l.pieces)), l.bytes}
		for p := range l.pieces {
			out[i].pieces[p] = of(func(l launch) float64 { return l.pieces[p] })
		}
	}
	return out
}
