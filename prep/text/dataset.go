package text

import (
	"fmt"

	"gorae/config"
	"gorae/data"
	"gorae/tensor"
)

// Bags is texts as a dataset of bags, counts or tf-idf weights, [Size − 2] each. It keeps non-zero elements only:
// 25,000 texts over 20,000 words would take 2 GB as dense rows.
type Bags struct {
	v     *Vocabulary
	begin []int
	at    []int32
	value []float32
}

// Bags applies a vocabulary whose output is a bag.
func (v *Vocabulary) Bags(texts []string) (*Bags, error) {
	if v.Spec.ids() {
		return nil, config.Errorf("text.output", "ids are no bag; give bag, count or tfidf")
	}
	b := &Bags{v: v, begin: []int{0}}
	row := make([]float32, v.Width())
	for _, t := range texts {
		v.Apply(row, t)
		for i, x := range row {
			if x != 0 {
				b.at = append(b.at, int32(i))
				b.value = append(b.value, x)
			}
		}
		b.begin = append(b.begin, len(b.at))
	}
	return b, nil
}

// Spec returns one input.
func (b *Bags) Spec() data.Spec {
	return data.Spec{Inputs: []data.Field{{Name: "x", Shape: tensor.Shape{b.v.Width()}}}}
}

// Len returns the number of texts.
func (b *Bags) Len() int { return len(b.begin) - 1 }

// Read writes the dense row of text i.
func (b *Bags) Read(_, i int, row data.Row) error {
	if i < 0 || i >= b.Len() {
		return fmt.Errorf("text: no text %d of %d", i, b.Len())
	}
	b.Lay(row[0].F32, i)
	return nil
}

// Lay writes text i into a dense row as wide as the vocabulary.
func (b *Bags) Lay(to []float32, i int) {
	clear(to)
	for k := b.begin[i]; k < b.begin[i+1]; k++ {
		to[b.at[k]] = b.value[k]
	}
}

// Sequences is texts as a dataset of int32 ids [Length], cut and padded as the Spec
// says. It is ragged: a data.Loader with Bucket pads each batch to its longest text.
type Sequences struct {
	v     *Vocabulary
	begin []int
	ids   []int32
}

// Sequences applies a vocabulary whose output is ids.
func (v *Vocabulary) Sequences(texts []string) (*Sequences, error) {
	if !v.Spec.ids() {
		return nil, config.Errorf("text.output", "%s is no sequence; give ids", v.Spec.Output)
	}
	s := &Sequences{v: v, begin: []int{0}}
	for _, t := range texts {
		ids := v.Encode(t)
		from, _ := v.cut(len(ids), v.Spec.Length)
		s.ids = append(s.ids, ids[from:min(len(ids), from+v.Spec.Length)]...)
		s.begin = append(s.begin, len(s.ids))
	}
	return s, nil
}

// Spec returns one input of int32.
func (s *Sequences) Spec() data.Spec {
	return data.Spec{
		Inputs: []data.Field{{Name: "x", DType: tensor.Int32, Shape: tensor.Shape{s.v.Spec.Length}, Ragged: true}},
		Traits: data.Traits{Length: s.SampleLength},
	}
}

// Len returns the number of texts.
func (s *Sequences) Len() int { return len(s.begin) - 1 }

// SampleLength returns the number of ids of text i, 0 for an empty one.
func (s *Sequences) SampleLength(i int) int { return s.begin[i+1] - s.begin[i] }

// Read writes the ids of text i into a row of any extent that holds them.
func (s *Sequences) Read(_, i int, row data.Row) error {
	if i < 0 || i >= s.Len() {
		return fmt.Errorf("text: no text %d of %d", i, s.Len())
	}
	x := row[0].I32
	clear(x)
	ids := s.ids[s.begin[i]:s.begin[i+1]]
	from, at := s.v.cut(len(ids), len(x))
	copy(x[at:], ids[from:])
	return nil
}

// Stream is one long text as a dataset for a language model: windows of Length ids, and as target the id that follows
// each of them, [Length], or, with Last, the id that follows the window, [1]. Windows are views of IDs.
type Stream struct {
	IDs    []int32
	Length int
	Stride int  // distance between the starts of two windows, in ids; 0 means Length
	Last   bool // predict only the id that follows the window
}

// Check sets defaults and returns an error where the fields contradict each other. It must be called before use.
func (s *Stream) Check() error {
	if s.Length < 1 || s.Stride < 0 {
		return config.Errorf("text.window", "%d ids, stride %d; give 1 or more", s.Length, s.Stride)
	}
	if s.Stride == 0 {
		s.Stride = s.Length
	}
	if len(s.IDs) <= s.Length {
		return config.Errorf("text.window", "%d ids and the one that follows need more than the text's %d; give a "+
			"shorter window", s.Length, len(s.IDs))
	}
	return nil
}

// Spec returns one input and one target of int32.
func (s *Stream) Spec() data.Spec {
	n := s.Length
	if s.Last {
		n = 1
	}
	return data.Spec{
		Inputs:  []data.Field{{Name: "x", DType: tensor.Int32, Shape: tensor.Shape{s.Length}}},
		Targets: []data.Field{{Name: "y", DType: tensor.Int32, Shape: tensor.Shape{n}}},
	}
}

// Len returns the number of windows.
func (s *Stream) Len() int { return (len(s.IDs)-s.Length-1)/s.Stride + 1 }

// View returns window i, in the memory of IDs.
func (s *Stream) View(i int) []int32 { return s.IDs[i*s.Stride:][:s.Length:s.Length] }

// Read copies window i and its target.
func (s *Stream) Read(_, i int, row data.Row) error {
	if i < 0 || i >= s.Len() {
		return fmt.Errorf("text: no window %d of %d", i, s.Len())
	}
	copy(row[0].I32, s.View(i))
	if len(row) > 1 {
		end := i*s.Stride + s.Length + 1
		copy(row[1].I32, s.IDs[end-len(row[1].I32):end])
	}
	return nil
}
