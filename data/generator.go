package data

import (
	"fmt"
	"io"
)

// Generator is a stream: a dataset of unknown length whose samples are made one after the other, as they are read from
// a socket, decompressed from a file that does not fit in memory, or drawn at random.
type Generator struct {
	Fields Spec
	// Begin starts an epoch. The function that it returns writes the next sample into a row, and returns io.EOF after
	// the last one. A row may end early, as Row says.
	Begin func(epoch int) (next func(row Row) error, err error)

	epoch, at int
	next      func(row Row) error
	row       Row // of samples that are passed over
}

// Spec returns Fields.
func (g *Generator) Spec() Spec { return g.Fields }

// Len returns −1.
func (g *Generator) Len() int { return -1 }

// Read writes sample i, passing over those before it. Sample 0 begins the epoch anew; a sample that has been passed is
// an error.
func (g *Generator) Read(epoch, i int, row Row) error {
	if g.next == nil || i == 0 || epoch != g.epoch {
		next, err := g.Begin(epoch)
		if err != nil {
			return err
		}
		g.next, g.epoch, g.at = next, epoch, 0
	}
	if i < g.at {
		return fmt.Errorf("data: sample %d of a stream that is at sample %d; a stream is read in order", i, g.at)
	}
	for ; g.at < i; g.at++ {
		if g.row == nil {
			g.row = g.Fields.Row()
		}
		if err := g.read(g.row); err != nil {
			return err
		}
	}
	if err := g.read(row); err != nil {
		return err
	}
	g.at++
	return nil
}

// read writes the next sample. After the last one every call returns io.EOF.
func (g *Generator) read(row Row) error {
	err := g.next(row)
	if err == io.EOF {
		g.next = func(Row) error { return io.EOF }
	}
	return err
}
