package spec

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gorae/config"
)

// Range is a search range, which stands in an experiment file in the place of a value:
//
//	{choice: [a, b, …]}         one of several values, of any kind; null leaves the key or the list's element out
//	{uniform: [low, high]}      a number; with step: one of low, low + step, …
//	{log: [low, high]}          a number whose logarithm is uniform
//	{int: [low, high]}          a whole number; with step as above
//	{log_int: [low, high]}      a whole number whose logarithm is uniform
//
// The key value beside it is the user's own value, which a search tries first; without it that is the first option, or
// the middle of the range. A list of layers that is an option in a list of layers stands there layer by layer. Options
// may hold ranges, which exist where the option is chosen.
type Range struct {
	Path string // where it stands, such as model[1].choice[0].dense.units
	Word string // choice, uniform, log, int or log_int
	// Low, High and Step are those of numbers.
	Low, High, Step float64
	Options         []any   // of a choice, as they are written
	Value           float64 // the user's own: a number, or the number of an option from 0
	When            []Option
}

// Option is an option of a choice: the number of the range, and that of the option.
type Option struct{ Range, Option int }

// Whole reports whether the values are whole numbers.
func (r Range) Whole() bool { return r.Word == "int" || r.Word == "log_int" }

// Log reports whether the logarithm is uniform.
func (r Range) Log() bool { return r.Word == "log" || r.Word == "log_int" }

// rangeWords are the words of which a range has one.
var rangeWords = []string{"choice", "uniform", "log", "int", "log_int"}

// asRange returns the word of a map that is a range.
func asRange(m config.Map) (word string, ok bool) {
	for _, e := range m {
		switch _, list := e.Value.([]any); {
		case slices.Contains(rangeWords, e.Key) && list && word == "":
			word = e.Key
		case e.Key != "value" && e.Key != "step":
			return "", false
		}
	}
	return word, word != ""
}

// Search is an experiment file with search ranges.
type Search struct {
	Name, Path, Dir string // as those of a File
	Ranges          []Range

	tree    Tree
	written any
}

// ReadSearch reads an experiment file with search ranges, as [Read] reads one without.
func ReadSearch(path string, set ...string) (*Search, error) {
	if err := notExperiment(path); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, OpenError(path, err)
	}
	name := filepath.Base(path)
	return ParseSearch(path, strings.TrimSuffix(name, filepath.Ext(name)), text, set...)
}

// ParseSearch reads an experiment with search ranges, as [Parse] reads one without. What is wrong with a range, or with
// one of its ends or options, is a [*Located].
func ParseSearch(file, name string, text []byte, set ...string) (*Search, error) {
	if syntax == nil {
		return nil, errNoSyntax
	}
	tree, err := syntax.Parse(file, text, set...)
	if err != nil {
		return nil, err
	}
	s := &Search{Name: name, Path: file, tree: tree, written: tree.Written()}
	if file != "" {
		s.Dir = filepath.Dir(file)
	}
	if err := s.find("", s.written, nil); err != nil {
		return nil, (&File{Path: file, tree: tree}).Locate(err)
	}
	return s, s.check()
}

// find adds the ranges below a value.
func (s *Search) find(path string, v any, when []Option) error {
	switch v := v.(type) {
	case config.Map:
		if word, ok := asRange(v); ok {
			return s.add(path, word, v, when)
		}
		for _, e := range v {
			if err := s.find(config.Join(path, config.Step(e.Key)), e.Value, when); err != nil {
				return err
			}
		}
	case []any:
		for i, x := range v {
			if err := s.find(path+config.Index(i), x, when); err != nil {
				return err
			}
		}
	}
	return nil
}

// add adds a range and those within its options.
func (s *Search) add(path, word string, m config.Map, when []Option) error {
	r := Range{Path: path, Word: word, When: when}
	list := m.Get(word).([]any)
	var err error
	if word == "choice" {
		err = r.choice(list, m)
	} else {
		err = r.numbers(list, m)
	}
	if err != nil {
		return config.Under(path, err)
	}
	s.Ranges = append(s.Ranges, r)
	k := len(s.Ranges) - 1
	for i, option := range r.Options {
		below := append(when[:len(when):len(when)], Option{k, i})
		if err := s.find(config.Join(path, "choice"+config.Index(i)), option, below); err != nil {
			return err
		}
	}
	return nil
}

// choice takes the options of a choice.
func (r *Range) choice(list []any, m config.Map) error {
	if r.Options = list; len(list) == 0 {
		return config.Errorf("choice", "a choice without options").Fix("give two or more")
	}
	if m.Get("step") != nil {
		return config.Errorf("step", "options have no steps").Fix("leave it out").AtKey()
	}
	if i := indexOf(m, "value"); i >= 0 {
		k := slices.IndexFunc(list, func(x any) bool { return brief(x) == brief(m[i].Value) })
		if k < 0 {
			return config.Errorf("value", "%s is not an option", brief(m[i].Value)).Fix("give one of them")
		}
		r.Value = float64(k)
	}
	return nil
}

// numbers takes the ends of a range of numbers.
func (r *Range) numbers(list []any, m config.Map) error {
	var ends [2]float64
	for i := range list {
		v, ok := config.Number(list[i])
		if !ok || math.IsNaN(v) || math.IsInf(v, 0) {
			return config.Errorf(r.Word+config.Index(i), "%s is no number", brief(list[i])).Fix("give a number")
		}
		if i < 2 {
			ends[i] = v
		}
	}
	if r.Low, r.High = ends[0], ends[1]; len(list) != 2 || r.Low >= r.High {
		return config.Errorf(r.Word, "a range has two ends, the lower one first").Fix("write %s: [low, high]", r.Word)
	}
	switch {
	case r.Log() && r.Low <= 0:
		return config.Errorf(r.Word+"[0]", "%v has no logarithm", r.Low).Fix("give an end above 0")
	case r.Whole() && (r.Low != math.Trunc(r.Low) || r.High != math.Trunc(r.High)):
		return config.Errorf(r.Word, "the ends of whole numbers are whole").Fix("write uniform, or whole numbers")
	}
	if x := m.Get("step"); x != nil {
		v, ok := config.Number(x)
		switch {
		case r.Log():
			return config.Errorf("step", "a logarithmic range has no steps").Fix("leave it out").AtKey()
		case !ok || v <= 0 || v > r.High-r.Low || r.Whole() && v != math.Trunc(v):
			return config.Errorf("step", "%s is no step from %v to %v", brief(x), r.Low, r.High).
				Fix("give a number above 0, a whole one for whole numbers")
		}
		r.Step = v
	}
	r.Value = (r.Low + r.High) / 2
	if r.Log() {
		r.Value = math.Sqrt(r.Low) * math.Sqrt(r.High)
	}
	if r.Whole() {
		r.Value = math.Round(r.Value)
	}
	if x := m.Get("value"); x != nil {
		v, ok := config.Number(x)
		if !ok || v < r.Low || v > r.High || r.Whole() && v != math.Trunc(v) {
			return config.Errorf("value", "%s is outside of the range", brief(x)).
				Fix("give a value from %v to %v", r.Low, r.High)
		}
		r.Value = v
	}
	return nil
}

func indexOf(m config.Map, key string) int {
	return slices.IndexFunc(m, func(e config.Entry) bool { return e.Key == key })
}

// brief returns a written value on one line, as YAML writes it between braces.
func brief(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case config.Map:
		var parts []string
		for _, e := range v {
			parts = append(parts, e.Key+": "+brief(e.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, brief(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return fmt.Sprint(v)
}

// written returns a value of the range as it is written in a file.
func (r Range) written(v float64) any {
	switch {
	case r.Word == "choice":
		return r.Options[int(v)]
	case r.Whole():
		return int64(v)
	}
	return v
}

// Text returns a value of the range in short: a number in digits digits, an option as it is written, layers by their
// names.
func (r Range) Text(v float64, digits int) string {
	switch x := r.written(v).(type) {
	case float64:
		return strconv.FormatFloat(x, 'g', digits, 64)
	case config.Map, []any:
		text := shape(x)
		for i, o := range r.Options {
			if i != int(v) && shape(o) == text { // they differ in their keys
				return brief(x)
			}
		}
		return text
	default:
		return brief(x)
	}
}

// shape returns the names of layers without what is set of them.
func shape(v any) string {
	switch v := v.(type) {
	case config.Map:
		if len(v) == 1 {
			return v[0].Key
		}
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, shape(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return brief(v)
}

// Start returns the user's own values of all ranges; NaN where one does not exist.
func (s *Search) Start() []float64 {
	v := make([]float64, len(s.Ranges))
	for i, r := range s.Ranges {
		v[i] = r.Value
		if slices.ContainsFunc(r.When, func(o Option) bool { return v[o.Range] != float64(o.Option) }) {
			v[i] = math.NaN()
		}
	}
	return v
}

// With returns the experiment with values in the places of the ranges; NaN for a range within an option that is not
// chosen. An option of a choice is its number. Mistakes have their places in the file with the ranges.
func (s *Search) With(values []float64) (*File, error) {
	c := &chosen{Tree: s.tree, origin: map[string]string{}, values: map[string]float64{}, of: map[string]Range{}}
	for i, r := range s.Ranges {
		c.values[r.Path], c.of[r.Path] = values[i], r
	}
	c.written, _ = c.fill("", "", s.written)
	f := &File{Name: s.Name, Path: s.Path, Dir: s.Dir, Experiment: *Default(), tree: c}
	if err := f.decode(); err != nil {
		return nil, err
	}
	return f, nil
}

// check decodes the experiment with each end and each option in turn, beside the user's own values. Values that
// contradict those of other keys may be sound in other company: they are found when a search comes to them.
func (s *Search) check() error {
	for i, r := range s.Ranges {
		var tried []float64
		if tried = []float64{r.Low, r.High}; r.Word == "choice" {
			tried = nil
			for k := range r.Options {
				tried = append(tried, float64(k))
			}
		}
		for _, v := range tried {
			values := s.Start()
			values[i] = v
			for at := range s.Ranges { // those that the range depends on, and that depend on it
				for _, o := range s.Ranges[i].When {
					if o.Range == at {
						values[at] = float64(o.Option)
					}
				}
				r := s.Ranges[at]
				out := slices.ContainsFunc(r.When, func(o Option) bool { return values[o.Range] != float64(o.Option) })
				switch {
				case out:
					values[at] = math.NaN()
				case math.IsNaN(values[at]):
					values[at] = r.Value
				}
			}
			if _, err := s.With(values); err != nil && config.IsSchema(err) {
				return err
			}
		}
	}
	_, err := s.With(s.Start())
	return err
}

// chosen is the tree of a file in which values stand in the places of ranges.
type chosen struct {
	Tree    // with the ranges
	written any
	origin  map[string]string // paths in that tree by the path here
	values  map[string]float64
	of      map[string]Range
}

// fill returns what stands at a path of the tree with the ranges, whose place in the filled tree is to. ok is false
// where nothing does: an option null.
func (c *chosen) fill(from, to string, v any) (filled any, ok bool) {
	c.origin[to] = from
	switch v := v.(type) {
	case config.Map:
		if r, ranged := c.of[from]; ranged {
			x := r.written(c.values[from])
			if r.Word != "choice" {
				return x, true
			}
			if x == nil {
				return nil, false
			}
			at := config.Join(from, "choice"+config.Index(int(c.values[from])))
			return c.fill(at, to, x)
		}
		out := config.Map{}
		for _, e := range v {
			step := config.Step(e.Key)
			if x, ok := c.fill(config.Join(from, step), config.Join(to, step), e.Value); ok {
				out = append(out, config.Entry{Key: e.Key, Value: x})
			}
		}
		return out, true
	case []any:
		return c.list(from, to, v, []any{}), true
	}
	return v, true
}

// list appends what stands in a list to the filled list out, whose place is to: of a choice among lists of layers the
// layers.
func (c *chosen) list(from, to string, items, out []any) []any {
	for i, x := range items {
		at := from + config.Index(i)
		if r, ok := c.of[at]; ok && r.Word == "choice" {
			k := int(c.values[at])
			if layers, ok := r.Options[k].([]any); ok && !slices.ContainsFunc(layers, isNumber) {
				out = c.list(config.Join(at, "choice"+config.Index(k)), to, layers, out)
				continue
			}
		}
		if filled, ok := c.fill(at, to+config.Index(len(out)), x); ok {
			out = append(out, filled)
		}
	}
	return out
}

func isNumber(v any) bool {
	_, ok := config.Number(v)
	return ok
}

// Map implements Tree.
func (c *chosen) Map() bool {
	_, ok := c.written.(config.Map)
	return ok
}

// Written implements Tree.
func (c *chosen) Written() any { return c.written }

// Has implements Tree.
func (c *chosen) Has(path string) bool { return c.Tree.Has(c.there(path)) }

// Locate implements Tree.
func (c *chosen) Locate(path string, key bool) *Located { return c.Tree.Locate(c.there(path), key) }

// there returns the path in the tree with the ranges of a path in the filled one, which may go deeper than that does.
func (c *chosen) there(path string) string {
	rest := ""
	for at := path; ; {
		if from, ok := c.origin[at]; ok {
			return config.Join(from, rest)
		}
		cut := max(strings.LastIndexByte(at, '['), 0)
		if dot := strings.LastIndexByte(at, '.'); dot > cut {
			cut = dot
		}
		rest = strings.TrimPrefix(path[cut:], ".")
		at = at[:cut]
	}
}

// Text returns the experiment with its ranges on one line, for comparing.
func (s *Search) Text() string { return brief(s.written) }
