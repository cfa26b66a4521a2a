package restore

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gorae/data/corrupt"
	"gorae/internal/doing"
	"gorae/internal/words"
	"gorae/loss"
	"gorae/metric"
	"gorae/task"
	"gorae/train"
)

// scores are metrics of pictures, one value for each: of the network, of the corrupted pictures as they are, and of a
// Gaussian filter.
type scores struct {
	names     []string
	network   [][]float64 // by metric, by picture
	corrupted [][]float64
	filtered  [][]float64 // nil: there is no filter
	filter    float64     // its standard deviation, in pixels
}

// measure is a metric of one picture.
type measure struct {
	name string
	of   func(clean, said []float32, height, width, channels int) float64
}

// measures are the metrics of pictures: the loss, PSNR, SSIM where no side is below its window, and those of the
// training beside them.
func measures(t *task.Training, least int) []measure {
	var out []measure
	switch l := t.Losses[0].(type) {
	case nil:
	case loss.MeanSquaredError:
		out = append(out, measure{"loss", exact(metric.MeanSquaredError{})}) // the same number, by a quicker way
	default:
		out = append(out, measure{"loss", exact(metric.Mean{Loss: l})})
	}
	psnr, ssim := metric.PSNR{MaxVal: 1}, metric.SSIM{}
	out = append(out, measure{"psnr", ofPSNR(psnr)})
	if least >= ssim.Side() {
		out = append(out, measure{"ssim", ssim.Of})
	}
	for _, x := range t.Metrics[0] {
		if slices.ContainsFunc(out, func(m measure) bool { return m.name == x.Name }) {
			continue
		}
		m := measure{name: x.Name}
		switch x := x.Metric.(type) {
		case metric.PSNR:
			m.of = ofPSNR(x)
		case metric.SSIM:
			m.of = x.Of
		default:
			m.of = exact(x)
		}
		out = append(out, m)
	}
	return out
}

func ofPSNR(m metric.PSNR) func(clean, said []float32, _, _, _ int) float64 {
	return func(clean, said []float32, _, _, _ int) float64 { return m.Of(clean, said) }
}

// exact returns a metric of the pixels of one picture, in float64.
func exact(m metric.Metric) func(clean, said []float32, _, _, _ int) float64 {
	accumulators := map[int]*metric.Accumulator{}
	return func(clean, said []float32, _, _, _ int) float64 {
		a := accumulators[len(clean)]
		if a == nil {
			a = metric.NewAccumulator(metric.Exact(m, metric.Lift{Width: len(clean), Read: lifted}))
			accumulators[len(clean)] = a
		}
		a.Reset()
		a.Add(row(clean), row(said))
		return a.Result()
	}
}

// score restores the pictures of a part and measures the result.
func (f *Fitted) score(ctx context.Context, t *task.Training, of *selection, seed uint64) (*scores, error) {
	least := math.MaxInt
	for i := range of.len() {
		h, w := of.size(i)
		least = min(least, h, w)
	}
	ms := measures(t, least)
	s := &scores{filter: f.Filter}
	for _, m := range ms {
		s.names = append(s.names, m.name)
	}
	s.network, s.corrupted = table(len(ms), of.len()), table(len(ms), of.len())
	if f.Filter > 0 {
		s.filtered = table(len(ms), of.len())
	}
	r := f.newRestorer(t.Model)
	doing.Say(ctx, "restoring %s", words.Plural(of.len(), "image"))
	return s, f.each(ctx, r, of, seed, func(i int, p *restored) error {
		for k, m := range ms {
			s.network[k][i] = m.of(p.clean, p.network, p.height, p.width, f.Channels)
			s.corrupted[k][i] = m.of(p.clean, p.corrupted, p.height, p.width, f.Channels)
			if s.filtered != nil {
				s.filtered[k][i] = m.of(p.clean, p.filtered(f), p.height, p.width, f.Channels)
			}
		}
		return nil
	})
}

func table(rows, columns int) [][]float64 {
	out := make([][]float64, rows)
	for i := range out {
		out[i] = make([]float64, columns)
	}
	return out
}

// restored is a picture in three states.
type restored struct {
	clean, corrupted, network []float32
	height, width             int
}

// filtered returns the corrupted picture behind the Gaussian filter.
func (p *restored) filtered(f *Fitted) []float32 {
	x := slices.Clone(p.corrupted)
	corrupt.Filter(corrupt.Picture{X: x, Height: p.height, Width: p.width, Channels: f.Channels}, f.Filter)
	return x
}

// together is the number of pixels of pictures that go through the network at once.
const together = core * core

// each calls do for each picture of a part, corrupted always in the same way, in their order; r nil: without the
// network.
func (f *Fitted) each(ctx context.Context, r *restorer, of *selection, seed uint64,
	do func(i int, p *restored) error) error {
	for first := 0; first < of.len(); {
		h, w := of.size(first)
		if r != nil {
			if err := r.takes(of.id(first), h, w); err != nil {
				return err
			}
		}
		n, size := 1, h*w*f.Channels
		for first+n < of.len() && (n+1)*h*w <= together {
			if h1, w1 := of.size(first + n); h1 != h || w1 != w {
				break
			}
			n++
		}
		clean, corrupted := make([]float32, n*size), make([]float32, n*size)
		for k := range n {
			err := of.corrupted(first+k, window{0, 0, h, w}, corruption{f.Corrupt, f.White, seed, corrupt.Fixed,
				of.rows[first+k]}, corrupted[k*size:(k+1)*size], clean[k*size:(k+1)*size])
			if err != nil {
				return err
			}
		}
		var network []float32
		if r != nil {
			network = make([]float32, n*size)
			if err := r.restore(ctx, corrupted, n, h, w, network); err != nil {
				return err
			}
		}
		for k := range n {
			p := &restored{clean: clean[k*size : (k+1)*size], corrupted: corrupted[k*size : (k+1)*size], height: h,
				width: w}
			if r != nil {
				p.network = network[k*size : (k+1)*size]
			}
			if err := do(first+k, p); err != nil {
				return err
			}
		}
		first += n
	}
	return ctx.Err()
}

// The standard deviations of the Gaussian filter that are tried, in pixels, and the number of pictures on which.
const (
	narrowestFilter = 0.3
	widestFilter    = 4.0
	filterStep      = 1.15 // from one to the next
	filterPictures  = 64
)

// choose sets the Gaussian filter beside the network: the one with the greatest mean PSNR on pictures of a part, evenly
// taken.
func (f *Fitted) choose(ctx context.Context, of *selection, seed uint64) error {
	doing.Say(ctx, "choosing a Gaussian filter")
	some := &selection{pictures: of.pictures}
	for k := range min(of.len(), filterPictures) {
		some.rows = append(some.rows, of.rows[k*of.len()/min(of.len(), filterPictures)])
	}
	var sds, sums []float64
	for sd := narrowestFilter; sd < widestFilter; sd *= filterStep {
		sds, sums = append(sds, sd), append(sums, 0)
	}
	err := f.each(ctx, nil, some, seed, func(_ int, p *restored) error {
		for k, sd := range sds {
			with := *f
			with.Filter = sd
			sums[k] += metric.PSNR{}.Of(p.clean, p.filtered(&with))
		}
		return ctx.Err()
	})
	best := 0
	for k, sum := range sums {
		if sum > sums[best] {
			best = k
		}
	}
	f.Filter = math.Round(100*sds[best]) / 100
	return err
}

// measured returns the means over the pictures, with intervals.
func (s *scores) measured(d task.Dependence, seed uint64) *task.Measured {
	m := &task.Measured{Samples: len(s.network[0]), Metrics: means(s.names, s.network)}
	for k, name := range s.names {
		i := task.IntervalOf(m.Samples, func(some []int) float64 { return mean(s.network[k], some) }, d, seed)
		i.Metric = name
		m.Intervals = append(m.Intervals, i)
	}
	return m
}

func means(names []string, values [][]float64) train.Metrics {
	var out train.Metrics
	for k, name := range names {
		out = append(out, train.Metric{Name: name, Value: mean(values[k], nil)})
	}
	return out
}

// mean returns the mean of some values; nil: of all.
func mean(values []float64, some []int) float64 {
	sum, n := 0.0, len(some)
	for _, i := range some {
		sum += values[i]
	}
	if some == nil {
		n = len(values)
		for _, v := range values {
			sum += v
		}
	}
	return sum / float64(n)
}

// compare adds the baselines and the verdict, by the PSNR of each picture.
func (s *scores) compare(part string, d task.Dependence, seed uint64, f *task.Findings) error {
	k := slices.Index(s.names, "psnr")
	type rival struct {
		name, note, of string
		values         [][]float64
	}
	rivals := []rival{{"corrupted picture", "as it is", "the corrupted picture", s.corrupted}}
	if s.filtered != nil {
		rivals = append(rivals, rival{"Gaussian filter", fmt.Sprintf("standard deviation %.2f pixels, the best on "+
			"validation pictures", s.filter), "the Gaussian filter", s.filtered})
	}
	var against []task.Rival
	for _, r := range rivals {
		f.Baselines = append(f.Baselines, task.Baseline{Name: r.name, Note: r.note, Part: part,
			Metrics: means(s.names, r.values)})
		// One number stands for the whole: Against only looks for the best rival.
		against = append(against, task.Rival{Name: r.of, Losses: []float64{-mean(r.values[k], nil)}})
	}
	own, n := s.network[k], len(s.network[k])
	p, best, sentence := task.Against(against, func(j, _ int) task.Paired {
		i := task.IntervalOf(n, func(some []int) float64 {
			return mean(own, some) - mean(rivals[j].values[k], some)
		}, d, seed)
		few := ""
		if i.Approximate {
			few = ", approximate as they are few"
		}
		test := fmt.Sprintf("95 %% interval of the difference %.2f to %.2f dB over %s%s", i.Low, i.High,
			words.Plural(n, "image"), few)
		switch {
		case i.Why != "":
			return task.Paired{Test: i.Why}
		case i.Low > 0:
			return task.Paired{Verdict: task.Better, Test: test}
		case i.High < 0:
			return task.Paired{Verdict: task.Worse, Test: test}
		}
		return task.Paired{Test: test}
	})
	f.Judge(p.Verdict, fmt.Sprintf("%s: PSNR %.2f against %.2f dB (%s)", sentence, mean(own, nil),
		-against[best].Losses[0], p.Test))
	return f.Add("restoration", map[string]any{"pictures": n, "filter": s.filter, "names": s.names,
		"network": s.network, "corrupted": s.corrupted, "filtered": s.filtered})
}
