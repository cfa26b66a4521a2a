package data

import (
	"fmt"
	"io"
	"math/rand/v2"
)

// Shuffled is a stream in a random order: each sample is drawn from the next Buffer samples of the underlying stream,
// as tf.data's shuffle does. The order follows from the seed and the epoch. The buffer is held in memory.
type Shuffled struct {
	Dataset
	Buffer int // 0 means 1024
	Seed   uint64

	begun     bool
	epoch, at int  // the next sample to hand out
	from      int  // the next one to read
	ended     bool // the underlying stream has no more
	rows      []Row
	held      int // rows that hold a sample, the first of them
	last      int // the row that was handed out last and is to be filled anew; −1 before the first one
	random    rand.PCG
}

// shuffledBuffer is the number of samples held where none is given.
const shuffledBuffer = 1024

// Spec returns the underlying dataset's; the order varies from epoch to epoch. Lengths go by the underlying order and
// are kept for a buffer of one sample alone.
func (s *Shuffled) Spec() Spec {
	spec := s.Dataset.Spec()
	if spec.Varying = true; s.Buffer != 1 {
		spec.Length = nil
	}
	return spec
}

// Len returns the length of the underlying dataset.
func (s *Shuffled) Len() int { return s.Dataset.Len() }

// Read writes sample i of the epoch's order, passing over those before it. The last sample may be read again; a sample
// that has been passed is an error, but for sample 0, which begins the epoch anew.
func (s *Shuffled) Read(epoch, i int, row Row) error {
	if !s.begun || epoch != s.epoch || i == 0 && (s.at != 1 || s.last < 0) {
		if err := s.begin(epoch); err != nil {
			return err
		}
	}
	if s.last >= 0 && i == s.at-1 {
		s.copyTo(row)
		return nil
	}
	if i < s.at {
		return fmt.Errorf("data: sample %d of a stream that is at sample %d; a stream is read in order", i, s.at)
	}
	for s.at < i {
		if err := s.draw(); err != nil {
			return err
		}
	}
	if err := s.draw(); err != nil {
		return err
	}
	s.copyTo(row)
	return nil
}

// begin fills the buffer with the first samples of an epoch.
func (s *Shuffled) begin(epoch int) error {
	size := s.Buffer
	if size == 0 {
		size = shuffledBuffer
	}
	if size < 1 {
		return fmt.Errorf("data: a buffer of %d samples; give 1 or more", size)
	}
	s.begun, s.epoch, s.at, s.from, s.held, s.last, s.ended = true, epoch, 0, 0, 0, -1, false
	s.random = stream(s.Seed, streamOrder, uint64(epoch))
	for s.held < size && !s.ended {
		if s.held == len(s.rows) {
			s.rows = append(s.rows, s.Dataset.Spec().Row())
		}
		if err := s.fill(s.held); err != nil {
			return err
		}
		if !s.ended {
			s.held++
		}
	}
	return nil
}

// fill reads the next sample of the underlying stream into a row of the buffer.
func (s *Shuffled) fill(j int) error {
	err := s.Dataset.Read(s.epoch, s.from, s.rows[j])
	if err == io.EOF {
		s.ended = true
		return nil
	}
	s.from++
	return err
}

// draw puts the next sample in the place of the last one and chooses a sample of the buffer at random.
func (s *Shuffled) draw() error {
	if s.last >= 0 && !s.ended {
		if err := s.fill(s.last); err != nil {
			return err
		}
	}
	if s.last >= 0 && s.ended {
		s.held--
		s.rows[s.last], s.rows[s.held] = s.rows[s.held], s.rows[s.last]
		s.last = -1
	}
	if s.held == 0 {
		return io.EOF
	}
	s.last = int(below(&s.random, uint64(s.held)))
	s.at++
	return nil
}

// copyTo copies the sample that was drawn last.
func (s *Shuffled) copyTo(row Row) {
	for k := range row {
		from := &s.rows[s.last][k]
		copy(row[k].F32, from.F32)
		copy(row[k].I32, from.I32)
		copy(row[k].U8, from.U8)
	}
}
