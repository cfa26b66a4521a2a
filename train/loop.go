package train

// LoopStep is one of the steps of a training.
type LoopStep struct {
	Name string // "" where there is one step only
	Step *Step
}
