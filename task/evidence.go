package task

import "gorae/stat"

// The sections of a report that hold what a network did on the samples that it is judged by, for pages about the run.
const (
	ConfusionKey   = "confusion"   // []ConfusionCounts
	ReliabilityKey = "reliability" // []Reliability
	ErrorsKey      = "errors"      // []Errors
	CasesKey       = "cases"       // []Cases
)

// ConfusionCounts is the confusion matrix of a target: Counts[i][j] samples of class i were predicted as class j.
type ConfusionCounts struct {
	Target  string   `json:"target"`
	Part    string   `json:"part"`
	Classes []string `json:"classes"`
	Counts  [][]int  `json:"counts"`
}

// Reliability compares the probabilities that a network gives with how often it is right: of bins of samples with like
// probabilities, the mean probability and the share of samples to which it applies.
type Reliability struct {
	Target string `json:"target"`
	Part   string `json:"part"`
	// Class is the class whose probability is meant, of two classes the second; "": the predicted one of several.
	Class string           `json:"class,omitempty"`
	Bins  []ReliabilityBin `json:"bins"`
	// Error is the expected calibration error: the mean over the samples of |mean probability − share| of their bins.
	// Source: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", 2015.
	Error float64 `json:"expected_calibration_error"`
}

// ReliabilityBin is samples whose probabilities stand next to each other.
type ReliabilityBin struct {
	Samples   int           `json:"samples"`
	Predicted float64       `json:"predicted"` // the mean probability
	Observed  float64       `json:"observed"`  // the share of the samples to which it applies
	Interval  stat.Interval `json:"interval"`  // of Observed, Wilson's at 95 %
}

// Errors is predictions of a number beside what was observed, in the target's unit: all samples of the part, or as many
// as a picture has room for, at equal distances in the part.
type Errors struct {
	Target    string    `json:"target"`
	Part      string    `json:"part"`
	Samples   int       `json:"samples"` // in the part
	Observed  []float64 `json:"observed"`
	Predicted []float64 `json:"predicted"`
}

// Cases is single samples of the part with their predictions: the worst mistakes, and some that stand for the others.
type Cases struct {
	Target  string `json:"target"`
	Part    string `json:"part"`
	Worst   []Case `json:"worst,omitempty"`   // wrong classes, the surest first; numbers, the greatest error first
	Typical []Case `json:"typical,omitempty"` // right classes; numbers with an error of the middle
}

// Case is a sample with its prediction.
type Case struct {
	Place     string  `json:"place,omitempty"`  // titanic.csv:17
	Values    []Value `json:"values,omitempty"` // of its columns, as the file has them
	True      string  `json:"true"`
	Predicted string  `json:"predicted"`
	// Probability is that of the predicted class; 0 where the network gives none.
	Probability float64 `json:"probability,omitempty"`
	Picture     *Pixels `json:"picture,omitempty"` // of a row of pixels
	Course      *Course `json:"course,omitempty"`  // of a window of a series
}

// Pixels is a grey picture, row by row.
type Pixels struct {
	Width  int    `json:"width"`
	Values []byte `json:"values"` // 0 is black
}

// Height is the number of its rows.
func (p *Pixels) Height() int { return len(p.Values) / max(1, p.Width) }

// Course is what a network saw of a target, as far as it is shown, what it forecast, and what came.
type Course struct {
	Seen     []float64 `json:"seen"`  // up to the present
	Ahead    int       `json:"ahead"` // steps from the present to the first forecast
	Forecast []float64 `json:"forecast"`
	Observed []float64 `json:"observed"`
}

// Value is a value of a column as text.
type Value struct {
	Column string `json:"column"`
	Text   string `json:"text"`
}
