package conv

// panel is a strip of columns of a product: cols of them, padded to whole vectors.
type panel struct{ col, cols, vecs int }

// panels covers n columns with panels for lines of the given number of rows: four
// vectors wide where the rows are few, two else, one at a narrow end.
func panels(m *machine, n, rows int) (ps []panel) {
	for col := 0; col < n; {
		vecs := 1
		for _, v := range []int{4, 2} {
			if m.tile(v) > 0 && n-col > (v-1)*m.width() && (v < 4 || rows <= m.tile(v)) {
				vecs = v
				break
			}
		}
		cols := min(vecs*m.width(), n-col)
		ps = append(ps, panel{col, cols, vecs})
		col += cols
	}
	return ps
}

// padded is the number of columns that panels take up.
func padded(m *machine, ps []panel) (n int) {
	for _, p := range ps {
		n += p.vecs * m.width()
	}
	return n
}

// evenly shares n rows out to as few tiles of at most high rows as will do, as even
// as can be: the number of tiles with one row more, of the others, and their rows.
func evenly(n, high int) (taller, rest, rows int) {
	t := ceil(n, high)
	if t == 0 {
		return 0, 0, 0
	}
	return n % t, t - n%t, n / t
}
