package golden

import (
	"strconv"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/prep/lookup"
	"gorae/weight"
)

// refusedCase is a line of keras3/refused.jsonl: a layer that Keras, or TensorFlow on a CPU, refuses. Options are
// written as Python writes them; those that begin with _ say what the input is.
type refusedCase struct {
	Name, Error string
	Options     map[string]string
}

// computes are cases that a limit of TensorFlow's kernels on a CPU refuses, and that gorae computes, with the reason.
var computes = map[string]string{
	"Conv3DTranspose.dilation_rate-2": "TensorFlow has no kernel for several dilations on a CPU; compiled it has",
	"RMSNormalization.axis-1":         "Keras does not spread the scale over the axes behind an axis that is not the last",
	"RMSNormalization.mix-4":          "Keras does not spread the scale over the axes behind an axis that is not the last",
}

// faults are cases in which Keras fails within its own code.
var faults = map[string]string{
	"RNN.mix-7":            "Keras's loop fails over a list of one cell and a sequence of one step",
	"Bidirectional.mix-13": "Keras's Bidirectional fails where a layer returns states and another one goes backwards",
	"TimeDistributed.mix-1": "Keras hands the layer within a mask of samples, which GlobalAveragePooling1D cannot " +
		"read",
}

// TestRefused: what Keras refuses is refused with an error, in one line and without a panic, or is listed with a
// reason.
func TestRefused(t *testing.T) {
	file := "keras3/refused.jsonl"
	y := newTally(file)
	lines(t, file, func(c *refusedCase) {
		class, _, _ := strings.Cut(c.Name, ".")
		if lookup.Layers().Has(class) && !layer.Layers.Has(class) {
			y.try(t, c.Name, func(t *testing.T) { c.texts(t, class) })
			return
		}
		if !layer.Layers.Has(class) {
			y.lacks(t, class)
			return
		}
		if reason := faults[c.Name]; reason != "" {
			y.listed[reason]++
			return
		}
		shape, whole := c.input()
		if !whole {
			t.Fatalf("%s: the shape of the input is not written", c.Name)
		}
		y.try(t, c.Name, func(t *testing.T) {
			err := c.build(class, shape)
			switch reason, ok := computes[c.Name]; {
			case err == nil && !ok:
				t.Errorf("it is taken; Keras: %s", c.Error)
			case err != nil && ok:
				t.Errorf("%v; the list says that it is computed: %s", err, reason)
			case err != nil && (strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "runtime error")):
				t.Errorf("not one clear line: %v", err)
			}
		})
	}, whole)
	y.report(t)
}

// texts makes a layer on strings and gives it texts.
func (c *refusedCase) texts(t *testing.T, class string) {
	options := map[string]any{}
	for k, v := range c.Options {
		if !strings.HasPrefix(k, "_") {
			options[k] = python(v)
		}
	}
	l, err := lookup.Layers().New(class, options)
	if err == nil {
		_, err = l.Apply(lookup.Of("the deep sea", "whale"))
	}
	if err == nil {
		t.Errorf("it is taken; Keras: %s", c.Error)
	} else if strings.Contains(err.Error(), "\n") {
		t.Errorf("not one clear line: %v", err)
	}
}

// build makes the layer and calls it.
func (c *refusedCase) build(class string, shape []int) error {
	options := map[string]any{}
	for k, v := range c.Options {
		if !strings.HasPrefix(k, "_") {
			options[k] = python(v)
		}
	}
	l, err := layer.Layers.New(class, options)
	if err != nil {
		return err
	}
	return graph.Catch(func() {
		tr := layer.NewTrace(false)
		s := layer.NewScope(tr, weight.NewStore(), true)
		s.Child("layer", l, tr.Graph.Input("x", graph.F32(shape...)))
	})
}

// input is the shape of the input; false where the layer wraps another one that is not written out.
func (c *refusedCase) input() (shape []int, ok bool) {
	if s, ok := python(c.Options["_shape"]).([]any); ok {
		return ints(s), true
	}
	number := func(key string) int { f, _ := python(c.Options[key]).(float64); return int(f) }
	if s, ok := python(c.Options["_sp"]).([]any); ok { // of a convolutional LSTM, over two channels
		return append(append([]int{number("_b"), number("_t")}, ints(s)...), 2), true
	}
	spatial, ok := python(c.Options["_spatial"]).([]any)
	if !ok {
		return nil, false
	}
	shape = []int{number("_batch")}
	if c.Options["data_format"] == "channels_first" {
		return append(append(shape, number("_cin")), ints(spatial)...), true
	}
	return append(append(shape, ints(spatial)...), number("_cin")), true
}

func ints(list []any) (all []int) {
	for _, v := range list {
		f, _ := v.(float64)
		all = append(all, int(f))
	}
	return all
}

// python is a number, a word of Python or a tuple as JSON has them; other text is a string.
func python(text string) any {
	switch text {
	case "None":
		return nil
	case "True", "False":
		return text == "True"
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f
	}
	if list, ok := strings.CutPrefix(text, "("); ok {
		var all []any
		for _, s := range strings.Split(strings.TrimRight(list, ",)"), ",") {
			all = append(all, python(strings.TrimSpace(s)))
		}
		return all
	}
	return text
}
