package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gorae/tensor"
)

// AxisNames returns the names of the axes of samples, by the number of axes: the channels-last order of pictures, where
// they do not look otherwise.
func AxisNames(s tensor.Shape) []string {
	switch len(s) {
	case 1:
		return []string{"samples"}
	case 2:
		return []string{"samples", "features"}
	case 3:
		return []string{"samples", "time steps", "features"}
	case 4:
		if ChannelsFirst(s[1:]) {
			return []string{"samples", "channels", "height", "width"}
		}
		return []string{"samples", "height", "width", "channels"}
	case 5:
		return []string{"samples", "depth", "height", "width", "channels"}
	}
	names := []string{"samples"}
	for i := range s[1:] {
		names = append(names, "axis "+strconv.Itoa(i+1))
	}
	return names
}

func inspectArrays(a *Arrays) *Report {
	r := &Report{Name: a.Name}
	if a.X == nil { // an .npz file whose arrays have a model's own names
		for _, n := range a.All {
			r.Warnings = append(r.Warnings, fmt.Sprintf("array %q: %v of %s", n.Name, n.Shape,
				cmpOr(n.Type, n.DType().String())))
		}
		for _, n := range a.Text {
			r.Warnings = append(r.Warnings, fmt.Sprintf("array %q: %v of text", n.Name, n.Shape))
		}
		return r
	}
	x := a.X
	r.Samples, r.Shape, r.Axes, r.DType = x.Shape[0], x.Shape, AxisNames(x.Shape), x.DType().String()
	r.Input = x.Shape[1:]
	v := ColumnReport{Kind: Number.String()}
	odd := 0
	v.statistics(func(yield func(float64) bool) {
		odd = 0
		for i := range x.Len() {
			f := x.Float(i)
			if math.IsNaN(f) || math.IsInf(f, 0) {
				odd++
			} else if !yield(f) {
				return
			}
		}
	})
	v.Missing = odd
	r.Values = &v
	if odd > 0 {
		r.Warnings = append(r.Warnings,
			fmt.Sprintf("%d of %d values are NaN or infinite; replace or remove them", odd, x.Len()))
	}
	if v.Min == v.Max && x.Len() > 1 {
		r.Warnings = append(r.Warnings, "every value is "+FormatNumber(v.Min)+"; it says nothing of the target")
	}
	if a.Y != nil && a.Y.DType() != tensor.Float32 && len(a.Y.Shape) == 1 {
		r.Target = "labels"
		r.Classes = a.classes()
		if len(r.Classes) == 1 {
			r.Warnings = append(r.Warnings, "labels: a single class; there is nothing to tell apart")
		}
	}
	return r
}

// classes counts the labels.
func (a *Arrays) classes() []ClassReport {
	count := map[int]int{}
	for i := range a.Y.Len() {
		count[int(a.Y.Float(i))]++
	}
	var keys []int
	for k := range count {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	out := make([]ClassReport, len(keys))
	for i, k := range keys {
		out[i] = ClassReport{strconv.Itoa(k), count[k]}
		if k >= 0 && k < len(a.Classes) {
			out[i].Name = a.Classes[k]
		}
	}
	return out
}
