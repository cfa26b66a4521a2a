package control

import (
	"strings"
	"testing"

	"gorae/rl"
	"gorae/task"
)

// TestVerdict: returns are compared episode by episode; the greater are the better. By hand: returns of 10 + i mod 3
// are 5 above those of 5 + i mod 2 within ±1, far beyond their error over 42 episodes.
func TestVerdict(t *testing.T) {
	var high, low rl.Episodes
	for i := range 42 {
		high.Returns = append(high.Returns, float64(10+i%3))
		low.Returns = append(low.Returns, float64(5+i%2))
	}
	rival := func(e rl.Episodes) []task.Rival {
		r := task.Rival{Name: "it"}
		for _, v := range e.Returns {
			r.Losses = append(r.Losses, -v)
		}
		return []task.Rival{r}
	}
	for _, c := range []struct {
		own, other rl.Episodes
		want       task.Verdict
		says       string
	}{
		{high, low, task.Better, "the network is better than it: mean return 11 against 5.5 on 42 episodes (paired t"},
		{low, high, task.Worse, "the network is worse than it: mean return 5.5 against 11 on 42 episodes (paired t"},
		{low, low, task.Untold, "it cannot be told whether the network is better or worse than it: mean return 5.5 " +
			"against 5.5 on 42 episodes (every episode has the same return by both)"},
	} {
		got, words := verdict(c.own, rival(c.other), 1)
		if got != c.want || !strings.HasPrefix(words, c.says) {
			t.Errorf("%v, %q; want %v, %q", got, words, c.want, c.says)
		}
	}
}

// TestReturnInterval: a mean return has no interval where all episodes give the same, and none beyond what can be where
// each step is rewarded by 1.
func TestReturnInterval(t *testing.T) {
	few, all := rl.Episodes{}, rl.Episodes{}
	for i := range 30 {
		length := 500
		if i == 0 {
			length = 466
		}
		few.Returns, few.Lengths = append(few.Returns, float64(length)), append(few.Lengths, length)
		all.Returns, all.Lengths = append(all.Returns, 500), append(all.Lengths, 500)
	}
	if i := measured(few, 500).Intervals[0]; i.High != 500 || !(i.Low < 498 && i.Low > 490) || i.Why != "" {
		t.Errorf("%+v", i)
	}
	if i := measured(few, 0).Intervals[0]; i.High <= 500 {
		t.Errorf("without a limit of steps: %+v", i)
	}
	if i := measured(all, 500).Intervals[0]; i.Why != "all episodes give 500, which says nothing of its error" {
		t.Errorf("%+v", i)
	}
}
