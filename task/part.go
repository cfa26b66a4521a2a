package task

// Part is one of the three parts of the samples.
type Part int

const (
	Train      Part = iota // fits weights and preprocessing
	Validation             // chooses the epoch and the settings
	Test                   // is looked at once, at the end
)

// String returns the part's name in messages and in metrics.json.
func (p Part) String() string { return [...]string{"training", "validation", "test"}[p] }
