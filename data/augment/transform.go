package augment

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/config"
	"gorae/internal/spell"
)

// Kind is a transform.
type Kind uint8

// The transforms, and the number whose range Low and High bound in each; it is drawn uniformly.
const (
	FlipHorizontal Kind = iota // left and right are exchanged with probability High
	FlipVertical               // top and bottom are exchanged with probability High
	Rotation                   // an angle in degrees, anticlockwise
	TranslateX                 // a shift to the right, as a share of the width
	TranslateY                 // a shift downwards, as a share of the height
	Zoom                       // the factor of size is 1 + the number: above 0 enlarges
	CropResize                 // a window of a share of the area, at any position, resized to full size
	Brightness                 // a number to add, as a share of the range
	Contrast                   // a factor 1 + the number: x becomes (x − m)·factor + m, m the channel's mean
	Saturation                 // a factor 1 + the number for the distance from grey; colour pictures only
	Hue                        // a turn of the colour circle, as a share of it; colour pictures only
	Cutout                     // a square of a share of the shorter side becomes mid-grey (DeVries and Taylor 2017)
	// λ from Beta(High, High): λ·sample + (1 − λ)·another, the targets too (Zhang et al. 2018)
	Mixup
	kinds
)

var kindNames = []string{"flip horizontal", "flip vertical", "rotation", "translation x", "translation y", "zoom",
	"crop", "brightness", "contrast", "saturation", "hue", "cutout", "mixup"}

// String returns the transform's name.
func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// bounds are the least Low and the greatest High.
var bounds = [kinds][2]float64{
	FlipHorizontal: {0, 1}, FlipVertical: {0, 1}, Rotation: {-180, 180}, TranslateX: {-1, 1}, TranslateY: {-1, 1},
	Zoom: {-0.9, 10}, CropResize: {0.01, 1}, Brightness: {-1, 1}, Contrast: {-1, 10}, Saturation: {-1, 10},
	Hue: {-0.5, 0.5}, Cutout: {0, 1}, Mixup: {0, 100},
}

// Transform is one augmentation of pictures.
type Transform struct {
	Kind      Kind
	Low, High float64
}

// Check returns an error where the numbers of a transform are out of bounds.
func (t Transform) Check() error {
	if t.Kind >= kinds {
		return fmt.Errorf("augment: %v is no transform", t.Kind)
	}
	b := bounds[t.Kind]
	within := func(v float64) bool { return v >= b[0] && v <= b[1] } // not NaN
	if within(t.Low) && within(t.High) && t.Low <= t.High {
		return nil
	}
	e := config.Errorf("", "%v: from %v to %v", t.Kind, t.Low, t.High).Fix("give a range within %v to %v", b[0], b[1])
	if within(t.Low) && within(t.High) {
		return e.Coded(config.Conflict)
	}
	return e.Coded(config.OutOfRange)
}

// words are the names of the transforms in an experiment file.
var words = []string{"flip", "rotation", "translation", "zoom", "crop", "brightness", "contrast", "saturation", "hue",
	"colour", "cutout", "mixup"}

// Parse reads one entry of an experiment's augment list, a word and its value:
//
//	flip: horizontal            left and right, one time in two; vertical; both
//	rotation: 10                by −10 to 10 degrees; or [low, high]
//	translation: 0.1            by −10 % to 10 % of each side; or {height: 0.1, width: [0, 0.2]}
//	zoom: 0.2                   0.8 to 1.2 times as large; or [low, high]
//	crop: 0.6                   a window of 60 % to 100 % of the area, brought back to full size
//	brightness: 0.2             by −20 % to 20 % of the range; or [low, high]
//	contrast: 0.2               0.8 to 1.2 times the distance from the mean; or [low, high]
//	saturation: 0.2             0.8 to 1.2 times as far from grey; or [low, high]
//	hue: 0.05                   by −5 % to 5 % of the colour circle
//	colour: 0.2                 brightness, contrast and saturation by 0.2, hue by 0.02
//	cutout: 0.25                a grey square of a quarter of the shorter side
//	mixup: 0.2                  with another sample, λ from Beta(0.2, 0.2)
//
// Value is as a YAML or JSON decoder gives it.
func Parse(word string, value any) ([]Transform, error) {
	switch word {
	case "flip":
		return parseFlip(value)
	case "translation":
		return parseTranslation(value)
	case "rotation":
		return ranged(value, word, false, Rotation)
	case "zoom":
		return ranged(value, word, false, Zoom)
	case "brightness":
		return ranged(value, word, false, Brightness)
	case "contrast":
		return ranged(value, word, false, Contrast)
	case "saturation":
		return ranged(value, word, false, Saturation)
	case "hue":
		return ranged(value, word, false, Hue)
	case "crop":
		v, ok := config.Number(value)
		if !ok {
			return nil, fmt.Errorf("crop: %v is no number; give the least share of the area to keep, such as 0.6",
				value)
		}
		return checked(Transform{CropResize, v, 1})
	case "cutout":
		return ranged(value, word, true, Cutout)
	case "mixup":
		v, ok := config.Number(value)
		if !ok {
			return nil, fmt.Errorf("mixup: %v is no number; give the parameter of the beta distribution, such as 0.2",
				value)
		}
		return checked(Transform{Mixup, 0, v})
	case "colour", "color":
		v, ok := config.Number(value)
		if !ok || !(v >= 0 && v <= 1) {
			return nil, fmt.Errorf("%s: %v is no strength; give a number from 0 to 1, such as 0.2", word, value)
		}
		return checked(Transform{Brightness, 0 - v, v}, Transform{Contrast, 0 - v, v},
			Transform{Saturation, 0 - v, v}, Transform{Hue, 0 - v/10, v / 10})
	}
	return nil, fmt.Errorf("unknown transform %q; known are %s%s", word, strings.Join(words, ", "),
		spell.Hint(word, words))
}

// Words returns the names that Parse knows.
func Words() []string { return slices.Clone(words) }

func checked(ts ...Transform) ([]Transform, error) {
	for _, t := range ts {
		if err := t.Check(); err != nil {
			return nil, err
		}
	}
	return ts, nil
}

func parseFlip(value any) ([]Transform, error) {
	switch value {
	case "horizontal", nil:
		return []Transform{{FlipHorizontal, 0, 0.5}}, nil
	case "vertical":
		return []Transform{{FlipVertical, 0, 0.5}}, nil
	case "both", "horizontal_and_vertical":
		return []Transform{{FlipHorizontal, 0, 0.5}, {FlipVertical, 0, 0.5}}, nil
	}
	return nil, fmt.Errorf("flip: %v is none of horizontal, vertical, both%s", value,
		spell.Hint(fmt.Sprint(value), []string{"horizontal", "vertical", "both"}))
}

func parseTranslation(value any) ([]Transform, error) {
	m, ok := value.(map[string]any)
	if !ok {
		return ranged(value, "translation", false, TranslateY, TranslateX)
	}
	var out []Transform
	for _, side := range []struct {
		key  string
		kind Kind
	}{{"height", TranslateY}, {"width", TranslateX}} {
		if v, ok := m[side.key]; ok {
			ts, err := ranged(v, "translation."+side.key, false, side.kind)
			if err != nil {
				return nil, err
			}
			out = append(out, ts...)
		}
	}
	for k := range m {
		if k != "height" && k != "width" {
			return nil, fmt.Errorf("translation: unknown key %q; known are height, width%s", k,
				spell.Hint(k, []string{"height", "width"}))
		}
	}
	return out, nil
}

// ranged reads a number v, which stands for −v to v (with up, for v itself), or a pair of bounds.
func ranged(value any, word string, up bool, kinds ...Kind) ([]Transform, error) {
	low, high := 0.0, 0.0
	v, ok := config.Number(value)
	switch {
	case ok && up:
		low, high = v, v
	case ok:
		low, high = 0-math.Abs(v), math.Abs(v) // 0 rather than −0
	default:
		pair, isList := value.([]any)
		if !isList || len(pair) != 2 {
			return nil, fmt.Errorf("%s: %v is neither a number nor a pair [low, high]", word, value)
		}
		var ok1, ok2 bool
		low, ok1 = config.Number(pair[0])
		high, ok2 = config.Number(pair[1])
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("%s: %v is no pair of numbers", word, value)
		}
	}
	var ts []Transform
	for _, k := range kinds {
		ts = append(ts, Transform{k, low, high})
	}
	return checked(ts...)
}
