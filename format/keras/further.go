package keras

import (
	"bytes"
	"fmt"
	"strings"

	"gorae/format"
	"gorae/model"
	"gorae/weight"
)

// Further models of a file, as the discriminator beside a generator, are .keras archives within it, which Keras
// passes over: gorae/models/NAME.keras. What a model shares with an earlier one is numbered in both configurations, and
// its weights are those of the earlier one; a model that shares nothing can be taken out and opened alone.
const (
	furtherFolder = "gorae/models/"
	furtherEnd    = ".keras"
)

// seen are the variables of the models of a file that came so far.
type seen map[*weight.Variable]bool

func (s seen) add(m *model.Model) {
	for _, v := range m.Store().Vars() {
		s[v.Variable] = true
	}
}

// modelsOf are all models of a file, the main one first.
func modelsOf(f *format.File) ([]*model.Model, error) {
	models := []*model.Model{f.Model}
	for _, n := range f.Models {
		if n.Model == nil || n.Name == "" || strings.Contains(n.Name, "/") {
			return nil, fmt.Errorf("keras: further model %q: give a model, and a name without /", n.Name)
		}
		models = append(models, n.Model)
	}
	return models, nil
}

// takeFurther makes models of the members that are such.
func (rd reading) takeFurther(f *format.File) error {
	var members []Member
	for _, m := range f.Members {
		name, in := strings.CutPrefix(m.Name, furtherFolder)
		name, is := strings.CutSuffix(name, furtherEnd)
		if !in || !is || name == "" || strings.Contains(name, "/") {
			members = append(members, m)
			continue
		}
		further, err := rd.archive(bytes.NewReader(m.Data), int64(len(m.Data)))
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
		f.Models = append(f.Models, format.Named{Name: name, Model: further.Model})
	}
	f.Members = members
	return nil
}
