package train

// LoopStep x
type LoopStep struct {
	Name string
	Step *Step
}
