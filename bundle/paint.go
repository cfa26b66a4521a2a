package bundle

import (
	"context"
	"fmt"

	"gorae/internal/doing"
	"gorae/internal/ram"
	"gorae/task"
	"gorae/tensor"
)

// Paints reports whether the network makes new pictures.
func (b *Bundle) Paints() bool {
	_, ok := b.Fitted.(task.Painter)
	return ok
}

// Pictures returns n new pictures, [n, height, width, channels] from 0, black, to 1, white. The same seed makes the
// same pictures. A model that makes none is an error.
func (b *Bundle) Pictures(ctx context.Context, n int, seed uint64) (*tensor.Tensor, error) {
	p, ok := b.Fitted.(task.Painter)
	if !ok {
		return nil, fmt.Errorf("%s: makes no pictures; data: {source: PICTURES, generate: {kind: vae}} makes a model "+
			"that does", b.path)
	}
	if err := b.affordable(); err != nil {
		return nil, err
	}
	picture := tensor.Shape(b.Model.OutputTypes(1)[0].Shape).Size()
	if err := ram.FitsBeside(float64(n) * 4 * float64(picture)); err != nil {
		return nil, fmt.Errorf("%d pictures: %w; make fewer at a time", n, err)
	}
	doing.Say(ctx, "making %d pictures", n)
	return p.Pictures(ctx, b.Model, n, seed)
}
