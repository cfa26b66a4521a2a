package image

import (
	"fmt"

	"gorae/data/image"
	"gorae/prep"
	"gorae/task"
	"gorae/task/supervised"
)

// Guess takes pictures in files for a network of another program whose only input is a picture, [height, width,
// channels]: bytes are scaled to 0 to 1, as Keras's examples do.
func (Task) Guess(g *task.Foreign) (task.Fitted, *task.Training, error) {
	in := g.Model.InputTypes(1)
	if len(in) != 1 || len(in[0].Shape) != 4 || !holdsPictures(g.Source) {
		return nil, nil, nil
	}
	ts, t, known, err := supervised.Guess(g.Model)
	if err != nil {
		return nil, nil, err
	}
	if g.Targets && (!known || len(ts) > 1) {
		return nil, nil, fmt.Errorf("%s: what its outputs mean cannot be told without gorae's own member in the file",
			g.Path)
	}
	f := &foreign{path: g.Path, known: known}
	f.Fitted = Fitted{Targets: ts, Sample: in[0].Shape[1:],
		Scale: &prep.Affine{Shift: []float64{0}, Divisor: []float64{255}}, free: g.Model.OpenExtents()[0]}
	return f, t, nil
}

// holdsPictures reports whether a source is a picture, a folder of them, or a table of their paths.
func holdsPictures(s *task.Source) bool {
	switch {
	case s.Is("texts"):
		return false
	case s.Folder, s.Is("picture"):
		return true
	case !s.Readable():
		return false
	}
	src, err := s.Read()
	return err == nil && src.Table != nil && image.PathColumn(src.Table) != ""
}

// foreign is the Fitted of a network of another program.
type foreign struct {
	Fitted
	path  string
	known bool // what the outputs mean
}

// Open reads pictures. The classes of the samples are those of the network in their order.
func (f *foreign) Open(r *task.Request) (*task.Bound, error) {
	if r.Targets {
		if err := f.fit(r); err != nil {
			return nil, err
		}
	}
	b, err := f.Fitted.Open(r)
	if err == nil && !f.known {
		b.Header, b.Decode = nil, nil
	}
	return b, err
}

// fit takes the target from the samples: a column of the table, or the folders.
func (f *foreign) fit(r *task.Request) error {
	p, err := f.open(r.Source)
	if err != nil {
		return err
	}
	if p.files == nil || len(p.files.Columns) < 2 {
		return nil // Open says what is missing
	}
	column := r.Column
	if column == "" {
		column = p.files.Columns[len(p.files.Columns)-1].Name
	}
	c, err := p.files.Column(column)
	if err != nil {
		return fmt.Errorf("target: %w", err)
	}
	g := f.Targets[0]
	fitted, err := prep.FitTarget(p.files, c.Name, nil, prep.TargetOptions{Task: g.Task, Raw: true})
	if err != nil {
		return err
	}
	if len(fitted.Classes) > len(g.Classes) {
		return fmt.Errorf("%s: %d kinds of pictures, but %s tells %d apart", p.name, len(fitted.Classes), f.path,
			len(g.Classes))
	}
	for i := len(fitted.Classes); i < len(g.Classes); i++ { // classes of the network that no sample has
		fitted.Classes = append(fitted.Classes, g.Classes[i])
	}
	f.Targets[0] = fitted
	return nil
}
