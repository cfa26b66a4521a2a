package image

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"gorae/data"
)

// Survey is a summary of the headers of some files.
type Survey struct {
	Sizes   []Size         // by decreasing count
	Formats map[string]int // png, jpeg, …
	Grey    int            // number of pictures without colours
	Deep    int            // of pictures of 16 bits a channel
	Alpha   int            // of pictures with transparency
	Bad     []Fault        // files that cannot be read, in the files' order
}

// Size counts the pictures of one size.
type Size = data.SizeReport

// Fault is a file that cannot be read; Err's text begins with its path.
type Fault struct {
	File int // index among the files
	Path string
	Err  error
}

// headerBytes is the length of a file's beginning that usually holds the header.
const headerBytes = 64 << 10

// Survey reads the header of every file, or with whole its pixels too, which also finds files that are damaged further
// on. Of the options MaxPixels and Workers are used.
func (f *Files) Survey(o Options, whole bool) *Survey {
	infos, errs := f.peekAll(o)
	if whole {
		each(f.Len(), o.workers(), func(i int) {
			if errs[i] == nil {
				infos[i], errs[i] = f.unpack(i, &o)
			}
		})
	}
	return survey(f, infos, errs)
}

// peekAll reads the header of every file.
func (f *Files) peekAll(o Options) ([]Info, []error) {
	infos, errs := make([]Info, f.Len()), make([]error, f.Len())
	each(f.Len(), o.workers(), func(i int) { infos[i], errs[i] = f.peek(i, &o) })
	return infos, errs
}

// unpack decodes file i only to find its faults.
func (f *Files) unpack(i int, o *Options) (Info, error) {
	b, err := f.read(i)
	if err != nil {
		return Info{}, err
	}
	info, err := Peek(b, o.MaxPixels)
	if err == nil {
		_, err = Decode(b, 0, o.MaxPixels)
	}
	if err != nil {
		return Info{}, f.wrap(i, err)
	}
	return info, nil
}

// peek reads the header of file i, which may stand behind long metadata of a camera.
func (f *Files) peek(i int, o *Options) (Info, error) {
	b, err := f.start(i, headerBytes)
	if err != nil {
		return Info{}, err
	}
	info, err := Peek(b, o.MaxPixels)
	if err != nil && len(b) == headerBytes {
		if b, err = f.read(i); err != nil {
			return Info{}, err
		}
		info, err = Peek(b, o.MaxPixels)
	}
	if err != nil {
		return Info{}, f.wrap(i, err)
	}
	return info, nil
}

func survey(f *Files, infos []Info, errs []error) *Survey {
	s := &Survey{Formats: map[string]int{}}
	type hw struct{ h, w int }
	sizes := map[hw]int{}
	for i, info := range infos {
		if errs[i] != nil {
			s.Bad = append(s.Bad, Fault{i, f.Paths[i], errs[i]})
			continue
		}
		sizes[hw{info.Height, info.Width}]++
		s.Formats[info.Format]++
		if info.Grey {
			s.Grey++
		}
		if info.Bits == 16 {
			s.Deep++
		}
		if info.Alpha {
			s.Alpha++
		}
	}
	for k, n := range sizes {
		s.Sizes = append(s.Sizes, Size{Height: k.h, Width: k.w, Count: n})
	}
	slices.SortFunc(s.Sizes, func(a, b Size) int {
		return cmp.Or(b.Count-a.Count, a.Height-b.Height, a.Width-b.Width)
	})
	return s
}

// Good is the number of pictures that can be read.
func (s *Survey) Good() (n int) {
	for _, z := range s.Sizes {
		n += z.Count
	}
	return n
}

// Channels is 1 where every picture is grey, else 3.
func (s *Survey) Channels() int {
	if s.Grey > 0 && s.Grey == s.Good() {
		return 1
	}
	return 3
}

// Bits is how many bits of a value samples keep: 16 where they are grey and a picture has 16, else 8. Pillow reads 16
// bits of grey alone, too.
func (s *Survey) Bits(channels int) int {
	if s.Deep > 0 && channels == 1 {
		return 16
	}
	return 8
}

// usualSide is the longest side that Suggest returns: a usual size for small networks.
const usualSide = 128

// Suggest returns a size for a network: the pictures' own where all have the same, else their median height and width,
// both at most 128.
func (s *Survey) Suggest() (height, width int) {
	if len(s.Sizes) == 1 {
		return s.Sizes[0].Height, s.Sizes[0].Width
	}
	median := func(side func(Size) int) int {
		z := slices.Clone(s.Sizes)
		slices.SortFunc(z, func(a, b Size) int { return side(a) - side(b) })
		half := (s.Good() + 1) / 2
		for _, v := range z {
			if half -= v.Count; half <= 0 {
				return min(side(v), usualSide)
			}
		}
		return usualSide
	}
	return median(func(z Size) int { return z.Height }), median(func(z Size) int { return z.Width })
}

// each calls do for 0 … n−1 from several goroutines.
func each(n, workers int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(workers, n) {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	all.Wait()
}

func (o *Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}
