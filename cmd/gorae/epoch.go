package main

import (
	"fmt"
	"math"
	"strings"

	"gorae/internal/lang"
	"gorae/train"
)

// epochText is how much of an epoch a line says. On a terminal it becomes less until the lines fit, and then stays, so
// that the lines of a training are alike; history.csv has all.
type epochText struct {
	less    int // 1: no seconds; 2: three decimals; from 3 on one metric less, of training and validation
	columns int // of the screen
}

// noSeconds, fewDigits and fewMetrics are steps of less.
const (
	noSeconds  = 1
	fewDigits  = 2
	fewMetrics = 3
)

// line returns an epoch as a line of less than so many columns, where it can; 0 columns are any number.
func (t *epochText) line(by *lang.Translator, e train.Event, columns int) string {
	if columns != t.columns {
		t.less, t.columns = 0, columns
	}
	for {
		text := by.Lines(t.text(e))
		if columns == 0 || lang.Width(text) < columns || len(t.metrics(e.Metrics)) <= 1 {
			return t.text(e)
		}
		t.less++
	}
}

func (t *epochText) text(e train.Event) string {
	show := plain
	if t.less >= fewDigits {
		show = func(m train.Metric) string { return shortNumber(m.Value) }
	}
	metrics, wide := metricsOf(t.metrics(e.Metrics), show), len(fmt.Sprint(e.Epochs))
	if t.less >= noSeconds {
		return fmt.Sprintf("epoch %*d/%d  %s", wide, e.Epoch, e.Epochs, metrics)
	}
	return fmt.Sprintf("epoch %*d/%d  %s  %.2f s", wide, e.Epoch, e.Epochs, metrics, e.Seconds)
}

// metrics are those that the line has room for: the first ones of the training and as many of the validation.
func (t *epochText) metrics(all train.Metrics) train.Metrics {
	var own, validation train.Metrics
	for _, m := range all {
		if strings.HasPrefix(m.Name, "val_") {
			validation = append(validation, m)
		} else {
			own = append(own, m)
		}
	}
	keep := max(1, max(len(own), len(validation))-max(0, t.less-fewMetrics+1))
	if keep == 1 && t.less-fewMetrics+1 >= max(len(own), len(validation)) { // one number alone
		validation = nil
	}
	return append(own[:min(keep, len(own))], validation[:min(keep, len(validation))]...)
}

// shortNumber returns a number in three decimals where four would have more digits than tell.
func shortNumber(v float64) string {
	if a := math.Abs(v); a >= 0.1 && a < 1000 {
		return fmt.Sprintf("%.3f", v)
	}
	return number(v)
}
