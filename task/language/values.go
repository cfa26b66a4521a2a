package language

import (
	"fmt"

	"gorae/task"
)

// OpenValues implements task.Opener: a sample is a text. It is predicted what follows each of its tokens, or, where the
// network predicts what follows a window, each of its windows.
func (f *Fitted) OpenValues(r *task.Request, samples []any) (*task.Bound, error) {
	if len(samples) != 1 {
		return nil, fmt.Errorf("%d texts; give one at a time", len(samples))
	}
	text, ok := samples[0].(string)
	if !ok {
		return nil, task.SampleError(0, samples[0], "a text")
	}
	ids := f.Vocabulary.EncodeLong(text)
	if len(ids) == 0 {
		return nil, fmt.Errorf("the text holds no %s", token(f.Vocabulary.Spec))
	}
	last := len(r.Training.Model.OutputTypes(1)[0].Shape) == 2
	return &task.Bound{Name: "the text", Header: f.header(), Dependence: task.Dependence{Serial: true},
		Data: pieces{ids, f.Vocabulary.Spec.Length}, Decode: f.decoder(r, ids, last)}, nil
}
