package layer

import (
	"slices"

	"gorae/config"
)

// Locality is how the places of a layer's output, the rows and columns of a picture, depend on those of its input. It
// is exact where the extents of the input are multiples of Down; the layer then turns each Down places along an axis
// into Up.
type Locality struct {
	Reach    int // how many places of the input beyond those that it stands for a place of the output looks at
	Down, Up int // 1 where the layer keeps the extents
}

// Local is a layer over pictures whose output depends, at each place, on the input near that place alone, in the same
// way at every place, zeros being around the picture. Locality reports false where it is not so, as where a layer cuts
// off margins.
type Local interface{ Locality() (Locality, bool) }

// LocalityOf returns the locality of a layer with inputs [batch, rows, columns, channels]: that of a [Local], or none
// beyond the place itself of layers that work element by element or along the channels.
func LocalityOf(l Layer) (Locality, bool) {
	if w, ok := config.Filled(l).(Local); ok {
		return w.Locality()
	}
	if _, around := l.(Wrapper); around || Recurrent(l) {
		return Locality{}, false
	}
	t := TraitsOf(l)
	return Locality{Down: 1, Up: 1}, t.Format == AnyFormat && t.Steps == StepByStep && !t.Moves
}

// windows returns the locality of windows of some sizes that lie strides apart.
func windows(format, padding string, sizes, strides, dilation []int) (Locality, bool) {
	loc := Locality{Down: 1, Up: 1}
	stride := slices.Max(strides)
	if format == channelsFirst || slices.Min(strides) != stride {
		return loc, false
	}
	loc.Down = stride
	for a, k := range sizes {
		around := max((k-1)*dilation[a]+1-stride, 0)
		if padding == "valid" && (k-1)*dilation[a]+1 != stride {
			return loc, false
		}
		loc.Reach = max(loc.Reach, (around+1)/2)
	}
	return loc, true
}

// Locality implements Local.
func (l Conv2D) Locality() (Locality, bool) {
	return windows(l.DataFormat, l.Padding, l.KernelSize, l.Strides, l.Dilation)
}

// Locality implements Local.
func (l DepthwiseConv2D) Locality() (Locality, bool) {
	return windows(l.DataFormat, l.Padding, l.KernelSize, l.Strides, l.Dilation)
}

// Locality implements Local.
func (l SeparableConv2D) Locality() (Locality, bool) {
	return windows(l.DataFormat, l.Padding, l.KernelSize, l.Strides, l.Dilation)
}

// Locality implements Local.
func (l MaxPooling2D) Locality() (Locality, bool) {
	return pooled(l)
}

// Locality implements Local.
func (l AveragePooling2D) Locality() (Locality, bool) { return pooled(MaxPooling2D(l)) }

func pooled(l MaxPooling2D) (Locality, bool) {
	if l.Strides == nil {
		l.Strides = l.PoolSize
	}
	return windows(l.DataFormat, l.Padding, l.PoolSize, l.Strides, ones(len(l.PoolSize)))
}

// Locality implements Local.
func (l Conv2DTranspose) Locality() (Locality, bool) {
	up := slices.Max(l.Strides)
	loc := Locality{Down: 1, Up: up}
	if l.DataFormat == channelsFirst || slices.Min(l.Strides) != up || l.OutputPadding != nil {
		return loc, false
	}
	for a, k := range l.KernelSize {
		wide := (k-1)*l.Dilation[a] + 1
		if l.Padding == "valid" && wide != up {
			return loc, false
		}
		loc.Reach = max(loc.Reach, (max(wide-up, 0)+up-1)/up)
	}
	return loc, true
}

// Locality implements Local.
func (l UpSampling2D) Locality() (Locality, bool) {
	loc := Locality{Down: 1, Up: slices.Max(l.Size)}
	if l.DataFormat == channelsFirst || slices.Min(l.Size) != loc.Up {
		return loc, false
	}
	// The neighbours at the edge are those inside alone, with larger weights: as of the whole picture.
	loc.Reach = map[string]int{"bilinear": 1, "bicubic": 2, "lanczos3": 3, "lanczos5": 5}[l.Interpolation]
	return loc, true
}
