package main

import (
	"testing"

	"gorae/internal/lang"
	"gorae/train"
)

// TestEpochLine: on a terminal the line of an epoch is narrower than the screen: first without the seconds, then with
// three decimals, then with fewer metrics, those of training and validation alike; elsewhere it has all.
func TestEpochLine(t *testing.T) {
	e := train.Event{Kind: train.EpochEnd, Epoch: 3, Epochs: 100, Seconds: 0.25, Metrics: train.Metrics{
		{Name: "loss", Value: 1.23456}, {Name: "accuracy", Value: 0.5}, {Name: "val_loss", Value: 0.05},
		{Name: "val_accuracy", Value: 0.98765}}}
	for _, c := range []struct {
		columns int
		want    string
	}{
		{0, "epoch   3/100  loss 1.2346  accuracy 0.5000  val_loss 0.0500  val_accuracy 0.9877  0.25 s"},
		{100, "epoch   3/100  loss 1.2346  accuracy 0.5000  val_loss 0.0500  val_accuracy 0.9877  0.25 s"},
		{82, "epoch   3/100  loss 1.2346  accuracy 0.5000  val_loss 0.0500  val_accuracy 0.9877"},
		{80, "epoch   3/100  loss 1.235  accuracy 0.500  val_loss 0.0500  val_accuracy 0.988"},
		{60, "epoch   3/100  loss 1.235  val_loss 0.0500"},
		{30, "epoch   3/100  loss 1.235"},
		{5, "epoch   3/100  loss 1.235"},
	} {
		if got := (&epochText{}).line(nil, e, c.columns); got != c.want {
			t.Errorf("%d columns: %s, want %s", c.columns, got, c.want)
		}
	}
	by, err := lang.For(lang.Korean)
	if err != nil {
		t.Fatal(err)
	}
	var text epochText
	for columns := 45; columns < 120; columns++ {
		if got := by.Lines(text.line(by, e, columns)); lang.Width(got) >= columns {
			t.Errorf("%d columns: %s", columns, got)
		}
	}
	text = epochText{}
	_, narrow := text.line(nil, e, 80), e
	narrow.Metrics = train.Metrics{{Name: "loss", Value: 1}}
	if got, want := text.line(nil, narrow, 80), "epoch   3/100  loss 1.000"; got != want {
		t.Errorf("%s, want %s: the lines of a training are alike", got, want)
	}
}
