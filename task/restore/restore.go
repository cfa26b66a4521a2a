// Package restore is the task of corrupted pictures: a network learns to undo noise, blur, missing pixels or a lower
// resolution, which clean pictures are given in known ways.
package restore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"gorae/data/corrupt"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/spec"
	"gorae/task"
)

func init() { task.Register(Task{}) }

const name = "restore"

// Task is the task of corrupted pictures.
type Task struct{}

// Section is the keys of the data section for pictures that are restored.
type Section struct {
	// Corrupt is how clean pictures are corrupted, one way after the other: the network learns to undo it.
	Corrupt corrupt.Corruptions `keras:"corrupt"`
	// Patch is the side of the parts of pictures that are learnt from, in pixels; inferred: 40, or whole pictures where
	// all have one size and no side above 64.
	Patch int `keras:"patch,min=8,max=1024,what=number of pixels"`
	// Patches is the number of parts of an epoch; inferred: 16 of each training picture, 1,024 to 12,800.
	Patches int `keras:"patches,min=1,max=10000000,what=number of patches"`
	// Turn mirrors and turns what is learnt from at random, by quarter turns where height and width are equal;
	// inferred: true for patches, false for whole pictures.
	Turn *bool `keras:"turn"`
	// Colour says whether pictures in files are read in grey or in colour; inferred: grey where all are.
	Colour string `keras:"colour,oneof=rgb|grey"`
	// White is the value of white in arrays and tables, black being 0; inferred: 255 of bytes, of other numbers 1, or
	// the greatest value where that is above 1.
	White float64 `keras:"white,above=0"`
	// Pixels makes the first height × width columns of a table a picture.
	Pixels []int `keras:"pixels,optional,min=1,max=32768,each=2,what=number of pixels"`
}

// Name implements task.Task.
func (Task) Name() string { return name }

// Section implements task.Task.
func (Task) Section() any { return &Section{} }

// Detect takes what the experiment calls pictures to be restored, by the key corrupt.
func (Task) Detect(in *task.Input) (task.Score, error) {
	if in.Source != nil && in.Spec.Data.Given("corrupt") {
		return task.Typical, nil
	}
	return task.None, nil
}

// Prepare reads the pictures, splits them, and makes the samples.
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	s := task.Section[Section](in, name)
	if err := s.refuse(in); err != nil {
		return nil, err
	}
	in.Spec.Data.Target = []string{spec.OwnInput}
	f := &Fitted{Corrupt: s.Corrupt, Pixels: s.Pixels, White: s.White, CSV: in.Spec.Data.CSV(), Seed: in.Spec.Seed}
	f.Channels = map[string]int{"grey": 1, "rgb": 3}[s.Colour]
	all, err := task.OnceForData(in, "pictures", func() (*pictures, error) { return f.read(in.Source) })
	if err != nil {
		return nil, err
	}
	f.take(s, all)
	parts, err := in.Split(task.Rows{N: all.n}, in.Test != nil || all.test != nil)
	if err != nil {
		return nil, err
	}
	if len(parts[task.Train]) == 0 {
		return nil, task.Errorf("split", "there are no training pictures; lower validation and test")
	}
	p := &problem{in: in, section: s, fitted: f}
	for part, rows := range parts {
		if len(rows) > 0 {
			p.parts[part] = &selection{all, rows}
		}
	}
	switch {
	case in.Test != nil:
		own, err := f.read(in.Test)
		if err != nil {
			return nil, err
		}
		in.Notes = append(in.Notes, own.notes...)
		p.parts[task.Test] = whole(own)
	case all.test != nil:
		p.parts[task.Test] = whole(all.test)
	}
	in.Files, in.Notes = append(in.Files, all.files...), append(in.Notes, all.notes...)
	if err := p.cut(); err != nil {
		return nil, err
	}
	return &task.Prepared{Fitted: f, Problem: p}, nil
}

// refuse finds keys that mean nothing for pictures that are restored.
func (s *Section) refuse(in *task.Input) error {
	if len(s.Corrupt) == 0 {
		return task.Errorf("data.corrupt", "an empty list; name what the pictures are to be corrupted by, such as "+
			"{gaussian: 25}")
	}
	for _, key := range []string{"features", "labels", "columns", "task", "time", "inputs", "codes", "cluster",
		"known"} {
		if in.Spec.Data.Given(key) {
			return task.Errorf("data."+key, "data.corrupt takes pictures that a network restores, which have no %s",
				key).Fix("leave one of the two out").AtKey()
		}
	}
	if t := in.Spec.Data.Target; len(t) > 0 && !slices.Equal(t, []string{spec.OwnInput}) {
		return task.Errorf("data.target", "%v, but with data.corrupt the target is the clean picture; give target: "+
			"input", t[0])
	}
	return nil
}

// take sets the keys that follow from the pictures.
func (f *Fitted) take(s *Section, all *pictures) {
	f.Channels, f.White = all.channels, all.white
	if all.files != nil {
		s.Colour = map[int]string{1: "grey", 3: "rgb"}[all.channels]
	} else {
		s.White = all.white
	}
}

// The defaults of the parts of pictures that are learnt from.
const (
	defaultPatch    = 40
	largestWhole    = 64 // of the sides of pictures that are learnt from as a whole
	patchesEach     = 16
	fewestPatches   = 1024
	mostPatches     = 12800
	validationShare = 8 // validation has one patch for so many training patches
)

// cut decides whether pictures are learnt from as a whole or in patches, and how many.
func (p *problem) cut() error {
	s, train := p.section, p.parts[task.Train]
	alike, side := true, 0
	h0, w0 := train.size(0)
	for i := range train.len() {
		h, w := train.size(i)
		alike, side = alike && h == h0 && w == w0, max(side, h, w)
	}
	if s.Patch == 0 && (!alike || side > largestWhole) {
		s.Patch = defaultPatch
	}
	if s.Patch == 0 && s.Patches > 0 {
		return task.Errorf("data.patches", "%d, but pictures of %d×%d pixels are learnt from as a whole; give "+
			"data.patch too, or leave it out", s.Patches, h0, w0).AtKey()
	}
	turn := s.Patch > 0
	if s.Turn == nil {
		s.Turn = &turn
	}
	p.fitted.Height, p.fitted.Width = h0, w0
	p.noteParts()
	if s.Patch == 0 {
		return nil
	}
	p.fitted.Height, p.fitted.Width = s.Patch, s.Patch
	for _, part := range []task.Part{task.Train, task.Validation} {
		x := p.parts[part]
		for i := range x.len() {
			if h, w := x.size(i); h < s.Patch || w < s.Patch {
				return task.Errorf("data.patch", "%d, but %s is %d pixels high and %d wide; give patch: %d, or leave "+
					"small pictures out", s.Patch, x.id(i), h, w, max(8, min(h, w)))
			}
		}
	}
	if s.Patches == 0 {
		s.Patches = min(max(patchesEach*train.len(), fewestPatches), mostPatches)
	}
	p.in.Note("%s: %s an epoch, of %d×%d pixels, from %s", p.in.Source.Name, words.Count(s.Patches, "patch", "patches"),
		s.Patch, s.Patch, words.Plural(train.len(), "image"))
	return nil
}

// noteParts says how many pictures each part has, and of which sizes.
func (p *problem) noteParts() {
	least, most := math.MaxInt, 0
	var n [3]string
	for part, x := range p.parts {
		count := 0
		if x != nil {
			count = x.len()
		}
		n[part] = layer.Thousands(count)
		for i := range count {
			h, w := x.size(i)
			least, most = min(least, h, w), max(most, h, w)
		}
	}
	sides := fmt.Sprintf("of %d×%d pixels", most, most)
	if least < most {
		sides = fmt.Sprintf("with sides of %d to %d pixels", least, most)
	}
	p.in.Note("%s: pictures %s: %s to train on, %s to validate, %s to test", p.in.Source.Name, sides, n[task.Train],
		n[task.Validation], n[task.Test])
}

// Restore implements task.Task.
func (Task) Restore(b json.RawMessage) (task.Fitted, error) {
	f := &Fitted{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, err
	}
	const most = 1 << 15
	switch {
	case f.Channels < 1 || f.Channels > 1024 || !(f.White > 0):
		return nil, fmt.Errorf("pictures of %d channels, white being %v", f.Channels, f.White)
	case f.Height < 1 || f.Width < 1 || f.Height > most || f.Width > most:
		return nil, fmt.Errorf("samples of %d×%d pixels", f.Height, f.Width)
	case len(f.Pixels) != 0 && (len(f.Pixels) != 2 || f.Pixels[0] < 1 || f.Pixels[1] < 1 || f.Pixels[0] > most ||
		f.Pixels[1] > most):
		return nil, errors.New("rows of a table that are no pictures")
	case !(f.Filter >= 0 && f.Filter <= widestFilter):
		return nil, fmt.Errorf("a Gaussian filter of standard deviation %v", f.Filter)
	}
	for _, c := range f.Corrupt {
		if err := c.Check(); err != nil {
			return nil, err
		}
	}
	return f, nil
}
