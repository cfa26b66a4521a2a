package data

import "fmt"

// leaf is a dataset that gives some fields of another's samples: what Subset and merged are made of. A batch is read
// leaf by leaf, so that the memory of one is not waited for between the samples of another.
type leaf struct {
	Dataset
	rows     [][]int // the numbers of its samples, the outermost first
	from, to int     // the fields
}

// leaves are the leaves of a dataset whose samples have n fields from one on; rows are the subsets around it.
func leaves(d Dataset, rows [][]int, from, n int) []leaf {
	switch d := d.(type) {
	case Subset:
		return leaves(d.Dataset, append(rows[:len(rows):len(rows)], d.Rows), from, n)
	case *merged:
		var all []leaf
		for k, part := range d.parts {
			m := min(d.count[k], n)
			all = append(all, leaves(part, rows, from, m)...)
			from, n = from+m, n-m
		}
		return all
	}
	return []leaf{{d, rows, from, from + n}}
}

// read reads the leaf's fields of sample i.
func (f *leaf) read(epoch, i int, row Row) error {
	for _, rows := range f.rows {
		if i < 0 || i >= len(rows) {
			return fmt.Errorf("data: no sample %d of %d", i, len(rows))
		}
		i = rows[i]
	}
	return f.Read(epoch, i, row[f.from:f.to:f.to])
}
