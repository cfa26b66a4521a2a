package data

import (
	"fmt"
	"math"
	"slices"

	"gorae/internal/spell"
	"gorae/tensor"
)

// Arrays is samples that are tensors already: X [samples, …], and where they are
// known Y [samples] or [samples, …].
type Arrays struct {
	Name    string         // of the file, for messages
	X, Y    *tensor.Tensor // Y may be nil
	Classes []string       // names of Y's numbers 0, 1, …, where the file names them
	All     []tensor.Named // every array of numbers in an .npz file; nil for other files
	Text    []tensor.Text  // every array of text in it
	Test    *Arrays        // a test part that came in the same file (x_test, y_test); may be nil
}

// Names by which arrays in an .npz file are known for what they are.
var (
	xNames = []string{"x", "X", "x_train", "X_train", "train_x", "images", "data", "features", "arr_0"}
	yNames = []string{"y", "Y", "y_train", "Y_train", "train_y", "labels", "label", "target", "targets", "arr_1"}
)

// FromNPZ finds out which arrays of an .npz file are samples and which are labels. Input and label, if not "", name
// them.
func FromNPZ(name string, all []tensor.Named, texts []tensor.Text, input, label string) (*Arrays, error) {
	if len(all)+len(texts) == 0 {
		return nil, fmt.Errorf("%s: no arrays in it", name)
	}
	names := make([]string, len(all))
	for i, a := range all {
		names[i] = a.Name
	}
	text := func(names ...string) error {
		for i := range texts {
			if slices.Contains(names, texts[i].Name) {
				return fmt.Errorf("%s: %w", name, texts[i].Refused())
			}
		}
		return nil
	}
	get := func(given string, known ...string) (*tensor.Tensor, error) {
		if given != "" {
			i := slices.Index(names, given)
			if err := text(given); err != nil {
				return nil, err
			}
			if i < 0 {
				return nil, fmt.Errorf("%s: no array %q%s", name, given, hintOr(given, names))
			}
			return all[i].Tensor, nil
		}
		for _, k := range known {
			if i := slices.Index(names, k); i >= 0 {
				return all[i].Tensor, nil
			}
		}
		return nil, nil
	}
	a := &Arrays{Name: name, All: slices.Concat([]tensor.Named{}, all), Text: texts}
	var err error
	if a.X, err = get(input, xNames...); err != nil {
		return nil, err
	}
	if a.Y, err = get(label, yNames...); err != nil {
		return nil, err
	}
	if a.X == nil && len(all) == 1 {
		a.X = all[0].Tensor
	}
	if a.X == nil && label != "" && len(all) == 2 { // the one that is not the labels
		a.X = all[1-slices.Index(names, label)].Tensor
	}
	if a.X == nil {
		// Several inputs of a model come under the model's own names; All has them.
		return a, nil
	}
	if a.Y == nil && len(a.X.Shape) > 1 { // else they may be columns
		if err := text(yNames...); err != nil {
			return nil, err
		}
	}
	testX, _ := get("", "x_test", "X_test", "test_x")
	testY, _ := get("", "y_test", "Y_test", "test_y")
	if testX != nil {
		a.Test = &Arrays{Name: name, X: testX, Y: testY}
		if err := a.Test.Check(); err != nil {
			return nil, err
		}
	}
	return a, a.Check()
}

func hintOr(word string, known []string) string {
	if h := spell.Hint(word, known); h != "" {
		return h
	}
	return "; there are " + list(known, 12)
}

// Check settles shapes: samples and labels must be as many, uint8 images get
// their channel axis, labels [n, 1] of whole numbers lose their last.
func (a *Arrays) Check() error {
	if len(a.X.Shape) == 0 {
		return fmt.Errorf("%s: a scalar; the first axis of an array must count the samples", a.Name)
	}
	if a.X.Shape[0] == 0 {
		return fmt.Errorf("%s: no samples: shape %v", a.Name, a.X.Shape)
	}
	a.X = withChannel(a.X)
	if a.Y == nil {
		return nil
	}
	if len(a.Y.Shape) == 0 || a.Y.Shape[0] != a.X.Shape[0] {
		return fmt.Errorf("%s: samples of shape %v and labels of shape %v; their first axes must be equal", a.Name,
			a.X.Shape, a.Y.Shape)
	}
	if len(a.Y.Shape) == 2 && a.Y.Shape[1] == 1 && a.Y.DType() != tensor.Float32 {
		a.Y = &tensor.Tensor{Shape: a.Y.Shape[:1], I32: a.Y.I32, U8: a.Y.U8}
	}
	return nil
}

// Len returns the number of samples.
func (a *Arrays) Len() int { return a.X.Shape[0] }

// ChannelsFirst reports whether samples of this shape are pictures with their channels before the places, (3, 78, 78),
// as some libraries write them: one, three or four channels stand first, and no such number last.
func ChannelsFirst(sample tensor.Shape) bool {
	channels := func(n int) bool { return n == 1 || n == 3 || n == 4 }
	return len(sample) == 3 && channels(sample[0]) && !channels(sample[2]) && min(sample[1], sample[2]) > sample[0]
}

// CheckFinite returns an error naming the first NaN or infinity in X or Y: its sample
// and its place within the sample.
func (a *Arrays) CheckFinite() error {
	for _, part := range []struct {
		name string
		t    *tensor.Tensor
	}{{"X", a.X}, {"Y", a.Y}} {
		if part.t == nil {
			continue
		}
		for i, v := range part.t.F32 {
			if f := part.t.Float(i); math.IsNaN(f) || math.IsInf(f, 0) {
				at := index(i, part.t.Shape)
				return fmt.Errorf("%s: %s%v is %v; replace or remove such values", a.Name, part.name, at, v)
			}
		}
	}
	return nil
}

// CheckFloat32 returns an error naming the first element of x that a network, which takes float32, would not see as it
// is in the file: an integer that loses digits, a number beyond the range.
func (a *Arrays) CheckFloat32(x *tensor.Tensor) error {
	o := x.Original
	if o == nil {
		return nil
	}
	for i, v := range x.F32 {
		exact := x.Float(i)
		if o.I64 != nil && float64(v) != exact || math.IsInf(float64(v), 0) && !math.IsInf(exact, 0) {
			return fmt.Errorf("%s: X%v is %s, which float32, as networks take it, does not hold; subtract a constant "+
				"from such numbers, or give features: zscore", a.Name, index(i, x.Shape), FormatNumber(exact))
		}
	}
	return nil
}

// index turns a position into indices along the axes.
func index(at int, s tensor.Shape) []int {
	out := make([]int, len(s))
	for k := len(s) - 1; k >= 0; k-- {
		out[k] = at % s[k]
		at /= s[k]
	}
	return out
}
