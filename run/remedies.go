package run

import (
	"strings"

	"gorae/config"
	"gorae/train"
)

// The remedies against overfitting, in the order in which they are named.
const (
	ofRegularizer = "a regularizer"
	ofDropout     = "dropout"
	ofNorm        = "batch normalization"
	ofStopping    = "early stopping"
	ofMoreData    = "more data"
)

// Remedies returns the remedies against overfitting that the experiment does not use yet: penalties on weights or
// outputs, dropout (layers, and within recurrent layers), batch normalization, early stopping, and more data, which is
// always one.
func (p *Prepared) Remedies() []string {
	used := map[string]bool{}
	if c, err := p.Model.Config(); err == nil {
		remediesOf(c, used)
	}
	for _, cb := range p.Spec.Train.Callbacks {
		if _, ok := cb.(*train.EarlyStopping); ok {
			used[ofStopping] = true
		}
	}
	var out []string
	for _, r := range []string{ofRegularizer, ofDropout, ofNorm, ofStopping, ofMoreData} {
		if !used[r] {
			out = append(out, r)
		}
	}
	return out
}

// remediesOf notes the remedies that a layer's configuration, as Keras writes it, or one within it has.
func remediesOf(v any, used map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			remediesOf(x, used)
		}
	case config.Map:
		class, _ := v.Get("class_name").(string)
		switch {
		case class == "ActivityRegularization":
			used[ofRegularizer] = true
		case strings.HasSuffix(class, "BatchNormalization"):
			used[ofNorm] = true
		case strings.Contains(class, "Dropout"):
			used[ofDropout] = true
		}
		for _, e := range v {
			switch rate, _ := e.Value.(float64); {
			case strings.HasSuffix(e.Key, "_regularizer") && e.Value != nil:
				used[ofRegularizer] = true
			case strings.HasSuffix(e.Key, "dropout") && rate > 0:
				used[ofDropout] = true
			}
			remediesOf(e.Value, used)
		}
	}
}
