package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gorae/train"
)

// event is the middle of an epoch with so many metrics.
func event(metrics int) train.Event {
	e := train.Event{Kind: train.BatchEnd, Epoch: 3, Epochs: 50, Batch: 50, Batches: 100}
	for i := range metrics {
		e.Metrics = append(e.Metrics, train.Metric{Name: fmt.Sprintf("metric_%d", i), Value: 0.25})
	}
	return e
}

// TestBarLine: at any width the line is shorter than the screen. What does not fit goes: the last metrics, the time
// that is left, the bar.
func TestBarLine(t *testing.T) {
	for _, metrics := range []int{0, 1, 4, 30} {
		for columns := range 200 {
			line := barLine(nil, event(metrics), time.Minute, columns)
			if n := utf8.RuneCountInString(line); n >= max(columns, 2) {
				t.Fatalf("%d metrics, %d columns: %d characters: %s", metrics, columns, n, line)
			}
		}
	}
	bar := strings.Repeat("█", 12) + strings.Repeat("░", 12)
	for _, c := range []struct {
		columns int
		want    string
	}{
		{120, "epoch  3/50  " + bar + " 50/100  metric_0 0.2500  metric_1 0.2500  metric_2 0.2500  1m0s left"},
		{80, "epoch  3/50  " + bar + " 50/100  metric_0 0.2500  1m0s left"},
		{60, "epoch  3/50  " + bar + " 50/100  1m0s left"},
		{50, "epoch  3/50  " + bar + " 50/100"},
		{40, "epoch  3/50  " + strings.Repeat("█", 9) + strings.Repeat("░", 10) + " 50/100"},
		{25, "epoch  3/50  50/100"},
		{10, "epoch  3/"},
	} {
		if got := barLine(nil, event(4), time.Minute, c.columns); got != c.want {
			t.Errorf("%d columns:\n%s, want\n%s", c.columns, got, c.want)
		}
	}
}

// TestBarResized: a shorter line covers the one before it; on a screen that has become narrower than that one the bar
// goes on below.
func TestBarResized(t *testing.T) {
	var screen strings.Builder
	p := &status{screen: &screen}
	p.show("0123456789", 80)
	p.show("01234", 80)
	p.show("0123456789", 80)
	p.show("0123", 8)
	p.clear()
	if want := "\r0123456789\r01234     \r0123456789\n\r0123\r      \r"; screen.String() != want {
		t.Errorf("%q, want %q", screen.String(), want)
	}
	if n := screenWidth(&screen); n != 80 {
		t.Errorf("%d columns of a screen that does not tell its width", n)
	}
}
