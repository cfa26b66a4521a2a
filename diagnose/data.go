package diagnose

import (
	"fmt"
	"math"
	"slices"

	"gorae/chart"
	"gorae/config"
	"gorae/data"
	"gorae/run"
	"gorae/spec"
	"gorae/stat"
	"gorae/task"
)

// dataDetectors see faults of the features.
func dataDetectors() []Detector {
	return []Detector{
		{Doc{Code: "data/unscaled-column", Kinds: []int{1}, Before: true,
			Why: "weights begin as if every feature were of the size of 1; a larger one drowns the others, and its " +
				"gradients force small steps on all weights",
			Remedy:   "scale the features by their mean and deviation",
			Explains: []string{"activation/", "gradient/", "dynamics/", "result/"}}, unscaledColumn},
		{Doc{Code: "data/raw-pixels", Kinds: []int{2}, Before: true,
			Why: "weights begin as if inputs were of the size of 1; pixels of hundreds saturate the first layer and " +
				"make " +
				"its gradients hundreds of times too large",
			Remedy:   "bring the pixels to 0 to 1",
			Explains: []string{"activation/", "gradient/", "dynamics/", "result/"}}, rawPixels},
		{Doc{Code: "data/missing-marker", Kinds: []int{3}, Before: true,
			Why: "the network takes the mark for a measurement, and scaling by mean and deviation squeezes the real " +
				"values into a small range",
			Remedy:   "read the mark as missing",
			Explains: []string{"data/unscaled-column", "data/wrong-labels", "dynamics/", "result/"}}, missingMarker},
		{Doc{Code: "data/constant-column", Kinds: []int{4}, Before: true,
			Why:    "it says nothing of the target, and its weights are learnt for nothing",
			Remedy: "drop the column"}, constantColumn},
		{Doc{Code: "data/id-like", Kinds: []int{5}, Before: true,
			Why:      "the network can learn the training rows by heart by it, which says nothing of new rows",
			Remedy:   "drop the column",
			Explains: []string{"data/unscaled-column", "result/overfit", "result/no-better-than-baseline"}}, idLike},
		{Doc{Code: "data/duplicate-column", Kinds: []int{6}, Before: true,
			Why:    "the second one adds parameters and no information, and explanations share its weight among both",
			Remedy: "drop one of the two"}, duplicateColumn},
		{Doc{Code: "data/target-leak", Kinds: []int{7}, Before: true,
			Why: "a column that comes of the target is not known when predictions are made: figures look very good " +
				"and " +
				"do not hold in use",
			Remedy:   "if it is not known before the target is, drop the column",
			Explains: []string{"result/no-better-than-baseline"}}, targetLeak},
	}
}

// numbersOf returns the training part where its samples are rows of numbers, nil elsewhere.
func (c *Case) numbersOf(p task.Part) (*part, error) {
	of, err := c.part(p)
	if err != nil || of == nil || of.x == nil || len(of.shape) != 1 || c.takesIDs() {
		return nil, err
	}
	return of, nil
}

// pixels returns the pixels that the columns of the table are; nil where they are none, or there is no table.
func (c *Case) pixels() *data.Pixels {
	if t, err := c.tableOnce(); err == nil && t != nil && !c.looked {
		c.looked, c.pixelsOf = true, data.PixelsOf(t, c.Spec.Data.Target)
	}
	return c.pixelsOf
}

// mostlyPixels is the least number of features of an array without a table that are taken for pixels where they are as
// many as a square has.
const mostlyPixels = 64

// pictures reports whether the features of a part without further axes are the pixels of pictures.
func (c *Case) pictures(p *part) bool {
	if t, err := c.tableOnce(); err == nil && t != nil {
		return c.pixels() != nil
	}
	root := int(math.Round(math.Sqrt(float64(p.width))))
	return p.width >= mostlyPixels && root*root == p.width
}

// moments returns mean and deviation of each feature.
func moments(p *part) (means, deviations []float64) {
	means, deviations = make([]float64, p.width), make([]float64, p.width)
	for i := range p.n {
		for k, v := range p.row(i) {
			means[k] += float64(v)
		}
	}
	for k := range means {
		means[k] /= float64(max(1, p.n))
	}
	for i := range p.n {
		for k, v := range p.row(i) {
			d := float64(v) - means[k]
			deviations[k] += d * d
		}
	}
	for k := range deviations {
		deviations[k] = math.Sqrt(deviations[k] / float64(max(1, p.n)))
	}
	return means, deviations
}

// unscaledLimit is the size of a feature from which on it counts as not scaled.
const unscaledLimit = 30

func unscaledColumn(c *Case) ([]Finding, error) {
	p, err := c.numbersOf(task.Train)
	if err != nil || p == nil || c.normalized() {
		return nil, err
	}
	means, deviations := moments(p)
	sizes := make([]float64, p.width)
	var flagged []int
	for k := range sizes {
		sizes[k] = math.Hypot(means[k], deviations[k])
	}
	sorted := slices.Sorted(slices.Values(sizes))
	median := max(stat.Quantile(sorted, 0.5), 1e-3)
	for k, s := range sizes {
		if s >= unscaledLimit || s >= unscaledLimit*median && s >= unscaledLimit/3 {
			flagged = append(flagged, k)
		}
	}
	if len(flagged) == 0 {
		return nil, nil
	}
	grade, speak := c.look().grade()
	if gap := c.look().Gap; !c.trained() || !speak && gap != nil && gap.Meaning() == run.Overfitting {
		grade, speak = Tip, true
	}
	if !speak {
		return nil, nil
	}
	worst := flagged[0]
	for _, k := range flagged {
		if sizes[k] > sizes[worst] {
			worst = k
		}
	}
	name := c.feature(worst)
	f := found(grade, name, "%d of %d features are not scaled: %s has a root mean square of %.4g", len(flagged),
		p.width,
		nameOr(name, worst), sizes[worst]).with("root mean square", sizes[worst], unscaledLimit).
		with("features that are not scaled", float64(len(flagged)), 0).
		with("root mean square of the median feature", median, 0)
	f = f.set(c.scaled(flagged)...)
	f = f.drawn(func() Drawing {
		return bars(chart.Sprintf("size of the features"), chart.Sprintf("root mean square, as a power of 10"),
			c.names(p.width), sizes, unscaledLimit, true)
	})
	return []Finding{f}, nil
}

// nameOr names a feature, by its number where it has no name.
func nameOr(name string, k int) string {
	if name == "" {
		return fmt.Sprintf("feature %d", k)
	}
	return name
}

// names names all features.
func (c *Case) names(n int) []string {
	out := make([]string, n)
	for k := range out {
		out[k] = nameOr(c.feature(k), k)
	}
	return out
}

// scaled returns the assignments that scale features: all by one word where the experiment has one, else each column.
func (c *Case) scaled(features []int) []string {
	if c.Spec.Data.Features.Columns == nil {
		return []string{"data.features=zscore"}
	}
	var out []string
	for _, k := range features {
		if name := c.feature(k); name != "" {
			if c.hasTransform(name) {
				out = append(out, columnKey(name)+"=zscore")
			}
		}
	}
	return out
}

// columnKey is the path of a column's transform.
func columnKey(name string) string { return config.Join("data.features", config.Step(name)) }

func rawPixels(c *Case) ([]Finding, error) {
	if c.takesIDs() {
		return nil, nil
	}
	p, err := c.part(task.Train)
	if err != nil || p == nil || p.x == nil || len(p.shape) != 3 || c.normalized() {
		return nil, err
	}
	sum, most := 0.0, 0.0
	for _, v := range p.x {
		a := math.Abs(float64(v))
		sum, most = sum+a, max(most, a)
	}
	mean := sum / float64(max(1, len(p.x)))
	if most <= 2 || mean <= 0.2 {
		return nil, nil
	}
	grade, speak := c.look().grade()
	if !c.trained() || !speak {
		grade = Tip
	}
	f := found(grade, "", "pixels enter the network as they are: up to %.4g, %.3g in the mean", most, mean).
		with("greatest pixel", most, 2).with("mean of the absolute values", mean, 0.2).
		set("data.features=minmax")
	f = f.drawn(func() Drawing {
		return histogram(chart.Sprintf("pixels as the network takes them"), chart.Sprintf("value"), sample(p.x))
	})
	return []Finding{f}, nil
}

// sample returns a few thousand of some values.
func sample(x []float32) []float64 {
	step := max(1, len(x)/5000)
	var out []float64
	for i := 0; i < len(x); i += step {
		out = append(out, float64(x[i]))
	}
	return out
}

// setting is a setting of the experiment as it was resolved; "" where it has none of this path.
func (c *Case) setting(path string) string {
	if c.settings == nil {
		c.settings = spec.Flatten(c.Spec)
	}
	return c.settings[path]
}

// hasTransform reports whether the experiment names a column among its features.
func (c *Case) hasTransform(column string) bool {
	if c.given == nil {
		c.given = map[string]bool{}
		for _, f := range c.Spec.Data.Features.Columns {
			c.given[f.Name] = true
		}
	}
	return c.given[column]
}

// used lists the columns of the case's table that are learnt from.
func (c *Case) used() []int {
	if c.learnt != nil {
		return c.learnt
	}
	c.learnt = []int{}
	for i, name := range c.table.Names() {
		if slices.Contains(c.Spec.Data.Target, name) || slices.Contains(c.Spec.Data.Time, name) ||
			name == c.Spec.Split.Group || name == c.Spec.Data.SampleWeight || c.setting(columnKey(name)) == "drop" ||
			c.Spec.Data.Features.Columns != nil && !c.hasTransform(name) {
			continue
		}
		c.learnt = append(c.learnt, i)
	}
	return c.learnt
}

// Bounds of a mark of a missing value.
const (
	markShare = 0.01
	markMost  = 0.5
	markFar   = 5 // interquartile ranges
	markRows  = 5
	// markDistinct is the least number of different values beside it: fewer are those of a scale, whose ends lie
	// apart. A number of nines that is the only negative one is none of a scale.
	markDistinct = 15
	markFewest   = 3
	// markLooked is about how many values of a column are looked at.
	markLooked = 100_000
)

func missingMarker(c *Case) ([]Finding, error) {
	t, err := c.tableOnce()
	if err != nil || t == nil {
		return nil, err
	}
	var out []Finding
	for _, i := range c.used() {
		col := &t.Columns[i]
		if col.Kind != data.Number {
			continue
		}
		mark, n, far := markOf(col.Numbers)
		if n == 0 {
			continue
		}
		share := float64(n) / float64(col.Len())
		f := found(Fault, col.Name, "%s: %s stands in %d of %d rows, %.3g interquartile ranges away from every other "+
			"value", col.Name, data.FormatNumber(mark), n, col.Len(), far).
			with("share of the rows", share, markShare).with("distance in interquartile ranges", far, markFar).
			set(fmt.Sprintf("data.missing=[%q]", data.FormatNumber(mark)))
		f = f.drawn(func() Drawing {
			return histogram(chart.Sprintf("values of %s", col.Name), col.Name, col.Numbers)
		})
		out = append(out, f)
	}
	return out, nil
}

// markOf returns the value at an end of the values that many have and that is far from all others, how many have it and
// how many interquartile ranges of the others it is away; 0 of them where there is none.
func markOf(values []float64) (mark float64, n int, far float64) {
	some := values
	if every := len(values) / markLooked; every > 1 {
		some = make([]float64, 0, len(values)/every+1)
		for i := 0; i < len(values); i += every {
			some = append(some, values[i])
		}
	}
	if mark, n, far = markAmong(some); n == 0 || len(some) == len(values) {
		return mark, n, far
	}
	n = 0
	for _, v := range values {
		if v == mark {
			n++
		}
	}
	return mark, n, far
}

// markAmong is markOf of few values.
func markAmong(values []float64) (mark float64, n int, far float64) {
	x := make([]float64, 0, len(values))
	for _, v := range values {
		if v-v == 0 {
			x = append(x, v)
		}
	}
	slices.Sort(x)
	if len(x) < 4*markRows {
		return 0, 0, 0
	}
	for _, low := range []bool{true, false} {
		end := x[0]
		if !low {
			end = x[len(x)-1]
		}
		rest := slices.DeleteFunc(slices.Clone(x), func(v float64) bool { return v == end })
		count := len(x) - len(rest)
		if end == 0 || end != math.Trunc(end) || count < markRows || len(rest) < markRows ||
			float64(count) < markShare*float64(len(x)) || float64(count) > markMost*float64(len(x)) {
			continue
		}
		odd := low && nines(end) && rest[0] >= 0
		if d := distinct(rest); d < markDistinct && !(odd && d >= markFewest) {
			continue
		}
		next := rest[0]
		if !low {
			next = rest[len(rest)-1]
		}
		iqr := stat.Quantile(rest, 0.75) - stat.Quantile(rest, 0.25)
		limit := markFar * iqr
		if nines(end) {
			limit = iqr
		}
		if iqr > 0 && (odd || math.Abs(end-next) > limit) {
			return end, count, math.Abs(end-next) / iqr
		}
	}
	return 0, 0, 0
}

// nines reports whether a number is one that people write for a missing value: 99, −99, 999, −999, ….
func nines(v float64) bool {
	v = math.Abs(v)
	return v >= 99 && v == math.Pow(10, math.Round(math.Log10(v)))-1
}

// fewConstants is the greatest number of constant features that are columns by themselves, and no pixels.
const fewConstants = 3

func constantColumn(c *Case) ([]Finding, error) {
	p, err := c.numbersOf(task.Train)
	if err != nil || p == nil || c.pictures(p) || p.n < 20 {
		return nil, err
	}
	_, deviations := moments(p)
	var out []Finding
	for k, d := range deviations {
		name := c.feature(k)
		if d > 0 || name == "" {
			continue
		}
		f := found(Tip, name, "%s has the same value in all %d training samples", name, p.n).with("different values", 1,
			2)
		if c.Spec.Data.Features.Columns == nil || c.hasTransform(name) {
			f = f.set(columnKey(name) + "=drop")
		}
		out = append(out, f)
	}
	if len(out) > fewConstants {
		return nil, nil
	}
	return out, nil
}

func idLike(c *Case) ([]Finding, error) {
	t, err := c.tableOnce()
	if err != nil || t == nil || c.windows() {
		return nil, err
	}
	var out []Finding
	for _, i := range c.used() {
		col := &t.Columns[i]
		rule := t.Identity(i)
		share := func() float64 { return float64(col.Levels()) / float64(max(1, col.Len())) }
		text := col.Kind == data.Category && share() >= 0.98 && !col.IsProse()
		if rule.Kind != data.RowNumber && rule.Kind != data.ID && rule.Kind != data.FileNames && !text {
			continue
		}
		different := share()
		grade := Tip
		if o := c.look(); o.Weak || o.Gap != nil && o.Gap.Meaning() == run.Overfitting {
			grade = Fault
		}
		f := found(grade, col.Name, "%s tells rows apart (%d different values in %d rows) and is learnt from", col.Name,
			col.Levels(), col.Len()).with("share of different values", different, 0.98).
			set(columnKey(col.Name) + "=drop")
		if col.Kind == data.Number {
			f = f.drawn(func() Drawing {
				return points(chart.Sprintf("%s by row", col.Name), chart.Sprintf("row"), col.Name, nil, col.Numbers)
			})
		}
		out = append(out, f)
	}
	return out, nil
}

// Bounds of the search for duplicate columns.
const (
	sameCorrelation = 0.9999
	mostPairs       = 64 // features
)

func duplicateColumn(c *Case) ([]Finding, error) {
	p, err := c.numbersOf(task.Train)
	if err != nil || p == nil || p.width > mostPairs || p.n < 20 || c.windows() {
		return nil, err
	}
	var out []Finding
	gone := map[int]bool{}
	columns := make([][]float64, p.width)
	for k := range columns {
		columns[k] = p.column(k)
	}
	for k := range p.width {
		for j := k + 1; j < p.width; j++ {
			if gone[j] || gone[k] {
				continue
			}
			a, b := c.feature(k), c.feature(j)
			x, y := columns[k], columns[j]
			r, err := stat.Pearson(x, y)
			if err != nil || math.Abs(r) < sameCorrelation || a == "" || distinct(x) < 3 ||
				c.Spec.Data.Features.Columns != nil && !c.hasTransform(b) {
				continue
			}
			gone[j] = true
			out = append(out, found(Tip, b, "%s says what %s says (correlation %.5f)", b, a, r).
				with("absolute correlation", math.Abs(r), sameCorrelation).set(columnKey(b)+"=drop").
				drawn(func() Drawing { return points(chart.Sprintf("%s by %s", b, a), a, b, x, y) }))
		}
	}
	return out, nil
}

// distinct counts different values, up to 20.
func distinct(x []float64) int {
	seen := map[float64]bool{}
	for _, v := range x {
		if seen[v] = true; len(seen) >= 20 {
			break
		}
	}
	return len(seen)
}
