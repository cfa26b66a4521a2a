package bundle

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"path/filepath"
	"slices"

	"gorae/chart"
	"gorae/data"
	"gorae/explain"
	"gorae/internal/doing"
	"gorae/internal/file"
	"gorae/internal/words"
	"gorae/task"
	"gorae/tensor"
)

// heatTiles is the number of classes whose heat maps are drawn, the likeliest first.
const heatTiles = 3

// heatSide is the least side of a heat map, in dots.
const heatSide = 192

// Explain draws what the network sees in the first of the samples into a directory, which it makes: filters.png, the
// filters of the first convolution; maps-LAYER.png, each layer's feature maps; and grad-cam.png, where the picture
// speaks for the likeliest classes. It returns the names of the files.
func (b *Bundle) Explain(ctx context.Context, s *task.Source, dir string) ([]string, error) {
	if f, ok := b.Fitted.(task.Drawer); ok {
		return b.drawn(ctx, f, s, dir)
	}
	no := fmt.Errorf("%s: explain takes models of pictures (rows, columns, channels) and at least one picture", b.path)
	if !b.ExplainsPictures() {
		return nil, no
	}
	doing.Say(ctx, "explaining %s", s.Name)
	o, err := b.open(s, false, "")
	if err != nil {
		return nil, err
	}
	spec := o.bound.Data.Spec()
	in := spec.Inputs
	if in[0].DType != tensor.Float32 {
		return nil, no
	}
	x := tensor.New(in[0].DType, append([]int{1}, in[0].Shape...)...)
	first := *x
	first.Shape = in[0].Shape
	if err := o.bound.Data.Read(0, 0, data.Row{first}); err != nil {
		return nil, err
	}
	if i := x.NonFinite(); i >= 0 {
		return nil, fmt.Errorf("%s: %s 1 is %s at %v", o.bound.Name, b.unit(), tensor.Say(x.F32[i]),
			x.Shape.Index(i)[1:])
	}
	y, err := b.Model.Predict(ctx, x)
	if err == nil {
		err = b.unfinished(b.Model.Finite(y, []*tensor.Tensor{x}), o.bound.Name)
	}
	if err != nil {
		return nil, err
	}
	d := &drawing{bundle: b, session: o, dir: dir, x: x, y: y[0]}
	names, err := d.all(ctx)
	return names, b.unfinished(err, o.bound.Name)
}

// ExplainsPictures reports whether the network has maps of features that Explain draws, as one over pictures has, also
// where these are rows of a table.
func (b *Bundle) ExplainsPictures() bool {
	return len(b.Model.InputNames()) == 1 && explain.HasMaps(b.Model)
}

// drawn writes the pictures that a task draws itself.
func (b *Bundle) drawn(ctx context.Context, f task.Drawer, s *task.Source, dir string) (names []string, err error) {
	doing.Say(ctx, "explaining %s", s.Name)
	t, err := b.training()
	if err != nil {
		return nil, err
	}
	all, err := f.Draw(ctx, &task.Request{Source: s, Training: t})
	if err != nil {
		return nil, err
	}
	if err := file.MakeDir(dir); err != nil {
		return nil, fmt.Errorf("%s: cannot make this directory: %w; name another with --output", dir, file.Cause(err))
	}
	for _, d := range all {
		name := filepath.Join(dir, d.Name)
		if err := file.Replace(name, d.PNG); err != nil {
			return names, err
		}
		names = append(names, name)
	}
	return names, nil
}

// drawing is one explanation.
type drawing struct {
	*session
	bundle *Bundle
	dir    string
	x, y   *tensor.Tensor // the picture, [1, …], and the network's output for it
	names  []string       // of the files
	sheets []*chart.Sheet // of the same files
}

func (d *drawing) add(name string, s *chart.Sheet) {
	d.names = append(d.names, filepath.Join(d.dir, name))
	d.sheets = append(d.sheets, s)
}

// all draws all sheets, and writes them when they are there.
func (d *drawing) all(ctx context.Context) ([]string, error) {
	m := d.bundle.Model
	canvas, err := explain.Canvas(ctx, m, d.x)
	if err != nil {
		return nil, err
	}
	// A network without kernels over positions has maps and heat all the same.
	if filters, err := explain.Filters(m); err == nil {
		d.add("filters.png", filters)
	}
	maps, err := explain.Maps(ctx, m, d.x)
	if err != nil {
		return nil, err
	}
	for _, m := range maps {
		d.add("maps-"+explain.FileName(m.Name)+".png", m.Sheet)
	}
	heat, err := d.heat(ctx, canvas)
	if err != nil {
		return nil, err
	}
	d.add("grad-cam.png", heat)
	return d.names, d.write(ctx)
}

func (d *drawing) write(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := file.MakeDir(d.dir); err != nil {
		return fmt.Errorf("%s: cannot make this directory: %w; name another with --output", d.dir, file.Cause(err))
	}
	for i, name := range d.names {
		if err := file.Replace(name, d.sheets[i].PNG); err != nil {
			return err
		}
	}
	return nil
}

// cold returns a note on a heat map without a value above 0, nil for another one.
func cold(h *explain.Heat, of string) []string {
	if slices.Max(h.V) > 0 {
		return nil
	}
	return []string{chart.Sprintf("no position has a positive"), chart.Sprintf("effect on %s", of)}
}

// heat returns the picture and, over it, the heat of the likeliest classes.
func (d *drawing) heat(ctx context.Context, canvas *tensor.Tensor) (*chart.Sheet, error) {
	m := d.bundle.Model
	img := d.picture(canvas)
	s := &chart.Sheet{Title: chart.Sprintf("what speaks for a class (Grad-CAM)"), Columns: heatTiles + 1,
		Side: heatSide, Tiles: []chart.Tile{{Image: img, Lines: []string{d.bound.Name}}}}
	classes := d.fitted.Outputs()[0].Classes
	if classes == nil {
		h, err := explain.GradCAM(ctx, m, d.x, 0, 1)
		if err != nil {
			return nil, err
		}
		s.Tiles = append(s.Tiles, chart.Tile{Image: h.Over(img),
			Lines: append([]string{chart.Sprintf("a greater output")}, cold(h, chart.Sprintf("the output"))...)})
		return s, nil
	}
	rule := d.fitted.Outputs()[0].Rule(d.training.Rules()[0])
	values := rule.Values(d.y.F32)
	chance := func(class int) float32 { return task.Support(values, class) }
	show := words.Percent
	if !rule.Probable {
		show = func(score float32) string { return fmt.Sprintf("%.3g", score) }
	}
	order := make([]int, len(classes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(chance(b), chance(a)) })
	for _, c := range order[:min(len(order), heatTiles)] {
		out, sign := c, float32(1)
		if d.y.Len() == 1 { // one output p of two classes: 1 − p and p
			out, sign = 0, float32(2*c-1)
		}
		h, err := explain.GradCAM(ctx, m, d.x, out, sign)
		if err != nil {
			return nil, err
		}
		s.Tiles = append(s.Tiles, chart.Tile{Image: h.Over(img),
			Lines: append([]string{classes[c], show(chance(c))}, cold(h, classes[c])...)})
	}
	return s, nil
}

// picture returns the picture for people: pixels as the task has them, else values from the least to the greatest.
func (d *drawing) picture(canvas *tensor.Tensor) image.Image {
	if p, ok := d.fitted.(task.Picture); ok {
		x, lo, hi := p.Picture(d.x)
		return chart.Picture(x.F32, x.Shape[0], x.Shape[1], x.Shape[2], lo, hi)
	}
	lo, hi := slices.Min(canvas.F32), slices.Max(canvas.F32)
	if lo >= 0 && hi <= 1 {
		lo, hi = 0, 1
	}
	return chart.Picture(canvas.F32, canvas.Shape[1], canvas.Shape[2], canvas.Shape[3], lo, hi)
}
