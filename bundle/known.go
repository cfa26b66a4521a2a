package bundle

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data"
	"gorae/internal/rowhash"
	"gorae/internal/words"
	"gorae/train"

	"golang.org/x/crypto/blake2b"
)

// Known is how many samples of an evaluation are equal, in what the network is given of them and in their targets, to
// samples of the run that made the model file. It is known from the hashes in the run directory.
type Known struct {
	Samples    int `json:"samples"`
	Training   int `json:"training"`   // equal to samples that were trained on
	Validation int `json:"validation"` // of the others: equal to samples of the validation part
	Test       int `json:"test"`       // of the others: equal to samples of the test part
	// Chance: no more of the samples are equal to training samples than training samples are equal to each other, so
	// that the metrics are those of unseen samples all the same.
	Chance bool `json:"chance,omitempty"`
	// Metric is the first metric, or the loss without one, and Others its value on the samples that were not trained
	// on; "" where all or none were.
	Metric string  `json:"metric,omitempty"`
	Others float64 `json:"others,omitempty"`
	// Words are sentences for people, a line each; none where no sample is known.
	Words []string `json:"words,omitempty"`
}

// comparing collects the hashes of the samples of an evaluation.
type comparing struct {
	file   *rowhash.File
	hashes *rowhash.Hashes
}

// known returns what is needed to tell which samples of d were trained on; nil where the model file lies in no run
// directory of its own, and a note where the file of hashes cannot be read.
func (b *Bundle) known(d data.Dataset) (*comparing, string) {
	if !b.disk || d.Len() < 0 {
		return nil, ""
	}
	f, err := rowhash.Read(filepath.Join(filepath.Dir(b.path), rowhash.Name))
	if err != nil {
		return nil, fmt.Sprintf("whether these samples were trained on is not known: %v", err)
	}
	if f == nil {
		return nil, ""
	}
	if sum, err := Digest(b.path); err != nil || sum != f.Model {
		return nil, "" // another run's file, or changed since
	}
	return &comparing{f, rowhash.New(f.Salt, d)}, ""
}

// Digest returns the BLAKE2b-256 of a file.
func Digest(path string) (sum [blake2b.Size256]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer func() { _ = f.Close() }() // it was only read
	h, err := blake2b.New256(nil)
	if err != nil {
		return sum, err
	}
	if _, err := io.Copy(h, f); err != nil {
		return sum, err
	}
	return [blake2b.Size256]byte(h.Sum(nil)), nil
}

// chance is the probability above which chance is taken to explain that samples are equal.
const chance = 0.05

// compare returns what is known of the samples, whose metrics are in each.
func (c *comparing) compare(each *train.PerSample, unit string) *Known {
	found := c.file.Compare(c.hashes.Rows)
	k := &Known{Samples: found.Samples, Training: found.Parts[0], Validation: found.Parts[1], Test: found.Parts[2]}
	units := unit + "s"
	switch {
	case k.Training == 0 && k.Validation+k.Test > 0:
		k.say("none of the %d %s was trained on%s", k.Samples, units, k.reserved())
	case k.Training == 0:
		return k
	case k.Training == k.Samples && found.Whole && k.Training == found.Training:
		k.say("all %d %s were trained on: the figures are of known data", k.Samples, units)
	case found.Whole && k.Training > found.Training:
		k.say("%d of %d %s were trained on, and %d more are equal to these in inputs and targets%s: the figures are "+
			"of "+
			"known data", found.Training, k.Samples, units, k.Training-found.Training, k.reserved())
	case found.Whole:
		k.say("%d of %d %s were trained on%s: the figures are of known data", k.Training, k.Samples, units,
			k.reserved())
	case rowhash.Chance(k.Training, k.Samples, found.Repeated, found.Training) > chance:
		k.Chance = true
		k.say("%d of %d %s are equal to %s that were trained on (inputs and targets), which is no more than chance "+
			"explains: the training %[4]s equal each other as often", k.Training, k.Samples, units, units)
	case k.Training == k.Samples:
		k.say("all %d %s are equal to %s that were trained on (inputs and targets): the figures are of known data",
			k.Samples, units, units)
	default:
		k.say("%d of %d %s are equal to %s that were trained on (inputs and targets): the figures are partly of known "+
			"data", k.Training, k.Samples, units, units)
	}
	if k.Training > 0 && len(found.Others) > 0 {
		if name, v, ok := MetricOn(each, found.Others); ok {
			k.Metric, k.Others = name, v
			k.say("%s on the %d %s that were not trained on: %s", name, len(found.Others), units, words.Figure(v))
		}
	}
	return k
}

// reserved says how many of the samples that were not trained on are of the run's other parts, "" where none is.
func (k *Known) reserved() string {
	switch {
	case k.Validation > 0 && k.Test > 0:
		return fmt.Sprintf(" (%d are of the run's validation part, %d of its test part)", k.Validation,
			k.Test)
	case k.Validation > 0:
		return fmt.Sprintf(" (%d are of the run's validation part)", k.Validation)
	case k.Test > 0:
		return fmt.Sprintf(" (%d are of the run's test part)", k.Test)
	}
	return ""
}

// familiar reports whether the metrics are of data that the network knows: more samples than by chance were trained on.
func (k *Known) familiar() bool { return k != nil && k.Training > 0 && !k.Chance }

// MetricOn returns the first metric of an evaluation, or the loss without one, on some of the samples, by their numbers
// in the dataset; false where it is not a finite number or too much to keep.
func MetricOn(each *train.PerSample, samples []int) (name string, value float64, ok bool) {
	names := each.Names()
	k := max(0, slices.IndexFunc(names, func(s string) bool { return !strings.HasSuffix(s, "loss") }))
	if !each.Kept(k) {
		return "", 0, false
	}
	place := map[int]int{} // of each sample in the evaluation's order
	for at, s := range each.Samples() {
		place[s] = at
	}
	at := make([]int, len(samples))
	for i, s := range samples {
		at[i] = place[s]
	}
	value = each.Value(k, at)
	return names[k], value, !math.IsNaN(value) && !math.IsInf(value, 0)
}

func (k *Known) say(format string, args ...any) {
	k.Words = append(k.Words, fmt.Sprintf(format, args...))
}
