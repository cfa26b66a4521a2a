package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/text/width"

	"gorae/train"
)

// usualWidth is the width of a terminal that does not tell its own.
const usualWidth = 80

// screenWidth returns the width of a screen as it is now, so that a window may change its size.
func screenWidth(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if n := terminalWidth(f); n > 0 {
			return n
		}
	}
	return usualWidth
}

// cells returns the number of columns that a text takes on a screen: a Hangul syllable, a kana or a Chinese character
// takes two.
func cells(s string) (n int) {
	for _, r := range s {
		n += cellsOf(r)
	}
	return n
}

func cellsOf(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// cut returns the beginning of a text that takes so many columns at most.
func cut(s string, columns int) string {
	n := 0
	for at, r := range s {
		if n += cellsOf(r); n > columns {
			return s[:at]
		}
	}
	return s
}

const (
	barWidth = 24
	leastBar = 8 // a narrower bar is left out
)

// barLine returns how far an epoch is, in less than so many columns: a line as wide as the screen would wrap. Where the
// place does not suffice, the last metrics go first, then the time that is left, then the bar.
func barLine(e train.Event, left time.Duration, columns int) string {
	room := max(columns-1, 1)
	head := fmt.Sprintf("epoch %*d/%d", len(fmt.Sprint(e.Epochs)), e.Epoch, e.Epochs)
	count := fmt.Sprintf("%d/%d", e.Batch, e.Batches)
	tail := ""
	if left >= time.Second {
		tail = fmt.Sprintf("  %s left", left.Round(time.Second))
	}
	size := func(parts ...string) int { return cells(strings.Join(parts, "")) }
	fixed := size(head, "  ", " ", count)
	bar := barWidth
	for n := len(e.Metrics); n >= 0; n-- {
		metrics := ""
		if n > 0 {
			metrics = "  " + metricsOf(e.Metrics[:n], plain)
		}
		if fixed+bar+size(metrics, tail) <= room {
			return head + "  " + drawn(bar, e) + " " + count + metrics + tail
		}
	}
	if bar = min(barWidth, room-fixed); bar >= leastBar {
		return head + "  " + drawn(bar, e) + " " + count
	}
	return cut(head+"  "+count, room)
}

// drawn returns a bar of so many columns.
func drawn(width int, e train.Event) string {
	done := min(max(width*e.Batch/max(e.Batches, 1), 0), width)
	return strings.Repeat("█", done) + strings.Repeat("░", width-done)
}
