package restore

import (
	"math/rand/v2"
	"runtime"
	"sync"

	"gorae/data"
	"gorae/data/corrupt"
	"gorae/tensor"
)

// samples are what a network learns from: corrupted pictures, or patches of them, and the same clean.
type samples struct {
	of      *selection
	corrupt corrupt.Corruptions
	white   float64
	seed    uint64
	height  int // of a sample
	width   int
	n       int  // of an epoch
	patches bool // of the pictures; else whole pictures
	turn    bool // mirrored and turned at random
	fixed   bool // the same in every epoch
	scratch sync.Pool
}

// Spec implements data.Dataset.
func (s *samples) Spec() data.Spec {
	shape := tensor.Shape{s.height, s.width, s.of.channels}
	return data.Spec{Inputs: []data.Field{{Name: "x", Shape: shape}}, Targets: []data.Field{{Name: "y", Shape: shape}},
		Traits: data.Traits{Varying: !s.fixed, Workers: runtime.GOMAXPROCS(0)}}
}

// Len implements data.Dataset.
func (s *samples) Len() int { return s.n }

// Read writes sample i of an epoch: the corrupted picture and the clean one.
func (s *samples) Read(epoch, i int, row data.Row) error {
	if s.fixed {
		epoch = corrupt.Fixed
	}
	k := i % s.of.len()
	at := window{0, 0, s.height, s.width}
	r := chance(s.seed, epoch, i)
	h, w := s.of.size(k)
	if s.patches {
		at.top, at.left = below(&r, h-s.height+1), below(&r, w-s.width+1)
	}
	turn := 0
	if s.turn {
		turn = below(&r, 8)
	}
	clean := s.of.channels * s.height * s.width
	held := s.room(2 * clean)
	defer s.scratch.Put(held)
	x, y := (*held)[:clean], (*held)[clean:2*clean]
	if err := s.of.corrupted(k, at, corruption{s.corrupt, s.white, s.seed, epoch, i}, x, y); err != nil {
		return err
	}
	square := s.height == s.width
	turned(row[0].F32, x, at, s.of.channels, turn, square)
	if len(row) > 1 {
		turned(row[1].F32, y, at, s.of.channels, turn, square)
	}
	return nil
}

// room returns memory for n numbers.
func (s *samples) room(n int) *[]float32 {
	held, _ := s.scratch.Get().(*[]float32)
	if held == nil || len(*held) < n {
		x := make([]float32, n)
		held = &x
	}
	return held
}

// chance returns the random numbers of a sample of an epoch.
func chance(seed uint64, epoch, sample int) rand.PCG {
	return *rand.NewPCG(seed^0x7061746368, uint64(epoch)<<40^uint64(sample)) // "patch"
}

// below draws a number from 0 to n − 1.
func below(r *rand.PCG, n int) int {
	return int(float64(r.Uint64()>>11) * (1.0 / (1 << 53)) * float64(n))
}

// corruption is how a sample is corrupted.
type corruption struct {
	ways   corrupt.Corruptions
	white  float64
	seed   uint64
	epoch  int
	sample int
}

// corrupted writes a part of picture i as it is, y, and corrupted as within the whole, x.
func (p *selection) corrupted(i int, at window, s corruption, x, y []float32) error {
	if err := p.window(i, at, y); err != nil {
		return err
	}
	around, grid := s.ways.Reach()
	if around == 0 {
		copy(x, y)
		s.apply(x, at.height, at.width, p.channels)
		return nil
	}
	h, w := p.size(i)
	wide := window{top: max(0, at.top-around) / grid * grid, left: max(0, at.left-around) / grid * grid}
	wide.height = min(h, at.top+at.height+around+grid) - wide.top
	wide.width = min(w, at.left+at.width+around+grid) - wide.left
	all := make([]float32, wide.height*wide.width*p.channels)
	if err := p.window(i, wide, all); err != nil {
		return err
	}
	s.apply(all, wide.height, wide.width, p.channels)
	n := at.width * p.channels
	for row := range at.height {
		from := ((at.top-wide.top+row)*wide.width + at.left - wide.left) * p.channels
		copy(x[row*n:(row+1)*n], all[from:from+n])
	}
	return nil
}

func (s corruption) apply(x []float32, height, width, channels int) {
	s.ways.Apply(corrupt.Picture{X: x, Height: height, Width: width, Channels: channels, White: s.white}, s.seed,
		s.epoch, s.sample)
}

// turned writes x in one of the eight positions of a square: mirrored at a diagonal or not (of squares alone), upside
// down or not, left to right or not.
func turned(to, x []float32, at window, channels, turn int, square bool) {
	if turn == 0 {
		copy(to, x)
		return
	}
	for i := range at.height {
		for j := range at.width {
			y, z := i, j
			if turn&1 != 0 {
				y = at.height - 1 - y
			}
			if turn&2 != 0 {
				z = at.width - 1 - z
			}
			if turn&4 != 0 && square {
				y, z = z, y
			}
			copy(to[(i*at.width+j)*channels:][:channels], x[(y*at.width+z)*channels:])
		}
	}
}
