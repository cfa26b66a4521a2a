package data

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Each value is there with all of its rows or with none, and values are numbered as they appear.
func TestWholeGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Column{Name: "k"}
		values := rapid.SliceOf(rapid.IntRange(-1, 20)).Draw(t, "values")
		texts := rapid.Bool().Draw(t, "texts")
		if texts {
			c.Kind = Category
		}
		for _, v := range values {
			c.Missing = append(c.Missing, v < 0)
			if texts {
				c.Strings = append(c.Strings, fmt.Sprint(v))
			} else if v < 0 {
				c.Numbers = append(c.Numbers, math.NaN())
			} else {
				c.Numbers = append(c.Numbers, float64(v))
			}
		}
		rows := make([]int, len(values))
		for i := range rows {
			rows[i] = i
		}
		most := rapid.IntRange(1, 1+len(rows)).Draw(t, "most")
		places, of := c.WholeGroups(rows, most)
		taken, numbers, present := map[int]int{}, map[int]int{}, map[int]int{}
		for i, place := range places {
			v := values[place]
			if _, ok := numbers[v]; !ok {
				numbers[v] = len(numbers)
			}
			if of[i] != numbers[v] || v < 0 {
				t.Fatalf("place %d with the value %d has the number %d", place, v, of[i])
			}
			taken[v]++
		}
		for _, v := range values {
			if v >= 0 {
				present[v]++
			}
		}
		for v, n := range present {
			if got := taken[v]; got != 0 && got != n || got == 0 && most >= len(rows) {
				t.Fatalf("%d of %d rows of the value %d", got, n, v)
			}
		}
	})
}

// A sample of a tenth of 50,000 values, each of which two rows have, has a tenth of them (5,000, standard deviation
// 67), and none without its twin.
func TestWholeGroupsShare(t *testing.T) {
	const n = 100_000
	c := Column{Name: "k", Numbers: make([]float64, n)}
	rows := make([]int, n)
	for i := range rows {
		rows[i], c.Numbers[i] = i, float64(i%(n/2))
	}
	places, of := c.WholeGroups(rows, n/10)
	if groups := 1 + of[len(of)-1]; math.Abs(float64(groups)-5000) > 5*67 || len(places) != 2*groups {
		t.Errorf("%d rows of %d values", len(places), groups)
	}
	if got := c.MostCommon(rows, 1000); got != 2.0/1000 { // rows 0, 100, …, 99,900 have each of 500 values twice
		t.Errorf("the commonest value has a share of %g", got)
	}
}
