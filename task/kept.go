package task

import "sync"

// Kept is results of preparing that further experiments with the same data, split and seed have in common. It is safe
// for several goroutines.
type Kept struct {
	Data *Kept // of all experiments with the same data; nil: nothing is
	lock sync.Mutex
	of   map[string]any
}

// Once returns what make returns, which is called at most once for each name among the experiments that share
// Input.Kept. The result must not be changed.
func Once[T any](in *Input, name string, make func() (T, error)) (T, error) {
	return once(in.Kept, name, make)
}

// OnceForData is [Once] for what follows from the data section alone, whatever split and seed are.
func OnceForData[T any](in *Input, name string, make func() (T, error)) (T, error) {
	if in.Kept == nil {
		return make()
	}
	return once(in.Kept.Data, name, make)
}

func once[T any](k *Kept, name string, make func() (T, error)) (T, error) {
	if k == nil {
		return make()
	}
	k.lock.Lock()
	defer k.lock.Unlock()
	if v, ok := k.of[name]; ok {
		return v.(T), nil
	}
	v, err := make()
	if err == nil {
		if k.of == nil {
			k.of = map[string]any{}
		}
		k.of[name] = v
	}
	return v, err
}

// NoteOnce calls a function that adds notes. Where it was called before among the experiments that share Input.Kept,
// its notes are added again.
func (in *Input) NoteOnce(name string, note func()) {
	notes, _ := Once(in, name, func() ([]string, error) {
		before := in.Notes
		in.Notes = nil
		note()
		added := in.Notes
		in.Notes = before
		return added, nil
	})
	in.Notes = append(in.Notes, notes...)
}
