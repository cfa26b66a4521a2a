package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"gorae/internal/lang"
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

const (
	barWidth = 24
	leastBar = 8 // a narrower bar is left out
)

// barLine returns how far an epoch is, in less than so many columns: a line as wide as the screen would wrap. Where the
// place does not suffice, the last metrics go first, then the time that is left, then the bar.
func barLine(by *lang.Translator, e train.Event, left time.Duration, columns int) string {
	room := max(columns-1, 1)
	head := by.Text(fmt.Sprintf("epoch %*d/%d", len(fmt.Sprint(e.Epochs)), e.Epoch, e.Epochs))
	count := fmt.Sprintf("%d/%d", e.Batch, e.Batches)
	tail := ""
	if left >= time.Second {
		tail = "  " + by.Text(fmt.Sprintf("%s left", by.Duration(left)))
	}
	size := func(parts ...string) int { return lang.Width(strings.Join(parts, "")) }
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
	return lang.Cut(head+"  "+count, room)
}

// drawn returns a bar of so many columns.
func drawn(width int, e train.Event) string {
	done := min(max(width*e.Batch/max(e.Batches, 1), 0), width)
	return strings.Repeat("█", done) + strings.Repeat("░", width-done)
}
