package control

import (
	"context"
	"image"
	"image/gif"
	"io"
	"path/filepath"

	"gorae/env"
	"gorae/internal/file"
	"gorae/rl"
	"gorae/task"
)

// EpisodeFile is the name of the picture of an episode.
const EpisodeFile = "episode.gif"

// The pictures of an episode.
const (
	pictureWidth, pictureHeight = 300, 200
	mostPictures                = 260 // of an episode; a longer one leaves steps out
	delay                       = 4   // hundredths of a second for a picture of motion
	slowDelay                   = 40  // for a picture of fields
	pause                       = 150 // for the last picture
)

// animate draws the first episode of the test by the greedy policy, where the environment can be drawn.
func (p *problem) animate(ctx context.Context, f *task.Finish) error {
	movie, err := record(ctx, p.fitted, rl.Greedy(p.training.Model, p.fitted.space), p.seed)
	if movie == nil || err != nil {
		return err
	}
	err = file.Replace(filepath.Join(f.Dir, EpisodeFile), func(w io.Writer) error { return gif.EncodeAll(w, movie) })
	if err == nil {
		f.Findings.Pictures = append(f.Findings.Pictures, EpisodeFile)
	}
	return err
}

// record plays the first test episode of a seed and draws it; nil where the environment cannot be drawn.
func record(ctx context.Context, f *Fitted, p rl.Policy, seed uint64) (*gif.GIF, error) {
	played, err := rl.Evaluate(ctx, f.spec, p, 1, seed)
	if err != nil {
		return nil, err
	}
	every := (played.Lengths[0] + mostPictures - 1) / mostPictures
	movie := &gif.GIF{Config: image.Config{ColorModel: env.Palette, Width: pictureWidth, Height: pictureHeight}}
	var now, shown *image.Paletted
	slow := delay
	if _, fields := f.space.(env.Discrete); fields {
		slow = slowDelay
	}
	step := 0
	see := func(e env.Env, last bool) bool {
		r, ok := env.Unwrap(e).(env.Renderer)
		if !ok {
			return false
		}
		if step++; (step-1)%every != 0 && !last {
			return true
		}
		if now == nil {
			now = image.NewPaletted(image.Rect(0, 0, pictureWidth, pictureHeight), env.Palette)
		}
		r.Render(now)
		part := changed(now, shown)
		movie.Image = append(movie.Image, cut(now, part))
		movie.Delay = append(movie.Delay, slow)
		now, shown = shown, now
		return true
	}
	if _, err := rl.Watch(ctx, f.spec, p, seed, see); err != nil || len(movie.Image) == 0 {
		return nil, err
	}
	movie.Delay[len(movie.Delay)-1] = pause
	return movie, nil
}

// changed returns the rectangle in which two pictures differ, at least one pixel; the whole one where there is no
// former picture.
func changed(now, before *image.Paletted) image.Rectangle {
	if before == nil {
		return now.Rect
	}
	var r image.Rectangle
	for y := range pictureHeight {
		for x := range pictureWidth {
			if i := y*now.Stride + x; now.Pix[i] != before.Pix[i] {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if r.Empty() {
		r = image.Rect(0, 0, 1, 1)
	}
	return r
}

// cut returns a copy of a part of a picture.
func cut(from *image.Paletted, r image.Rectangle) *image.Paletted {
	to := image.NewPaletted(r, from.Palette)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		copy(to.Pix[to.PixOffset(r.Min.X, y):to.PixOffset(r.Max.X-1, y)+1], from.Pix[from.PixOffset(r.Min.X, y):])
	}
	return to
}
