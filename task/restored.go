package task

import (
	"fmt"
	"image"
	"image/png"
	"io"

	"gorae/tensor"
)

// Restorer is a Fitted whose predictions are pictures as large as their samples ([Bound.Pictures]).
type Restorer interface {
	// Restores says in words what is undone.
	Restores() string
}

// Restored is a picture that a network made of another one.
type Restored struct {
	Name   string         // for a file, without an extension
	Pixels *tensor.Tensor // [height, width, channels], from 0, black, to 1, white
}

// PNG writes the picture with 8 bits a value. Pictures of other than 1 or 3 channels are an error.
func (r Restored) PNG(w io.Writer) error {
	s := r.Pixels.Shape
	h, wide, c := s[0], s[1], s[2]
	var img image.Image
	switch c {
	case 1:
		grey := image.NewGray(image.Rect(0, 0, wide, h))
		for i, v := range r.Pixels.F32 {
			grey.Pix[i] = grade(v)
		}
		img = grey
	case 3:
		colour := image.NewNRGBA(image.Rect(0, 0, wide, h))
		for i := range h * wide {
			for k := range 3 {
				colour.Pix[4*i+k] = grade(r.Pixels.F32[3*i+k])
			}
			colour.Pix[4*i+3] = 255
		}
		img = colour
	default:
		return fmt.Errorf("%s: a picture of %d channels is no PNG; write it as .npy", r.Name, c)
	}
	return png.Encode(w, img)
}

// grade returns a value from 0 to 1 as a byte.
func grade(v float32) uint8 { return uint8(min(max(255*v+0.5, 0), 255)) }
