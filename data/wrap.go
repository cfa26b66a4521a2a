package data

import (
	"fmt"
	"slices"

	"gorae/internal/words"
	"gorae/tensor"
)

// Subset is some samples of a dataset, in the order of Rows. The dataset must not be a stream.
type Subset struct {
	Dataset
	Rows []int
}

// Spec returns the underlying dataset's.
func (s Subset) Spec() Spec {
	spec := s.Dataset.Spec()
	if of := spec.Length; of != nil {
		spec.Length = func(i int) int { return of(s.Rows[i]) }
	}
	if of := spec.Arrange; of != nil {
		spec.Arrange = func(n int, order func(place int) int) Arrangement {
			return of(n, func(place int) int { return s.Rows[order(place)] })
		}
	}
	return spec
}

// Len returns the number of samples chosen.
func (s Subset) Len() int { return len(s.Rows) }

// Read reads sample Rows[i] of the underlying dataset.
func (s Subset) Read(epoch, i int, row Row) error {
	if i < 0 || i >= len(s.Rows) {
		return fmt.Errorf("data: no sample %d of %d", i, len(s.Rows))
	}
	return s.Dataset.Read(epoch, s.Rows[i], row)
}

// Untargeted is a dataset without its targets.
type Untargeted struct{ Dataset }

// Spec returns the underlying dataset's without targets.
func (u Untargeted) Spec() Spec {
	s := u.Dataset.Spec()
	s.Targets = nil
	return s
}

// Part is a dataset under the name of the input that it gives.
type Part struct {
	Name string
	Dataset
}

// Inputs joins datasets of equally many samples into one with an input for each part, in their order, under the parts'
// names: what a model of several inputs reads. A part with several inputs gives them as NAME, NAME_2, …. Targets of the
// parts are left out.
func Inputs(parts ...Part) (Dataset, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("data: no inputs; give at least one")
	}
	m := &merged{}
	for _, p := range parts {
		fields := slices.Clone(p.Spec().Inputs)
		for k := range fields {
			if fields[k].Name = p.Name; k > 0 {
				fields[k].Name = fmt.Sprintf("%s_%d", p.Name, k+1)
			}
			if slices.ContainsFunc(m.spec.Inputs, func(f Field) bool { return f.Name == fields[k].Name }) {
				return nil, fmt.Errorf("data: two inputs %q; names must differ", fields[k].Name)
			}
		}
		if err := m.add(p.Dataset, len(fields), p.Name, parts[0].Name); err != nil {
			return nil, err
		}
		m.spec.Inputs = append(m.spec.Inputs, fields...)
	}
	return m, nil
}

// WithTargets returns the inputs of x with the inputs of the targets' datasets as targets, in their order and under
// their names; targets of x itself are left out. All must hold equally many samples.
func WithTargets(x Dataset, targets ...Dataset) (Dataset, error) {
	m := &merged{}
	m.spec.Inputs = slices.Clone(x.Spec().Inputs)
	if err := m.add(x, len(m.spec.Inputs), "inputs", ""); err != nil {
		return nil, err
	}
	for _, y := range targets {
		fields := y.Spec().Inputs
		if len(fields) == 0 {
			return nil, fmt.Errorf("data: a target of no fields; give a dataset with at least one input")
		}
		if err := m.add(y, len(fields), fmt.Sprintf("target %q", fields[0].Name), "inputs"); err != nil {
			return nil, err
		}
		m.spec.Targets = append(m.spec.Targets, fields...)
	}
	return m, nil
}

// merged reads the fields of one row from several datasets.
type merged struct {
	spec  Spec
	parts []Dataset
	count []int // fields of each part
}

// add appends the first n fields of a dataset; first is the name of the part whose number of samples is right.
func (m *merged) add(d Dataset, n int, name, first string) error {
	if len(m.parts) > 0 && d.Len() != m.parts[0].Len() {
		return fmt.Errorf("data: %s: %s where %s has %s; each sample needs its own", name, samples(d), first,
			samples(m.parts[0]))
	}
	m.spec.Traits = m.spec.And(d.Spec().Traits)
	m.parts, m.count = append(m.parts, d), append(m.count, n)
	return nil
}

// samples returns the number of samples in words.
func samples(d Dataset) string {
	if n := d.Len(); n >= 0 {
		return words.Count(n, "sample", "samples")
	}
	return "a stream"
}

// Spec returns the fields of all parts.
func (m *merged) Spec() Spec {
	s := m.spec
	s.Inputs, s.Targets = slices.Clone(s.Inputs), slices.Clone(s.Targets)
	return s
}

// Len returns the number of samples, which is the same in every part.
func (m *merged) Len() int { return m.parts[0].Len() }

// Read reads sample i of each part whose fields the row has.
func (m *merged) Read(epoch, i int, row Row) error {
	for k, d := range m.parts {
		n := min(m.count[k], len(row))
		if n == 0 && k > 0 {
			break
		}
		if err := d.Read(epoch, i, row[:n:n]); err != nil {
			return err
		}
		row = row[n:]
	}
	return nil
}

// Reconstruction returns the inputs of x with the same inputs as targets, as an autoencoder learns them; targets of x
// itself are left out. What varies from epoch to epoch is learnt as it varied.
func Reconstruction(x Dataset) Dataset { return reconstruction{x, len(x.Spec().Inputs)} }

type reconstruction struct {
	Dataset
	inputs int
}

// Spec returns the underlying dataset's with a target for each input, under its name.
func (r reconstruction) Spec() Spec {
	s := r.Dataset.Spec()
	s.Targets = slices.Clone(s.Inputs)
	return s
}

// Read reads the inputs of sample i and copies them into the targets.
func (r reconstruction) Read(epoch, i int, row Row) error {
	n := min(r.inputs, len(row))
	if err := r.Dataset.Read(epoch, i, row[:n:n]); err != nil {
		return err
	}
	for k := range row[n:] {
		from, to := &row[k], &row[n+k]
		copy(to.F32, from.F32)
		copy(to.I32, from.I32)
		copy(to.U8, from.U8)
	}
	return nil
}

// Tensors returns the dataset whose inputs are tensors under their names, such as the targets of WithTargets.
func Tensors(named ...tensor.Named) (Dataset, error) {
	m := &Memory{Inputs: named}
	return m, m.Check()
}
