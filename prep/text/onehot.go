package text

import (
	"fmt"
	"io"
	"strings"

	"gorae/tensor"
)

// OneHot returns a text as a matrix of 0 and 1, Uint8 [tokens, Size]: row t has its 1 in the column of the id of token
// t. A layer that takes ids computes the same without the matrix (layer.Embedding).
func (v *Vocabulary) OneHot(text string) *tensor.Tensor {
	ids := v.Encode(text)
	x := tensor.New(tensor.Uint8, len(ids), v.Size())
	for t, id := range ids {
		x.U8[t*v.Size()+int(id)] = 1
	}
	return x
}

// mostNamed is the greatest number of tokens that WriteVectors lists.
const mostNamed = 200

// WriteVectors prints what texts become: the vocabulary, and for each text its ids, its bag, or, with oneHot, its
// matrix with the token behind each row. Words are what is said, numbers the arrays.
func (v *Vocabulary) WriteVectors(words, numbers io.Writer, oneHot bool, texts ...string) error {
	var names []string
	from := int32(0)
	if !v.Spec.ids() {
		from = 2
	}
	for id := from; int(id) < v.Size() && len(names) < mostNamed; id++ {
		name := [2]string{"padding", "unknown"}[min(id, 1)]
		if id > 1 {
			name = fmt.Sprintf("%q", v.Token(id))
		}
		names = append(names, fmt.Sprintf("%d %s", id-from, name))
	}
	more := ""
	if n := v.Size() - int(from); n > len(names) {
		more = ", …"
	}
	if _, err := fmt.Fprintf(words, "columns: %s%s\n", strings.Join(names, ", "), more); err != nil {
		return err
	}
	for i, t := range texts {
		var x *tensor.Tensor
		switch {
		case oneHot:
			x = v.OneHot(t)
		case v.Spec.ids():
			ids := v.Encode(t)
			x = tensor.Of(ids, len(ids))
		default:
			row := make([]float32, v.Width())
			v.Apply(row, t)
			x = tensor.Of(row, len(row))
		}
		if _, err := fmt.Fprintf(words, "text %d: %v\n", i+1, x.Shape); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(numbers, x); err != nil {
			return err
		}
	}
	return nil
}
