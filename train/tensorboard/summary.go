package tensorboard

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"

	"gorae/tensor"
)

// Element types of a TensorProto (tensorflow/core/framework/types.proto).
const (
	dtFloat  = 1
	dtDouble = 2
	dtInt32  = 3
	dtUint8  = 4
	dtString = 7
)

// shapeProto is a TensorShapeProto.
func shapeProto(shape ...int64) (m message) {
	for _, d := range shape {
		m = m.bytes(2, message{}.key(1, varint).extent(d))
	}
	return m
}

// extent adds the value of a field whose key is there: 0 and −1 are written too.
func (m message) extent(v int64) message { return binary.AppendUvarint(m, uint64(v)) }

// plugin is the SummaryMetadata that names the dashboard of a value.
func plugin(name, content string) message {
	p := message{}.text(1, name)
	if content != "" {
		p = p.text(2, content)
	}
	return message{}.bytes(1, p)
}

// value is one value of a summary: its tag, the dashboard and a TensorProto.
func value(to message, tag string, metadata, proto message) message {
	return to.text(1, tag).bytes(8, proto).bytes(9, metadata)
}

// scalars writes scalars, using its memory again.
type scalars struct{ value, tensor message }

var (
	scalarPlugin = plugin("scalars", "")
	noShape      = shapeProto()
)

// of is the value of a scalar.
func (s *scalars) of(tag string, v float64) message {
	bits := math.Float32bits(float32(v))
	s.tensor = s.tensor[:0].number(1, dtFloat).bytes(2, noShape)
	s.tensor = binary.LittleEndian.AppendUint32(binary.AppendUvarint(s.tensor.key(4, length), 4), bits)
	s.value = value(s.value[:0], tag, scalarPlugin, s.tensor)
	return s.value
}

// buckets is the number of buckets of a histogram, as in tf.summary.histogram.
const buckets = 30

// histogram is the value of a histogram: 30 rows of left edge, right edge and number of elements, edges being spread
// evenly from the smallest element to the greatest, and the last bucket with its right edge. Where all elements are
// equal all edges are, and the last bucket has them. Elements that are not finite are left out.
func histogram(tag string, x *tensor.Tensor) message {
	lo, hi, n := math.Inf(1), math.Inf(-1), 0
	for i := range x.Len() {
		if v := x.Float(i); v-v == 0 {
			lo, hi, n = min(lo, v), max(hi, v), n+1
		}
	}
	rows := 0
	var content []byte
	put := func(v float64) { content = binary.LittleEndian.AppendUint64(content, math.Float64bits(v)) }
	if n > 0 {
		rows = buckets
		counts, width := bucketCounts(x, lo, hi)
		edge := func(i int) float64 {
			if i == buckets {
				return hi
			}
			return lo + width*float64(i)
		}
		for i, c := range counts {
			put(edge(i))
			put(edge(i + 1))
			put(c)
		}
	}
	t := message{}.number(1, dtDouble).bytes(2, shapeProto(int64(rows), 3)).bytes(4, content)
	return value(nil, tag, plugin("histograms", ""), t)
}

// bucketCounts counts the finite elements of each bucket.
func bucketCounts(x *tensor.Tensor, lo, hi float64) (counts [buckets]float64, width float64) {
	width = (hi - lo) / buckets
	for i := range x.Len() {
		v := x.Float(i)
		if v-v != 0 {
			continue
		}
		at := buckets - 1
		if width > 0 {
			at = min(at, int((v-lo)/width))
		}
		counts[at]++
	}
	return counts, width
}

// text is the value of a text for a dashboard.
func text(tag, dashboard, content, s string) message {
	t := message{}.number(1, dtString).bytes(2, shapeProto()).text(8, s)
	return value(nil, tag, plugin(dashboard, content), t)
}

// maxImages is the number of pictures of one value, as in tf.summary.image.
const maxImages = 3

// weightImage is the value of a weight as pictures, the axes as Keras lays them: without axes of extent 1 a vector is a
// column, a matrix a picture that is at least as wide as high, the last axis of three numbers pictures, and four axes
// are pictures of 3 or 4 channels. ok is false for others. Elements from 0 to 1 are grey levels; others are cut off.
func weightImage(tag string, w *tensor.Tensor) (m message, ok bool, err error) {
	p, ok := picturesOf(w)
	if !ok {
		return nil, false, nil
	}
	n := min(p.count, maxImages)
	t := message{}.number(1, dtString).bytes(2, shapeProto(int64(2+n)))
	t = t.text(8, strconv.Itoa(p.width)).text(8, strconv.Itoa(p.height))
	for k := range n {
		var b bytes.Buffer
		if err := png.Encode(&b, p.image(k)); err != nil {
			return nil, false, err
		}
		t = t.bytes(8, b.Bytes())
	}
	return value(nil, tag, plugin("images", ""), t), true, nil
}

// pictures are pictures of one size, whose elements at finds.
type pictures struct {
	count, height, width, channels int
	at                             func(k, y, x, c int) float32
}

// picturesOf lays a weight out as pictures.
func picturesOf(w *tensor.Tensor) (pictures, bool) {
	var s []int
	for _, d := range w.Shape {
		if d != 1 {
			s = append(s, d)
		}
	}
	v := w.F32
	switch {
	case w.Len() == 0 || w.DType() != tensor.Float32:
	case len(s) == 1:
		return pictures{1, s[0], 1, 1, func(_, y, _, _ int) float32 { return v[y] }}, true
	case len(s) == 2 && s[0] > s[1]:
		return pictures{1, s[1], s[0], 1, func(_, y, x, _ int) float32 { return v[x*s[1]+y] }}, true
	case len(s) == 2:
		return pictures{1, s[0], s[1], 1, func(_, y, x, _ int) float32 { return v[y*s[1]+x] }}, true
	case len(s) == 3:
		return pictures{s[2], s[0], s[1], 1,
			func(k, y, x, _ int) float32 { return v[(y*s[1]+x)*s[2]+k] }}, true
	case len(s) == 4 && (s[3] == 3 || s[3] == 4):
		return pictures{s[0], s[1], s[2], s[3],
			func(k, y, x, c int) float32 { return v[((k*s[1]+y)*s[2]+x)*s[3]+c] }}, true
	}
	return pictures{}, false
}

// image is picture k.
func (p pictures) image(k int) image.Image {
	area := image.Rect(0, 0, p.width, p.height)
	if p.channels == 1 {
		m := image.NewGray(area)
		for y := range p.height {
			for x := range p.width {
				m.SetGray(x, y, color.Gray{Y: level(p.at(k, y, x, 0))})
			}
		}
		return m
	}
	m := image.NewNRGBA(area)
	for y := range p.height {
		for x := range p.width {
			c := color.NRGBA{level(p.at(k, y, x, 0)), level(p.at(k, y, x, 1)), level(p.at(k, y, x, 2)), 255}
			if p.channels == 4 {
				c.A = level(p.at(k, y, x, 3))
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// level is the byte of a number from 0 to 1 (tf.image.convert_image_dtype).
func level(v float32) uint8 {
	if !(v > 0) {
		return 0
	}
	return uint8(min(255, v*255.5))
}
