package data

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"gorae/tensor"
)

// Levels of pictures' values: those of bytes, and of 16 bits, which are float32 samples from 0 to 255 in steps of
// 1/257.
const (
	byteLevels = math.MaxUint8 + 1
	deepLevels = math.MaxUint16 + 1
	deepStep   = math.MaxUint16 / math.MaxUint8
)

// Histogram counts the values of pictures, the first input of a dataset: [c][v] is how often level v stands at place c
// of the last axis, over the samples rows (nil: all). Of bytes there are 256 levels; of float32, which are pictures of
// 16 bits, 65,536, where level v is the value v/257. Every statistic follows from it exactly, whatever the order in
// which samples are read, which are as many at a time as the dataset likes.
func Histogram(d Dataset, rows []int) ([][]int64, error) {
	spec := d.Spec()
	field := spec.Inputs[0]
	levels := map[tensor.DType]int{tensor.Uint8: byteLevels, tensor.Float32: deepLevels}[field.DType]
	if levels == 0 || len(field.Shape) == 0 {
		return nil, fmt.Errorf("data: a histogram of samples of %v%v; pictures with at least one axis are needed",
			field.DType, field.Shape)
	}
	n := len(rows)
	if rows == nil {
		n = d.Len()
	}
	places := field.Shape[len(field.Shape)-1]
	counts := func() [][]int64 {
		out := make([][]int64, places)
		for c := range out {
			out[c] = make([]int64, levels)
		}
		return out
	}
	total := counts()
	errs := make([]error, n)
	var next atomic.Int64
	var all sync.WaitGroup
	var lock sync.Mutex
	for range max(1, min(spec.Workers, n)) {
		all.Go(func() {
			own := counts()
			row := Row{*tensor.New(field.DType, field.Shape...)}
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				i := k
				if rows != nil {
					i = rows[k]
				}
				if errs[k] = d.Read(0, i, row); errs[k] != nil {
					continue
				}
				for e, v := range row[0].U8 {
					own[e%places][v]++
				}
				for e, v := range row[0].F32 {
					level := v*deepStep + 0.5
					if !(level >= 0 && level < deepLevels) {
						errs[k] = fmt.Errorf("data: a histogram of samples that hold %v; pictures go from 0 to 255", v)
						break
					}
					own[e%places][int(level)]++
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
