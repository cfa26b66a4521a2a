package corrupt

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/config"
	"gorae/internal/spell"
)

// Kind is a corruption.
type Kind uint8

// The corruptions, and the number whose range Low and High bound in each; it is drawn uniformly for each sample.
const (
	Gaussian   Kind = iota // the standard deviation of normal noise, in the units of the pixels, such as 0 to 255
	Blur                   // the standard deviation of a Gaussian filter, in pixels
	Salt                   // the share of pixels that become black or white, as often the one as the other
	Mask                   // the share of pixels, or of the area of squares, that become black
	Downsample             // the factor by which height and width are made smaller, and enlarged again
	Clip                   // values below black become black, those above white become white
	kinds
)

var kindNames = []string{"gaussian", "blur", "salt", "mask", "downsample", "clip"}

// String returns the name of the corruption in an experiment file.
func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// bounds are the least Low and the greatest High.
var bounds = [kinds][2]float64{Gaussian: {0, 1e6}, Blur: {0, 50}, Salt: {0, 1}, Mask: {0, 1}, Downsample: {2, 16}}

// mostSquare is the greatest side of a missing square.
const mostSquare = 4096

// Corruption is one way in which a picture is corrupted.
type Corruption struct {
	Kind      Kind
	Low, High float64
	// Square is the side of the squares of a Mask, in pixels; 0 and 1: single pixels.
	Square int
}

// Check returns an error where the numbers of a corruption are out of bounds.
func (c Corruption) Check() error {
	if c.Kind >= kinds {
		return fmt.Errorf("corrupt: %v is no corruption", c.Kind)
	}
	if c.Kind == Mask && (c.Square < 0 || c.Square > mostSquare) {
		return config.Errorf("", "mask: squares of a side of %d pixels", c.Square).
			Fix("give 1 to %d", mostSquare).Coded(config.OutOfRange)
	}
	b := bounds[c.Kind]
	within := func(v float64) bool { return v >= b[0] && v <= b[1] } // not NaN
	if within(c.Low) && within(c.High) && c.Low <= c.High &&
		(c.Kind != Downsample || c.Low == c.High && c.Low == math.Trunc(c.Low)) {
		return nil
	}
	fix, what := "give a number from %v to %v", fmt.Sprint(c.Low)
	if c.Low != c.High {
		what = fmt.Sprintf("from %v to %v", c.Low, c.High)
	}
	if c.Kind == Downsample {
		fix = "give a whole number from %v to %v"
	}
	e := config.Errorf("", "%v: %s", c.Kind, what).Fix(fix, b[0], b[1])
	if within(c.Low) && within(c.High) && c.Low > c.High {
		return e.Coded(config.Conflict)
	}
	return e.Coded(config.OutOfRange)
}

// String returns the corruption as an experiment file has it.
func (c Corruption) String() string {
	switch {
	case c.Kind == Clip:
		return c.Kind.String()
	case c.Low == c.High:
		return fmt.Sprintf("%v %v", c.Kind, c.Low)
	}
	return fmt.Sprintf("%v %v–%v", c.Kind, c.Low, c.High)
}

// Words returns the names that Parse knows.
func Words() []string { return slices.Clone(kindNames) }

// Parse reads one entry of an experiment's corrupt list, a word and its value:
//
//	gaussian: 25            normal noise of standard deviation 25, pixels being 0 to 255; or [low, high]
//	blur: 1.5               a Gaussian filter of standard deviation 1.5 pixels; or [low, high]
//	salt: 0.1               10 % of the pixels become black or white (salt and pepper); or [low, high]
//	mask: 0.5               50 % of the pixels are missing: black; {share: 0.25, square: 8}: squares of 8 × 8 pixels
//	downsample: 2           height and width halved by means of 2 × 2 pixels, and enlarged again (bicubic)
//	clip: true              values are cut off at black and white, as a file of bytes does
//
// Value is as a YAML or JSON decoder gives it.
func Parse(word string, value any) (Corruption, error) {
	k := slices.Index(kindNames, word)
	if k < 0 {
		return Corruption{}, fmt.Errorf("unknown corruption %q; known are %s%s", word, strings.Join(kindNames, ", "),
			spell.Hint(word, kindNames))
	}
	c := Corruption{Kind: Kind(k)}
	switch {
	case c.Kind == Clip:
		if value == nil || value == true {
			return c, nil
		}
		return c, fmt.Errorf("clip: %v; write clip, or leave it out", value)
	case c.Kind == Mask:
		m, ok := value.(map[string]any)
		if ok {
			return squares(c, m)
		}
	}
	if v, ok := config.Number(value); ok {
		c.Low, c.High = v, v
		return c, c.Check()
	}
	pair, ok := value.([]any)
	if !ok || len(pair) != 2 || c.Kind == Downsample {
		return c, fmt.Errorf("%v: %v is no number; give one, such as %v: %v", c.Kind, say(value), c.Kind,
			examples[c.Kind])
	}
	low, ok1 := config.Number(pair[0])
	high, ok2 := config.Number(pair[1])
	if !ok1 || !ok2 {
		return c, fmt.Errorf("%v: %v is no pair of numbers; give one, such as %v: %v", c.Kind, say(value), c.Kind,
			examples[c.Kind])
	}
	c.Low, c.High = low, high
	return c, c.Check()
}

var examples = [kinds]float64{Gaussian: 25, Blur: 1.5, Salt: 0.1, Mask: 0.5, Downsample: 2}

// say returns a value for a message.
func say(v any) any {
	if v == nil {
		return "nothing"
	}
	return v
}

// squares reads the missing squares {share, square}.
func squares(c Corruption, m map[string]any) (Corruption, error) {
	known := []string{"share", "square"}
	for k := range m {
		if !slices.Contains(known, k) {
			return c, fmt.Errorf("mask: unknown key %q; known are share, square%s", k, spell.Hint(k, known))
		}
	}
	share, ok := config.Number(m["share"])
	if !ok {
		return c, fmt.Errorf("mask: share: %v is no number; give one, such as 0.25", say(m["share"]))
	}
	c.Low, c.High = share, share
	if v, given := m["square"]; given {
		side, ok := config.Number(v)
		if !ok || side != math.Trunc(side) || side < 1 || side > mostSquare {
			return c, fmt.Errorf("mask: square: %v is no side of a square; give 1 to %d pixels", say(v), mostSquare)
		}
		c.Square = int(side)
	}
	return c, c.Check()
}
