package chart

import "image"

// Tile is one picture of a sheet and the lines of text below it.
type Tile struct {
	Image image.Image
	Lines []string
}

// Sheet is a contact sheet: pictures in rows under a title.
type Sheet struct {
	Title   string
	Tiles   []Tile
	Columns int // 0: about as wide as high
	Side    int // the least length of a picture's longer side, in dots; 0 is 96
}

// Picture returns a sample in the form in which the network takes it, [height, width, channels], as a picture: low
// becomes black, high white. Of other than 1 or 3 channels the first is shown.
func Picture(x []float32, height, width, channels int, low, high float32) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	span := high - low
	if !(span > 0) {
		span = 1
	}
	for i := range height * width {
		for c := range 3 {
			v := x[i*channels]
			if channels == 3 {
				v = x[i*channels+c]
			}
			out.Pix[4*i+c] = uint8(min(max((v-low)/span*255+0.5, 0), 255))
		}
		out.Pix[4*i+3] = 255
	}
	return out
}
