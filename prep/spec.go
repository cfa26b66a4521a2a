package prep

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"gorae/config"
	"gorae/internal/spell"
	"gorae/prep/text"
)

// Spec is the requested preprocessing of one column. The zero Spec infers, by the values (data.Rule, data.Use): zscore
// for numbers, onehot for categories of at most 50 levels, a TF-IDF of at most 1,000 words for prose, or ids for an
// Embedding where it is alone. What numbers the rows, is different in every row, marks the parts of a split, names
// files, has no value, or has more levels is dropped, with a notice. A column that is missing in more than half of the
// training rows gets a feature that says where, in place of its value where that would be dropped. In JSON and YAML a
// Spec is a word ("zscore", "target", "drop") or a map:
//
//	{impute: median, scale: minmax, indicator: true, log1p: true}
//	{scale: {quantile: {output_distribution: uniform}}, piecewise: 24}
//	{encode: {onehot: {min_frequency: 10}}, missing: true}
//	{cross: [city, home], encode: hash}
//	{text: {words: 20000, length: 200}}
//
// The steps of a column of numbers are, in this order: impute, log1p, fences or winsorize, piecewise beside the scale,
// periodic behind it.
type Spec struct {
	// Scale is how a number becomes a feature, zscore where it is left out; gorae help scales.
	Scale Scale `keras:"scale"`
	// Log1p takes sign(x)·log(1 + |x|) before the scale. The word log1p by itself
	// stands for {log1p: true, scale: none}.
	Log1p bool `keras:"log1p"`
	// Fences is a number of interquartile ranges, such as Tukey's 1.5: a value that lies farther below the lower
	// quartile of the training values, or farther above the upper one, becomes the limit (winsorising). 0: no limit.
	Fences float64 `keras:"fences,min=0"`
	// Winsorize is a share such as 0.01: a value below that quantile of the training values, or above the one of 1
	// minus the share, becomes the quantile. 0: no limit.
	Winsorize float64 `keras:"winsorize,min=0,below=0.5"`
	// Impute says what a missing number becomes: "" is 0 after scaling; mean, median, most_frequent (the least of
	// those) and constant (Fill) are put in before scaling.
	Impute string  `keras:"impute,oneof=zero|mean|median|most_frequent|constant"`
	Fill   float64 `keras:"fill"`
	// Piecewise adds features that say where in the order of the training values a number lies: that order is cut into
	// as many bins of like numbers of values, fewer where values are equal, and the feature of a bin is 0 below it, 1
	// above it and rises linearly within (see [Bins]). 0: none.
	Piecewise int `keras:"piecewise,min=2,max=1000,what=number of bins"`
	// Periodic adds features that swing with the scaled number; true stands for 8 frequencies.
	Periodic *Periodic `keras:"periodic,flag"`
	// Indicator adds a feature that is 1 where the value is missing, else 0.
	Indicator bool `keras:"indicator"`
	// Encode is how a value becomes features by what it names, onehot of text where it is left out; gorae help
	// encodings.
	Encode Encoder `keras:"encode"`
	// Missing gives missing values a onehot feature of their own.
	Missing bool `keras:"missing"`
	// Cross names two columns or more whose combinations are the categories of this feature, a column of its own under
	// a name of its own: {city and home: {cross: [city, home], encode: hash}}. A combination with a missing value is
	// missing. Where encode is left out, it is onehot, or hash for more than 50 combinations in the training rows.
	Cross *[]string `keras:"cross,column"`
	// Drop leaves the column out.
	Drop bool `keras:"drop"`
	// Text vectorises the column: ids for an Embedding, which then are the only
	// features, or a bag of words. A missing text is an empty one.
	Text *text.Spec `keras:"text,flag"`
}

// words lists the words that stand for a spec.
func words() []string {
	return slices.Concat(Scales.Names(), Encoders.Names(), []string{"log1p", "drop", "text"})
}

// oneOf returns the error for a value that is none of the known words.
func oneOf(key string, value any, known []string) error {
	return config.Errorf(key, "%v is none of %s%s", value, strings.Join(known, ", "),
		spell.Hint(strings.Trim(fmt.Sprint(value), `"`), known))
}

// ParseSpec reads a Spec as a JSON or YAML decoder gives it: a string, a
// map[string]any, or nil for the zero Spec.
func ParseSpec(v any) (Spec, error) {
	var s Spec
	switch v := v.(type) {
	case nil:
		return s, nil
	case Spec:
		return v, v.Valid()
	}
	if err := s.UnmarshalConfig(&config.Decoder{}, v); err != nil {
		return s, err
	}
	return s, s.Valid()
}

func parseWord(w string) (Spec, error) {
	switch {
	case w == "log1p":
		return Spec{Log1p: true, Scale: Unscaled{}}, nil
	case w == "drop":
		return Spec{Drop: true}, nil
	case w == "text":
		return Spec{Text: &text.Spec{}}, nil
	case slices.Contains(Scales.Names(), w):
		s, err := Scales.Decode(w)
		return Spec{Scale: s}, err
	case slices.Contains(Encoders.Names(), w):
		e, err := Encoders.Decode(w)
		return Spec{Encode: e}, err
	}
	return Spec{}, config.Errorf("", "%q is not a transform", w).Suggesting(w, words()).Coded(config.UnknownName)
}

// keys is a Spec without its own forms, and form what a map of it may hold: the number that a missing value becomes may
// stand in the place of a word.
type (
	keys Spec
	form struct {
		keys
		Constant *float64 `keras:"impute"`
	}
)

// UnmarshalConfig reads a word or a map.
func (s *Spec) UnmarshalConfig(d *config.Decoder, written any) error {
	if w, ok := written.(string); ok {
		p, err := parseWord(w)
		*s = p
		return err
	}
	if _, ok := config.AsMap(written); !ok {
		return config.Errorf("", "%v is not a transform", written).
			Fix("give one of %s, or a map", strings.Join(words(), ", ")).Coded(config.WrongType)
	}
	var f form
	if err := d.Decode(&f, written); err != nil {
		return err
	}
	if f.Constant != nil {
		f.Impute, f.Fill = "constant", *f.Constant
	}
	if f.Impute == "zero" {
		f.Impute = ""
	}
	*s = Spec(f.keys)
	return nil
}

// MarshalConfig returns the word where one says it all, else the map.
func (s Spec) MarshalConfig() any {
	for _, w := range words() {
		if p, err := parseWord(w); err == nil && w != "text" && reflect.DeepEqual(p, s) {
			return w
		}
	}
	if s.Impute != "constant" {
		return config.Written(keys(s))
	}
	m := config.Written(form{keys: keys(s)}).(config.Map)
	var out config.Map
	for _, e := range m {
		switch e.Key {
		case "impute":
			out = append(out, config.Entry{Key: e.Key, Value: s.Fill})
		case "fill":
		default:
			out = append(out, e)
		}
	}
	return out
}

// ConfigSchema returns the words and the map.
func (Spec) ConfigSchema(s *config.Schemas) config.Map {
	return config.AnyOf(config.Enum(words()...), s.Of(new(form)))
}

// bare reports whether the spec leaves the transform of a number open; it may ask for an indicator.
func (s Spec) bare() bool { return s == Spec{Indicator: s.Indicator} }

// numeric reports whether the transform is one of numbers.
func (s Spec) numeric() bool {
	return s.Scale != nil || s.Log1p || s.Fences > 0 || s.Winsorize > 0 || s.Impute != "" || s.Piecewise > 0 ||
		s.Periodic != nil
}

// limits reports whether values beyond some limit become the limit.
func (s Spec) limits() bool { return s.Fences > 0 || s.Winsorize > 0 }

// encodes reports whether the encoding is one of the given kind.
func encodes[E Encoder](s Spec) bool {
	_, is := s.Encode.(E)
	return is
}

// Valid returns an error for values that are not allowed, and for keys that contradict each other. A saved Spec was
// valid when it was fitted.
func (s Spec) Valid() error {
	if err := config.Check(keys(s)); err != nil {
		return err
	}
	conflict := func(key, format string, args ...any) *config.Error {
		return config.Errorf(key, format, args...).Coded(config.Conflict)
	}
	numeric := s.numeric()
	switch {
	case s.Text != nil && (numeric || s.Drop || s.Encode != nil || s.Indicator || s.Missing || s.Fill != 0):
		return conflict("text", "a column of text has no other transform")
	case s.Drop && (numeric || s.Encode != nil || s.Indicator || s.Missing):
		return conflict("drop", "a dropped column has no other transform")
	case s.Cross != nil && len(*s.Cross) < 2:
		return conflict("cross", "a cross of %d columns", len(*s.Cross)).Fix("name two or more")
	case s.Cross != nil && (numeric || s.Drop || s.Text != nil):
		return conflict("cross", "a cross is of categories").Fix("give encode: onehot, hash or target alone")
	case s.Cross != nil && (encodes[KBins](s) || encodes[*Calendar](s)):
		return conflict("encode", "a cross is of categories").Fix("give onehot, integer, hash or target")
	case s.Encode != nil && numeric:
		return conflict("encode", "%s does not go with scale, log1p, fences, winsorize, piecewise, periodic or "+
			"impute, which are for numbers", Encoders.Word(s.Encode))
	case encodes[Indicator](s) && s.Indicator:
		return conflict("indicator", "encode: indicator is that feature alone").Fix("leave one out")
	case s.Missing && !encodes[OneHotEncoder](s):
		return conflict("missing", "a feature for missing categories goes with encode: onehot").
			Fix("for numbers give indicator: true")
	case s.Fences > 0 && s.Winsorize > 0:
		return conflict("winsorize", "fences and winsorize are two limits of one column").Fix("leave one out")
	case s.Log1p && s.Scale != nil && positive(s.Scale):
		return conflict("log1p", "%s takes logarithms itself", Scales.Word(s.Scale)).Fix("leave log1p out")
	case s.Fill != 0 && s.Impute != "constant":
		return conflict("fill", "%v goes with impute: constant", s.Fill)
	case math.IsNaN(s.Fill) || math.IsInf(s.Fill, 0):
		return config.Errorf("fill", "%v is not a finite number", s.Fill)
	}
	return nil
}

// UnmarshalJSON reads a word or a map.
func (s *Spec) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	return s.UnmarshalConfig(&config.Decoder{}, v)
}
