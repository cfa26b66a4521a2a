package supervised

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/cluster"
	"gorae/data"
	"gorae/internal/words"
	"gorae/model"
	"gorae/task"
)

// Groups is groups of codes, the largest first.
type Groups struct {
	// Metric is what codes are multiplied by before distances are taken; nil: nothing. With a column more than there
	// are codes, for a last code of 1, the products are brought to length 1.
	Metric  [][]float64 `json:"metric,omitempty"`
	Centres [][]float64 `json:"centres"` // of the codes, as place returns them
	Shares  []float64   `json:"shares"`  // of the training samples
}

// of returns the group of a sample, from 0.
func (g *Groups) of(codes []float64) int {
	return (&cluster.Clustering{Centres: g.Centres}).Nearest(g.place(codes))
}

// place returns codes at the distances of the samples that a linear map predicts from them.
func (g *Groups) place(codes []float64) []float64 {
	if g.Metric == nil {
		return codes
	}
	if !g.directions(len(codes)) {
		return product(g.Metric, codes)
	}
	out := product(g.Metric, append(slices.Clone(codes), 1))
	ss := 0.0
	for _, v := range out {
		ss += v * v
	}
	divide(out, math.Sqrt(ss))
	return out
}

// directions reports whether so many codes are compared by the directions of the samples that are predicted.
func (g *Groups) directions(codes int) bool { return g.Metric != nil && len(g.Metric) > codes }

const (
	mostJudged  = 1 << 32 // squared differences of a silhouette
	mostGrouped = 1 << 23 // values of the samples that are grouped as they are prepared
	seeds       = 5       // other seeds that show how stable the groups are
	leastShare  = 0.03
	leastStable = 0.8 // adjusted Rand index
	leastLinear = 0.8 // of what a network explains, for codes to be taken at the distances of a linear map
)

// found is groups of the training samples and what they are compared with.
type found struct {
	groups *Groups
	labels []int // of the training samples
	tried  []cluster.Choice
	best   int // of tried
	least  float64
	stable float64
	judged int // samples that silhouettes are computed of

	linear    float64             // of what the network explains of the samples, what a linear map from the codes does
	inCodes   float64             // silhouette in the space of the codes
	prepared  *cluster.Clustering // k-means on the samples as the network takes them, into as many groups
	grouped   int                 // samples of it
	reference float64             // its silhouette
	other     float64             // mean adjusted Rand index with the groups of other seeds
}

// rows returns the number of training samples.
func (r *Reconstruction) rows() int {
	if r.samples[task.Train] == nil {
		return math.MaxInt
	}
	return r.samples[task.Train].Len()
}

// group finds the groups of the training samples' codes.
func (r *Reconstruction) group(ctx context.Context, m *model.Model) (*found, error) {
	codes, d := r.codes[task.Train], r.samples[task.Train]
	f := &found{least: leastShare, stable: leastStable}
	if r.cluster.Least != nil {
		f.least = *r.cluster.Least
	}
	if r.cluster.Stable != nil {
		f.stable = *r.cluster.Stable
	}
	size := r.Sample.Size()
	rows := picked(len(codes), int(math.Sqrt(mostJudged/float64(size))), r.seed)
	space := cluster.Space{Samples: rows}
	var err error
	if space.X, err = read(d, rows); err != nil {
		return nil, err
	}
	f.judged = len(rows)
	if codes, err = f.measure(ctx, r.encoder, m, space, d, codes); err != nil {
		return nil, err
	}
	from, to := r.cluster.Range()
	k := cluster.KMeans{Seed: r.seed}
	choice := cluster.Range{From: from, To: to, Least: f.least, Stable: f.stable}
	if f.best, f.tried, err = choice.Choose(codes, space, k); err != nil {
		return nil, err
	}
	chosen := f.tried[f.best].Clustering
	f.sort(chosen)
	k.Clusters = len(chosen.Centres)
	for s := range seeds {
		k.Seed = r.seed + uint64(s) + 1
		c, err := k.Fit(codes)
		if err != nil {
			return nil, err
		}
		a, err := cluster.Agree(c.Labels, f.labels)
		if err != nil {
			return nil, err
		}
		f.other += a.AdjustedRand / seeds
	}
	k.Seed = r.seed
	return f, f.compare(space, codes, d, k)
}

// measure chooses the distances of codes, and returns the codes as groups are made of them. Where nearly all that the
// network gives back of the samples is linear in the codes, it is what a linear map gives; codes that the decoder bends
// keep their own distances, since the map would leave most of what they hold out.
func (f *found) measure(ctx context.Context, e *Encoder, m *model.Model, space cluster.Space, d data.Dataset,
	codes [][]float64) ([][]float64, error) {
	f.groups = &Groups{}
	metric, linear := codeMetric(some(codes, space.Samples), space.X, unitLength(space.X))
	whole, err := e.explained(ctx, m, data.Subset{Dataset: d, Rows: space.Samples}, space.X)
	if err != nil {
		return nil, err
	}
	if f.linear = linear / max(whole, linear, math.SmallestNonzeroFloat64); f.linear < leastLinear {
		return codes, nil
	}
	f.groups.Metric = metric
	out := make([][]float64, len(codes))
	for i, row := range codes {
		out[i] = f.groups.place(row)
	}
	return out, nil
}

// sort numbers the groups, the largest first.
func (f *found) sort(c *cluster.Clustering) {
	sizes := c.Sizes()
	order := data.Range(len(sizes))
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[b], sizes[a]) })
	place := make([]int, len(order))
	for to, from := range order {
		place[from] = to
		f.groups.Centres = append(f.groups.Centres, c.Centres[from])
		f.groups.Shares = append(f.groups.Shares, float64(sizes[from])/float64(len(c.Labels)))
	}
	for _, l := range c.Labels {
		f.labels = append(f.labels, place[l])
	}
}

// compare groups the samples as the network takes them, and judges both groupings in the same space.
func (f *found) compare(space cluster.Space, codes [][]float64, d data.Dataset, k cluster.KMeans) error {
	inCodes := cluster.Space{Samples: space.Samples}
	inCodes.X = some(codes, space.Samples)
	means, err := inCodes.Silhouettes(k.Seed, f.labels)
	if err != nil {
		return err
	}
	f.inCodes = means[0]
	rows := picked(d.Len(), max(k.Clusters, mostGrouped/max(1, len(space.X[0]))), k.Seed)
	x, err := read(d, rows)
	if err != nil {
		return err
	}
	f.grouped = len(rows)
	if f.prepared, err = k.Fit(x); err != nil {
		return err
	}
	own := make([]int, len(space.X))
	for i, row := range space.X {
		own[i] = f.prepared.Nearest(row)
	}
	if means, err = (cluster.Space{X: space.X}).Silhouettes(k.Seed, own); err != nil {
		return err
	}
	f.reference = means[0]
	return nil
}

// some returns some rows.
func some(x [][]float64, rows []int) [][]float64 {
	out := make([][]float64, len(rows))
	for k, i := range rows {
		out[k] = x[i]
	}
	return out
}

// read returns the inputs of some samples.
func read(d data.Dataset, rows []int) ([][]float64, error) {
	row := d.Spec().Row()
	out := make([][]float64, len(rows))
	for i, at := range rows {
		if err := d.Read(0, at, row); err != nil {
			return nil, err
		}
		out[i] = floats(row[0].F32)
	}
	return out, nil
}

// groupsSection is the section of the report for programs.
type groupsSection struct {
	K      int       `json:"k"`
	Shares []float64 `json:"shares"` // of the training samples, the largest group first
	// Silhouette, of KMeans and of Codes are mean silhouettes: of the groups in the prepared space, of k-means
	// there, and of the groups in the space of the codes, which is no evidence of groups.
	Silhouette float64 `json:"silhouette"`
	KMeans     float64 `json:"silhouette_of_kmeans"`
	Codes      float64 `json:"silhouette_of_codes"`
	Judged     int     `json:"judged"` // samples that they are computed of
	Seeds      float64 `json:"adjusted_rand_of_seeds"`
	Stability  float64 `json:"adjusted_rand_of_halves"`
	// Linear is the share of what the network explains of the samples that a linear map from the codes explains.
	Linear float64 `json:"linear_share"`
	Tried  []tried `json:"tried"`
	Known  *agreed `json:"known,omitempty"`
}

// tried is a number of groups that was tried.
type tried struct {
	K          int     `json:"k"`
	Silhouette float64 `json:"silhouette"`
	Smallest   float64 `json:"smallest"`
	Stability  float64 `json:"stability"`
}

// agreed is how far groups agree with known classes, and those of k-means on the prepared samples.
type agreed struct {
	Part         string  `json:"part"`
	NMI          float64 `json:"nmi"`
	AdjustedRand float64 `json:"adjusted_rand"`
	KMeansNMI    float64 `json:"nmi_of_kmeans"`
	KMeansRand   float64 `json:"adjusted_rand_of_kmeans"`
}

// sayGroups reports on the groups.
func (r *Reconstruction) sayGroups(ctx context.Context, f *task.Finish) error {
	g := r.found
	own := g.tried[g.best]
	s := groupsSection{K: own.Clusters, Shares: g.groups.Shares, Silhouette: own.Silhouette, KMeans: g.reference,
		Codes: g.inCodes, Judged: g.judged, Seeds: g.other,
		Stability: own.Stability, Linear: g.linear}
	for _, c := range g.tried {
		s.Tried = append(s.Tried, tried{c.Clusters, c.Silhouette, c.Smallest, c.Stability})
	}
	to := f.Findings
	to.Say("%s of the training samples by k-means on their codes%s: %s", words.Plural(s.K, "group"), g.choice(),
		percentages(s.Shares))
	switch {
	case g.groups.directions(r.encoder.Codes):
		to.Say("codes are as far from each other as the samples that a linear map predicts from them, brought to "+
			"length 1 as the samples are; it explains %.0f %% of what the network does", 100*g.linear)
	case g.groups.Metric != nil:
		to.Say("codes are as far from each other as the samples that a linear map predicts from them, which explains "+
			"%.0f %% of what the network does", 100*g.linear)
	default:
		to.Say("codes are taken at their own distances, as a linear map to the samples explains only %.0f %% of what "+
			"the network does", 100*g.linear)
	}
	to.Say("silhouette of the groups in the prepared space %.3f, of k-means in that space %.3f; in the space of the "+
		"codes %.3f, which is no evidence of groups, since codes can collapse%s", s.Silhouette, s.KMeans, s.Codes,
		of(g.judged, len(g.labels)))
	to.Say("k-means from %d other seeds: mean adjusted Rand index with these groups %.3f", seeds, s.Seeds)
	if g.stable > 0 {
		to.Say("k-means of random halves of the training samples: mean adjusted Rand index of the groups %.3f",
			s.Stability)
	}
	if err := r.agree(&s, to); err != nil {
		return err
	}
	if err := to.Add("groups", s); err != nil {
		return err
	}
	if r.Describe == nil {
		return nil
	}
	return r.Describe(ctx, g.labels, s.K, f)
}

// choice says how the number of groups was chosen.
func (g *found) choice() string {
	if len(g.tried) == 1 {
		return ""
	}
	from, to := g.tried[0].Clusters, g.tried[len(g.tried)-1].Clusters
	own := g.tried[g.best]
	if own.Smallest < g.least {
		return fmt.Sprintf(", the number of %d to %d with the largest smallest group, as each has a group under %g %%",
			from, to, 100*g.least)
	}
	if own.Stability < g.stable {
		return fmt.Sprintf(", the number of %d to %d without a group under %g %% on which random halves agree most, "+
			"as none has an adjusted Rand index of %g", from, to, 100*g.least, g.stable)
	}
	if g.stable == 0 {
		return fmt.Sprintf(", the number of %d to %d with the greatest silhouette in the prepared space and no group "+
			"under %g %%", from, to, 100*g.least)
	}
	return fmt.Sprintf(", the number of %d to %d with the greatest silhouette in the prepared space of those without "+
		"a group under %g %% on which random halves agree (adjusted Rand index %g or more)", from, to, 100*g.least,
		g.stable)
}

// of says of how many samples a figure is where it is not of all.
func of(samples, all int) string {
	if samples == all {
		return ""
	}
	return fmt.Sprintf(" (of %d random training samples)", samples)
}

func percentages(shares []float64) string {
	var out []string
	for _, s := range shares {
		out = append(out, fmt.Sprintf("%.1f %%", 100*s))
	}
	return strings.Join(out, ", ")
}

// agree compares the groups with the known classes of the part that is reported on.
func (r *Reconstruction) agree(s *groupsSection, to *task.Findings) error {
	part := r.reported()
	classes, ok := r.Known.named(part)
	if !ok {
		return nil
	}
	d := r.samples[part]
	row := d.Spec().Row()
	var known, own, other []int
	for i, c := range classes {
		if c < 0 {
			continue
		}
		if err := d.Read(0, i, row); err != nil {
			return err
		}
		known = append(known, c)
		own = append(own, r.found.groups.of(r.codes[part][i]))
		other = append(other, r.found.prepared.Nearest(floats(row[0].F32)))
	}
	a, err := cluster.Agree(known, own)
	if err != nil {
		return err
	}
	b, err := cluster.Agree(known, other)
	if err != nil {
		return err
	}
	s.Known = &agreed{part.String(), a.NMI, a.AdjustedRand, b.NMI, b.AdjustedRand}
	to.Say("agreement of the groups with %s on %s of the %s part: normalised mutual information %.3f, adjusted Rand "+
		"index %.3f; of k-means in the prepared space%s %.3f and %.3f", r.Known.Name,
		words.Plural(len(known), "sample"),
		part, a.NMI, a.AdjustedRand, of(r.found.grouped, r.rows()), b.NMI, b.AdjustedRand)
	return nil
}
