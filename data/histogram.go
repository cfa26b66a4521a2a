package data

import (
	"fmt"
	"sync"
	"sync/atomic"

	"gorae/tensor"
)

// Histogram counts the bytes of the first input of a dataset, such as pictures:
// [c][v] is how often value v stands at place c of the last axis, over the samples
// rows (nil: all). Every statistic of bytes follows from it exactly. Samples are read
// as many at a time as the dataset likes.
func Histogram(d Dataset, rows []int) ([][256]int64, error) {
	spec := d.Spec()
	field := spec.Inputs[0]
	if field.DType != tensor.Uint8 || len(field.Shape) == 0 {
		return nil, fmt.Errorf("data: a histogram of samples of %v%v; bytes with at least one axis are needed",
			field.DType, field.Shape)
	}
	n := len(rows)
	if rows == nil {
		n = d.Len()
	}
	places := field.Shape[len(field.Shape)-1]
	total := make([][256]int64, places)
	errs := make([]error, n)
	var next atomic.Int64
	var all sync.WaitGroup
	var lock sync.Mutex
	for range max(1, min(spec.Workers, n)) {
		all.Go(func() {
			own := make([][256]int64, places)
			row := Row{*tensor.New(tensor.Uint8, field.Shape...)}
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				i := k
				if rows != nil {
					i = rows[k]
				}
				if errs[k] = d.Read(0, i, row); errs[k] != nil {
					continue
				}
				for at := 0; at < len(row[0].U8); at += places {
					for c, v := range row[0].U8[at : at+places] {
						own[c][v]++
					}
				}
			}
			lock.Lock()
			defer lock.Unlock()
			for c := range own {
				for v, count := range own[c] {
					total[c][v] += count
				}
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return total, nil
}
