package train

// Lambda is a callback made of functions; those that are nil are left out. Keras's LambdaCallback.
type Lambda struct {
	TrainBegin, EpochBegin, BatchEnd, EpochEnd, TrainEnd func(Event) error

	BatchBegin, TestBegin, TestBatchBegin, TestBatchEnd, TestEnd func(Event) error
}

// On calls the function for the event.
func (l Lambda) On(e Event) error {
	f := [kinds]func(Event) error{l.TrainBegin, l.EpochBegin, l.BatchEnd, l.EpochEnd, l.TrainEnd, l.BatchBegin,
		l.TestBegin, l.TestBatchBegin, l.TestBatchEnd, l.TestEnd}[e.Kind]
	if f == nil {
		return nil
	}
	return f(e)
}
