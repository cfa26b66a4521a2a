package keras

import (
	"bytes"
	"fmt"
	"strings"

	"gorae/format"
)

// Further models of a file, as the discriminator beside a generator, are whole .keras archives within it, which Keras
// passes over and which can be taken out and opened alone: gorae/models/NAME.keras.
const (
	furtherFolder = "gorae/models/"
	furtherEnd    = ".keras"
)

// furtherMembers are further models as members. Layers that several models share are written with each of them.
func furtherMembers(models []format.Named) ([]Member, error) {
	var members []Member
	for _, n := range models {
		if n.Model == nil || n.Name == "" || strings.Contains(n.Name, "/") {
			return nil, fmt.Errorf("keras: further model %q: give a model, and a name without /", n.Name)
		}
		var b bytes.Buffer
		if err := Save(&b, n.Model); err != nil {
			return nil, fmt.Errorf("further model %q: %w", n.Name, err)
		}
		members = append(members, Member{Name: furtherFolder + n.Name + furtherEnd, Data: b.Bytes()})
	}
	return members, nil
}

// takeFurther makes models of the members that are such.
func takeFurther(f *format.File) error {
	var members []Member
	for _, m := range f.Members {
		name, in := strings.CutPrefix(m.Name, furtherFolder)
		name, is := strings.CutSuffix(name, furtherEnd)
		if !in || !is || name == "" || strings.Contains(name, "/") {
			members = append(members, m)
			continue
		}
		further, err := loadMain(bytes.NewReader(m.Data), int64(len(m.Data)))
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
		f.Models = append(f.Models, format.Named{Name: name, Model: further.Model})
	}
	f.Members = members
	return nil
}
