package layer

import (
	"gorae/config"
	"gorae/tensor"
)

// Numbers is a number, a list of them or, in Keras's files, a list of lists: an array in a configuration.
type Numbers struct {
	Shape  tensor.Shape
	Values []float64
}

// Number is a single number.
func Number(v float64) Numbers { return Numbers{tensor.Shape{}, []float64{v}} }

// IsZero reports whether there is no number.
func (n Numbers) IsZero() bool { return n.Values == nil }

// UnmarshalConfig implements config.Unmarshaler.
func (n *Numbers) UnmarshalConfig(d *config.Decoder, written any) error {
	*n = Numbers{}
	if written == nil {
		return nil
	}
	shape, err := n.read(d, written)
	n.Shape = shape
	return err
}

// read adds the numbers of a value and returns its shape.
func (n *Numbers) read(d *config.Decoder, written any) (tensor.Shape, error) {
	list, ok := written.([]any)
	if !ok {
		var v float64
		if err := d.Decode(&v, written); err != nil {
			return nil, err
		}
		n.Values = append(n.Values, v)
		return tensor.Shape{}, nil
	}
	var inner tensor.Shape
	for i, x := range list {
		shape, err := n.read(d, x)
		if err != nil {
			return nil, err
		}
		if i > 0 && !shape.Equal(inner) {
			return nil, config.Errorf("", "the lists within a list have different lengths")
		}
		inner = shape
	}
	return append(tensor.Shape{len(list)}, inner...), nil
}

// MarshalConfig implements config.Marshaler.
func (n Numbers) MarshalConfig() any { return n.EncodeConfig() }

// EncodeConfig implements config.Encoder.
func (n Numbers) EncodeConfig() any {
	if n.IsZero() {
		return nil
	}
	v, _ := nested(n.Shape, n.Values)
	return v
}

// nested is an array as lists of lists, and the numbers behind it.
func nested(shape tensor.Shape, values []float64) (any, []float64) {
	if len(shape) == 0 {
		return values[0], values[1:]
	}
	list := make([]any, shape[0])
	for i := range list {
		list[i], values = nested(shape[1:], values)
	}
	return list, values
}

// ConfigSchema implements config.Schemer.
func (Numbers) ConfigSchema(*config.Schemas) config.Map {
	number := config.Map{{Key: "type", Value: "number"}}
	list := config.Map{{Key: "type", Value: "array"}, {Key: "items", Value: number}}
	return config.AnyOf(number, list)
}
