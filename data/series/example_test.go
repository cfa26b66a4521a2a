package series_test

import (
	"context"
	"fmt"
	"math"

	"gorae/data"
	"gorae/data/series"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// waves is a table of two hundred days of a wave that grows.
func waves() *data.Table {
	x := make([]float64, 200)
	for i := range x {
		x[i] = (1 + float64(i)/400) * math.Sin(2*math.Pi*float64(i)/14)
	}
	return &data.Table{Name: "waves", Header: true, Rows: len(x), Columns: []data.Column{{Name: "x", Numbers: x}}}
}

// From a table to a network that predicts: the time is parted first, what is fitted is fitted to the
// training span, windows are cut, and the forecasts of the test span are laid beside those that need no network.
func Example() {
	frame, err := series.FromTable(waves(), series.Reading{})
	check(err)
	learn, _, test, err := frame.Spans(frame.Len(), 0, 0.2)
	check(err)
	fitted, err := series.Fit(frame, series.Spec{Window: 14, Season: 14}, learn)
	check(err)
	windows, err := fitted.On(frame)
	check(err)
	parts, err := windows.Parts(learn, test)
	check(err)

	m := model.Sequential(layer.Input{Shape: []int{14, 1}}, layer.GRU{Units: 8}, layer.Dense{Units: 1})
	ctx := context.Background()
	_, err = train.Fit(ctx, m, train.Data{Source: parts[0]}, train.Config{
		Loss: loss.MeanSquaredError{}, Optimizer: optim.Adam{LearningRate: 0.02}, Epochs: 40, Seed: 1,
	})
	check(err)

	network, err := windows.Forecast("network", parts[1], func(x *tensor.Tensor) (*tensor.Tensor, error) {
		y, err := m.Predict(ctx, x)
		if err != nil {
			return nil, err
		}
		return y[0], nil
	})
	check(err)
	simple, _ := windows.FitBaselines(parts[0])
	baselines, err := simple.Forecasts(windows, parts[1])
	check(err)
	scores := windows.Scores(append([]*series.Forecasts{network}, baselines...)...)
	fmt.Println(parts[0].Len(), "windows to learn from,", parts[1].Len(), "to predict")
	for _, s := range []series.Score{scores[1], scores[3]} {
		fmt.Printf("%s: the network's error is below a third of its: %v\n", s.Name, scores[0].RMSE < s.RMSE/3)
	}
	// Output:
	// 146 windows to learn from, 26 to predict
	// last value: the network's error is below a third of its: true
	// last season (14): the network's error is below a third of its: false
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
