package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// whole checks that the parts are 0 … n−1, each once.
func partition(t *testing.T, n int, parts ...[]int) {
	t.Helper()
	all := slices.Concat(parts...)
	slices.Sort(all)
	for i, v := range all {
		if i != v {
			t.Fatalf("row %d is missing or twice", i)
		}
	}
	if len(all) != n {
		t.Fatalf("%d of %d rows", len(all), n)
	}
}

func TestSplitSizes(t *testing.T) {
	for _, c := range []struct {
		n         int
		val, test float64
		want      [3]int // by hand, largest remainder
	}{
		{10, 0.2, 0.1, [3]int{7, 2, 1}}, {150, 0.15, 0.15, [3]int{105, 23, 22}}, {891, 0.15, 0.15,
			[3]int{624, 134, 133}},
		{1797, 0.2, 0.2, [3]int{1078, 360, 359}}, {3, 0.3, 0.3, [3]int{1, 1, 1}}, {100, 0, 0, [3]int{100, 0, 0}}, {7,
			0.5, 0, [3]int{4, 3, 0}},
	} {
		for _, by := range []By{Random, Time} {
			l, v, h, err := Split(c.n, c.val, c.test, by, nil, 7)
			if err != nil {
				t.Fatal(err)
			}
			partition(t, c.n, l, v, h)
			if got := [3]int{len(l), len(v), len(h)}; got != c.want {
				t.Errorf("%d rows, %v and %v: %v, want %v", c.n, c.val, c.test, got, c.want)
			}
			if c.val == 0 && v != nil {
				t.Error("a share of 0 gave rows")
			}
		}
	}
}

func TestSplitSeed(t *testing.T) {
	split := func(seed uint64) string {
		l, v, h, err := Split(100, 0.2, 0.2, Random, nil, seed)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(l, v, h)
	}
	first := split(1)
	if split(1) != first {
		t.Error("one seed, two splits")
	}
	if split(2) == first {
		t.Error("two seeds, one split")
	}
	// Each row must be as likely to test as any other: 400 splits, share 0.2, so
	// 80 ± 8 each; 5.5 standard deviations over 100 rows is beyond chance.
	count := make([]int, 100)
	for seed := range uint64(400) {
		_, _, h, _ := Split(100, 0.2, 0.2, Random, nil, seed)
		for _, r := range h {
			count[r]++
		}
	}
	if lo, hi := slices.Min(count), slices.Max(count); lo < 36 || hi > 124 {
		t.Errorf("rows tested between %d and %d times of 400", lo, hi)
	}
}

// The split is part of what a seed promises: these rows must never change.
func TestSplitIsFixed(t *testing.T) {
	_, v, h, err := Split(20, 0.2, 0.2, Random, nil, 7)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(v, h), "[0 5 7 13] [6 9 14 18]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := fmt.Sprint(Order(8, 7, 0), Order(8, 7, 1)), "[2 4 3 5 6 0 1 7] [0 5 2 3 1 6 7 4]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestSplitStratified(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		n, k := 20+r.IntN(300), 1+r.IntN(12)
		class := make([]int, n)
		for i := range class {
			class[i] = r.IntN(1+r.IntN(k)) - 1 // uneven, with −1
		}
		share := [3]float64{0, 0.05 + 0.3*r.Float64(), 0.05 + 0.3*r.Float64()}
		share[0] = 1 - share[1] - share[2]
		l, v, h, err := Split(n, share[1], share[2], Stratified, class, r.Uint64())
		if err != nil {
			if strings.Contains(err.Error(), "no row is left") {
				continue
			}
			t.Fatal(err)
		}
		partition(t, n, l, v, h)
		count := map[int]int{}
		for _, c := range class {
			count[c]++
		}
		for p, rows := range [][]int{l, v, h} {
			got := map[int]int{}
			for _, i := range rows {
				got[class[i]]++
			}
			for c, total := range count {
				if want := float64(total) * share[p]; math.Abs(float64(got[c])-want) >= 1 {
					t.Fatalf("class %d of %d rows: %d in part %d, whose share is %.2f", c, total, got[c], p, want)
				}
			}
			if !slices.IsSorted(rows) {
				t.Fatal("not in ascending order")
			}
		}
	}
	// Two classes: totals are the random split's.
	class := make([]int, 891)
	for i := range 342 {
		class[i] = 1
	}
	l, v, h, err := Split(891, 0.15, 0.15, Stratified, class, 3)
	if err != nil || len(l)+len(v)+len(h) != 891 || math.Abs(float64(len(v))-133.65) > 1.5 ||
		math.Abs(float64(len(h))-133.65) > 1.5 {
		t.Error(len(l), len(v), len(h), err)
	}
	// A class of one row learns.
	class = make([]int, 100)
	class[41] = 5
	for seed := range uint64(50) {
		if l, _, _, err := Split(100, 0.3, 0.3, Stratified, class, seed); err != nil || !slices.Contains(l, 41) {
			t.Fatal(err)
		}
	}
}

func TestSplitTime(t *testing.T) {
	l, v, h, err := Split(10, 0.2, 0.2, Time, []int{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}, 0)
	if err != nil || !slices.Equal(l, []int{9, 8, 7, 6, 5, 4}) || !slices.Equal(v, []int{3, 2}) || !slices.Equal(h,
		[]int{1, 0}) {
		t.Error(l, v, h, err)
	}
	if l, v, h, _ = Split(10, 0.2, 0.2, Time, nil, 5); !slices.Equal(slices.Concat(l, v, h),
		[]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
		t.Error(l, v, h)
	}
}

func TestSplitGroup(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for seed := range uint64(100) {
		group := make([]int, 200)
		for i := range group {
			group[i] = r.IntN(30)
		}
		l, v, h, err := Split(200, 0.2, 0.2, Group, group, seed)
		if err != nil {
			t.Fatal(err)
		}
		partition(t, 200, l, v, h)
		in := map[int]int{}
		for p, rows := range [][]int{l, v, h} {
			for _, i := range rows {
				if was, ok := in[group[i]]; ok && was != p {
					t.Fatalf("group %d is on both sides", group[i])
				}
				in[group[i]] = p
			}
		}
		if math.Abs(float64(len(h))-40) > 20 || math.Abs(float64(len(v))-40) > 20 {
			t.Errorf("seed %d: %d, %d, %d rows", seed, len(l), len(v), len(h))
		}
	}
}

func TestSplitErrors(t *testing.T) {
	for _, c := range []struct {
		n         int
		val, test float64
		by        By
		key       []int
		want      string
	}{
		{10, -0.1, 0, Random, nil, "shares of 0 or more"}, {10, 0.5, 0.5, Random, nil, "leave some rows"}, {10,
			math.NaN(), 0, Random, nil, "shares"},
		{2, 0.3, 0.3, Random, nil, "no row is left for the test part (2 rows, shares 0.4/0.3/0.3, by random)"}, {0, 0.1,
			0, Random, nil, "no row is left"},
		{10, 0.2, 0, Stratified, nil, "by stratified needs the class of every row"}, {10, 0.2, 0, Group, nil,
			"needs the group"},
		{3, 0.2, 0.2, Group, []int{1, 1, 1}, "give more groups"}, {3, 0.2, 0.2, Group, []int{1},
			"1 keys for 3 rows"}, {3, 0.1, 0.1, By(9), nil, "by(9) is no way"},
	} {
		if _, _, _, err := Split(c.n, c.val, c.test, c.by, c.key, 0); err == nil || !strings.Contains(err.Error(),
			c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, w := range byNames {
		if b, err := ParseBy(w); err != nil || b.String() != w {
			t.Error(w, b, err)
		}
	}
	if _, err := ParseBy("ramdom"); err == nil ||
		err.Error() != `split.by: "ramdom" is none of random, stratified, time, group; did you mean "random"?` {
		t.Error(err)
	}
}

func ExampleSplit() {
	learn, validation, test, err := Split(10, 0.2, 0.2, Time, nil, 0)
	fmt.Println(learn, validation, test, err)
	// Output: [0 1 2 3 4 5] [6 7] [8 9] <nil>
}
