package golden

import (
	"strings"
	"testing"

	"gorae/config"
	"gorae/loss"
	"gorae/metric"
	"gorae/optim"
	"gorae/weight"
)

// nameCase is a line of keras3-training/names.jsonl: what keras.losses.get and the like make of a string.
type nameCase struct {
	Name, Kind, String string
	Expected           struct {
		Class, Function string
		Config          map[string]any
		Error           string
	}
}

// nameFriendly are strings that Keras's get refuses and gorae takes, with the reason.
var nameFriendly = map[string]string{
	"losses/kullback_leibler_divergence": "Keras 2's name",
	"losses/logcosh":                     "Keras 2's name",
	"losses/huber_loss":                  "Keras 2's name",
	"losses/Binary_Crossentropy":         "capitals do not count, as in BCE",
	"metrics/acc":                        "compile(metrics=[\"acc\"]) takes it",
	"metrics/rmse":                       "the usual short name",
	"metrics/kld":                        "a loss's name is a metric, its mean",
	"metrics/logcosh":                    "a loss's name is a metric, its mean",
	"metrics/log_cosh":                   "a loss's name is a metric, its mean",
	"metrics/huber":                      "a loss's name is a metric, its mean",
	"metrics/fbeta_score":                "the default name of FBetaScore in Keras, and scikit-learn's",
	"regularizers/l1_l2":                 "the function of Keras 2",
	"losses/categorical_generalized_cross_entropy": "the class's name, as of the other losses",
	"metrics/binary_iou":                           "the class's name, as mean_iou",
	"constraints/maxnorm":                          "the alias of Keras 2",
	"constraints/nonneg":                           "the alias of Keras 2",
	"constraints/unitnorm":                         "the alias of Keras 2",
}

// classOf is the class that a name stands for.
func classOf[T any](r *config.Registry[T], name string) (string, error) {
	x, err := r.New(name, nil)
	if err != nil {
		return "", err
	}
	class, _ := r.Class(x)
	return class, nil
}

// TestNames: strings that Keras understands name the same class in gorae, and strings that Keras refuses are refused,
// but for those of nameFriendly.
func TestNames(t *testing.T) {
	file := "keras3-training/names.jsonl"
	y := newTally(file)
	lines(t, file, func(c *nameCase) {
		var class string
		var err error
		has := func(string) bool { return false }
		switch c.Kind {
		case "losses":
			class, err = classOf(loss.Losses, c.String)
			has = loss.Losses.Has
		case "metrics":
			if class, err = classOf(metric.Metrics, c.String); err != nil {
				if _, e := metric.New(c.String); e == nil { // the mean of a loss
					class, err = classOf(loss.Losses, c.String)
				}
			}
			has = func(n string) bool { return metric.Metrics.Has(n) || loss.Losses.Has(n) }
		case "optimizers":
			class, err = classOf(optim.Optimizers, c.String)
			has = optim.Optimizers.Has
		case "regularizers":
			class, err = classOf(weight.Regularizers, c.String)
			has = weight.Regularizers.Has
		case "constraints":
			class, err = classOf(weight.Constraints, c.String)
			has = weight.Constraints.Has
		}
		want := c.Expected.Class
		if want == "" && c.Expected.Function != "" {
			for _, w := range strings.Split(c.Expected.Function, "_") {
				want += strings.ToUpper(w[:1]) + w[1:]
			}
			if class := map[string]string{"KlDivergence": "KLDivergence", "Ctc": "CTC"}[want]; class != "" {
				want = class
			}
		}
		if want != "" && !has(want) {
			y.lacks(t, want)
			return
		}
		y.try(t, c.Name, func(t *testing.T) {
			switch {
			case want == "" && err == nil && nameFriendly[c.Name] == "":
				t.Errorf("%q is %s, Keras refuses it", c.String, class)
			case want == "" && err != nil && nameFriendly[c.Name] != "":
				t.Errorf("%q is refused as in Keras; take it from the list", c.String)
			case want != "" && err != nil:
				t.Errorf("%q: %v; Keras has %s", c.String, err, want)
			case want != "" && class != want:
				t.Errorf("%q is %s, Keras has %s", c.String, class, want)
			}
		})
	}, whole)
	y.report(t)
}
