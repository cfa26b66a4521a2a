package chart_test

import (
	"bytes"
	"fmt"
	"strings"

	"gorae/chart"
	_ "gorae/plot" // draws
)

func ExampleLearningCurves() {
	loss := chart.Curve{Name: "loss", Training: []float64{0.9, 0.5, 0.3}, Validation: []float64{0.8, 0.6, 0.7}}
	var svg bytes.Buffer
	if err := chart.LearningCurves("손실", 2, loss).SVG(&svg); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.Contains(svg.String(), "손실"), strings.Contains(svg.String(), "epoch 2: 0.6"))
	// Output: true true
}
