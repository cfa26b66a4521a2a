package spec

import (
	"fmt"
	"strconv"
	"strings"

	"gorae/config"
)

// Comment is a text that stands above a key of a written file; a Path of "" is the top of the file.
type Comment struct {
	Path string // of the key, such as train.epochs
	Text string // its lines
}

// Marshal returns the experiment as a file that Parse reads as the same experiment. Keys at their default are left out.
func Marshal(e *Experiment, comments ...Comment) ([]byte, error) {
	if syntax == nil {
		return nil, errNoSyntax
	}
	return syntax.Marshal(e.written(), comments...)
}

func (e *Experiment) written() config.Map {
	m, _ := config.Written(*e).(config.Map)
	return m
}

// Flatten returns every setting of the experiment by its path, such as train.optimizer.adam.learning_rate, so that two
// experiments can be compared. An empty map or list counts as a setting.
func Flatten(e *Experiment) map[string]string {
	out := map[string]string{}
	flatten("", e.written(), out)
	return out
}

func flatten(path string, v any, out map[string]string) {
	switch v := v.(type) {
	case config.Map:
		for _, e := range v {
			flatten(config.Join(path, config.Step(e.Key)), e.Value, out)
		}
		if len(v) > 0 {
			return
		}
		out[path] = "{}"
	case []any:
		for i, x := range v {
			flatten(path+config.Index(i), x, out)
		}
		if len(v) > 0 {
			return
		}
		out[path] = "[]"
	case float64:
		out[path] = strconv.FormatFloat(v, 'g', -1, 64)
	default:
		out[path] = fmt.Sprint(v)
	}
}

// FileRef is a key of an experiment that names a file or a folder, and the variable that holds it.
type FileRef struct {
	Path  string // data.source
	Value *string
}

// Files returns the keys of e that name files and are set, so that relative paths can be rewritten in a clone. The
// labels of an .npz are the name of an array in it and no file.
func Files(e *Experiment) []FileRef {
	var refs []FileRef
	for _, r := range config.Files(e) {
		source := e.Data.Source
		if r.Path == "data.test.labels" {
			source = e.Data.Test.Source
		}
		if strings.HasSuffix(r.Path, ".labels") && strings.HasSuffix(strings.ToLower(source), ".npz") {
			continue
		}
		refs = append(refs, FileRef(r))
	}
	return refs
}
