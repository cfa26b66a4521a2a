package image

import (
	"fmt"
	"sync/atomic"
)

// Gallery is pictures in files, each of its own size, with the same number of channels. They are decoded when they are
// asked for, by any number of goroutines; those that were decoded once are kept while they fit the cache.
type Gallery struct {
	*Files
	Channels int
	Survey   *Survey
	Skipped  []Fault // files left out, with Options.SkipBad

	infos []Info
	o     Options
	kept  []atomic.Pointer[Pixels]
	keeps []bool // which pictures are kept: the first ones that fit the cache together
}

// Gallery reads the headers of the files. Of the options Channels, MaxPixels, SkipBad, Cache and Workers are used. A
// broken file is an error, without SkipBad.
func (f *Files) Gallery(o Options) (*Gallery, error) {
	if f.Len() == 0 {
		return nil, fmt.Errorf("%s: no pictures", f.Name)
	}
	infos, errs := f.peekAll(o)
	s := survey(f, infos, errs)
	switch {
	case len(s.Bad) > 0 && !o.SkipBad:
		err := s.Bad[0].Err
		if n := len(s.Bad) - 1; n > 0 {
			err = fmt.Errorf("%w (and %d more such files)", err, n)
		}
		return nil, err
	case s.Good() == 0:
		return nil, fmt.Errorf("%s: none of %d files can be read; the first: %w", f.Name, f.Len(), s.Bad[0].Err)
	}
	files, rows := without(f, s.Bad)
	g := &Gallery{Files: files, Channels: o.Channels, Survey: s, Skipped: s.Bad, o: o}
	if g.Channels == 0 {
		g.Channels = s.Channels()
	}
	room := o.Cache
	if room == 0 {
		room = defaultCache
	}
	for _, i := range rows {
		g.infos = append(g.infos, infos[i])
		n := int64(infos[i].Height) * int64(infos[i].Width) * int64(g.Channels)
		g.keeps = append(g.keeps, n <= room)
		if n <= room {
			room -= n
		}
	}
	g.kept = make([]atomic.Pointer[Pixels], len(rows))
	return g, nil
}

// Size returns the height and the width of a picture.
func (g *Gallery) Size(i int) (height, width int) { return g.infos[i].Height, g.infos[i].Width }

// Grey reports whether picture i has no colours in its file.
func (g *Gallery) Grey(i int) bool { return g.infos[i].Grey }

// Picture returns a picture, which must not be changed.
func (g *Gallery) Picture(i int) (*Pixels, error) {
	if p := g.kept[i].Load(); p != nil {
		return p, nil
	}
	b, err := g.read(i)
	if err != nil {
		return nil, err
	}
	p, err := Decode(b, g.Channels, g.o.MaxPixels)
	if err != nil {
		return nil, g.wrap(i, err)
	}
	if h, w := g.Size(i); p.Height != h || p.Width != w {
		return nil, g.wrap(i, fmt.Errorf("%d × %d pixels, but its header says %d × %d; the file has changed", p.Width,
			p.Height, w, h))
	}
	if g.keeps[i] {
		g.kept[i].Store(p)
	}
	return p, nil
}
