package prep

import (
	"fmt"
	"math"
	"slices"

	"gorae/config"
	"gorae/data"
	"gorae/prep/text"
)

// fit fits column i of the training rows by a spec that Pipeline.choose has chosen; whole is the table they are from.
func fit(whole, rows *data.Table, i int, s Spec, of Fitting) (Fitted, string, error) {
	c := &rows.Columns[i]
	f := Fitted{Name: c.Name, Spec: s, Divisor: 1, ID: whole.IsID(i)}
	how := c.How()
	f.Reading = &how
	if s.Drop {
		return f, "", nil
	}
	if s.Text != nil {
		// A text is what the file says: NA is a word in it.
		read := c.As(data.Reading{Kind: data.Category, Missing: whole.Marks})
		how = read.How()
		texts := make([]string, read.Len())
		for i := range texts {
			texts[i] = read.Text(i)
		}
		v, err := text.Fit(texts, *s.Text)
		if err != nil {
			return f, "", config.Under(featurePath(c.Name), err)
		}
		f.Vocabulary, f.Spec.Text = v, &v.Spec
		return f, "", nil
	}
	_, bins := s.Encode.(interface{ numbersOnly() })
	numeric := s.numeric() || bins
	if numeric && c.Kind == data.Category { // names of digits are numbers where they are asked for
		if n, err := c.Numeric(); err == nil {
			c, how = &n, n.How()
		}
	}
	if !c.HasValue() && !encodes[Indicator](s) {
		return f, "", config.Errorf(featurePath(c.Name), "%s: the column has no value in the %d training rows",
			whole.Name, c.Len()).
			Fix("leave it out: features: {%s: drop}", c.Name)
	}
	// Complete the spec, so that what is saved leaves nothing to infer.
	if c.Kind == data.Category && (numeric || s.Encode == nil) {
		if numeric {
			what := "log1p, fences, winsorize, piecewise, periodic, bins or impute"
			if s.Scale != nil {
				what = Scales.Word(s.Scale)
			}
			return f, "", config.Under(featurePath(c.Name),
				notNumber(rows, c, what, "name the word in missing, or give onehot"))
		}
		f.Spec.Encode = OneHotEncoder{}
		if s.Cross != nil && c.Levels() > MaxLevels {
			f.Spec.Encode = Hash{}
		}
	}
	note := datesNote(whole, c, s.Encode == nil && !numeric)
	if f.Spec.Encode != nil {
		of.Table, of.Column = rows, c
		encoded, err := f.Spec.Encode.Fit(&of)
		if err == nil {
			err = encoded.Check()
		}
		if err != nil {
			return f, "", config.Under(featurePath(c.Name), err)
		}
		f.Encoded, f.own = encoded, of.own
		f.prepare()
		return f, note, nil
	}
	if f.Spec.Scale == nil {
		f.Spec.Scale = ZScore{}
	}
	return f, note, config.Under(featurePath(c.Name), f.statistics(rows, c.Numbers, of.Seed))
}

// textNote says what a column of text becomes; given says that the experiment asks for it.
func (f *Fitted) textNote(given bool) string {
	v := f.Vocabulary
	switch {
	case given:
		return fmt.Sprintf("%s: %d ids (padding and unknown counted), %d features", f.Name, v.Size(), v.Width())
	case v.Spec.Ids():
		return fmt.Sprintf("%s: %d ids of words, of which a row has %d; features: {%[1]s: {text: {output: tfidf}}} "+
			"makes a bag of words", f.Name, v.Size(), v.Width())
	}
	if v.Spec.Unit == "character" {
		return fmt.Sprintf("%s: a bag of the %d most frequent runs of up to %d characters, by TF-IDF, since "+
			"most words stand in one text alone", f.Name, v.Width(), v.Spec.Ngrams)
	}
	return fmt.Sprintf("%s: a bag of the %d most frequent words, by TF-IDF", f.Name, v.Width())
}

// signNote says where log1p meets numbers below 0 in the training rows of a table: the transform is that of |x| with
// the sign of x there, which is not the ln(1 + x) that others call log1p, and of which x ≤ −1 has none.
func (f *Fitted) signNote(t *data.Table, rows []int) string {
	if !f.Spec.Log1p {
		return ""
	}
	c, known, below, first := &t.Columns[f.Position], 0, 0, 0
	for _, r := range rows {
		v, err := c.Float(r)
		if err != nil || math.IsNaN(v) {
			continue
		}
		if known++; v < 0 {
			if below++; below == 1 {
				first = r
			}
		}
	}
	if below == 0 {
		return ""
	}
	v, _ := c.Float(first)
	if !t.HasLines() {
		return fmt.Sprintf("%s: %s: log1p takes -log(1 + |x|) of values below 0, which are %d of the %d training "+
			"values (the first: %s)", t.Name, f.Name, below, known, data.FormatNumber(v))
	}
	return fmt.Sprintf("%s: %s: log1p takes -log(1 + |x|) of values below 0, which are %d of the %d training values "+
		"(the first: %s); if they mark missing values, missing: [%[5]s] says so", t.Place(first), f.Name, below, known,
		data.FormatNumber(v))
}

// datesNote says of a column of dates, of which the experiment says nothing, what they are taken for.
func datesNote(t *data.Table, c *data.Column, open bool) string {
	if !open || c.IsMissing(0) {
		return ""
	}
	what := "categories"
	switch {
	case c.Kind == data.Number && data.DateDigits(c):
		what = "plain numbers"
	case c.Kind == data.Number || !t.MayBeTime(c):
		return ""
	}
	return fmt.Sprintf("values such as %s look like dates or times of day and are taken for %s (calendar would take "+
		"their parts, drop would leave them out)", c.Text(0), what)
}

// notNumber names the first value that keeps a column from being one of numbers, which what needs.
func notNumber(t *data.Table, c *data.Column, what, remedy string) error {
	for i, v := range c.Texts() {
		if _, err := c.Float(i); err != nil {
			return config.Errorf("", "%s: %q is no number, and %s needs numbers", t.Place(i), v, what).Fix("%s", remedy)
		}
	}
	return config.Errorf("", "%s: %s holds text, and %s needs numbers", t.Name, c.Name, what).Fix("%s", remedy)
}

// statistics fits a column of numbers to the values x of the training rows t, of which at least one is not missing.
func (f *Fitted) statistics(t *data.Table, x []float64, seed uint64) error {
	if f.Spec.Impute != "" {
		known := slices.DeleteFunc(slices.Clone(x), math.IsNaN)
		switch f.Spec.Impute {
		case "mean":
			f.Fill = mean(known)
		case "median":
			f.Fill = median(known)
		case "most_frequent":
			f.Fill = mostFrequent(known)
		case "constant":
			f.Fill = f.Spec.Fill
		}
	}
	z, err := f.values(t, x)
	if err != nil {
		return err
	}
	if f.Spec.limits() {
		if f.Spec.Winsorize > 0 {
			f.Fence = Winsor(z, f.Spec.Winsorize)
		} else {
			f.Fence = Fences(z, f.Spec.Fences)
		}
		for i, v := range z {
			z[i] = f.within(v)
		}
	}
	if f.Spec.Piecewise > 0 {
		f.Bins = FitBins(z, f.Spec.Piecewise)
	}
	if f.Spec.Periodic != nil {
		f.Frequencies = f.Spec.Periodic.fit(seed, f.Name)
	}
	f.Shift, f.Divisor = 0, 1
	m := f.Spec.Scale.Fit(z)
	if m.Check() != nil || !finite(f.Fill) {
		return config.Errorf("", "%s: values from %s to %s are beyond the range of %s", t.Name,
			data.FormatNumber(slices.Min(z)), data.FormatNumber(slices.Max(z)), Scales.Word(f.Spec.Scale)).
			Fix("give log1p, or rescale the column")
	}
	if l, is := m.(*Linear); is {
		f.Shift, f.Divisor = l.Shift, l.Divisor
	} else {
		f.Curve = m
	}
	return nil
}

// values returns what the statistics of a column of numbers are of: what is scaled, before limits. What is put in for
// missing values takes part in it. It is x itself where that is the same and has no limits.
func (f *Fitted) values(t *data.Table, x []float64) ([]float64, error) {
	above := positive(f.Spec.Scale)
	if !f.Spec.Log1p && !f.Spec.limits() && !above && !anyNaN(x) {
		return x, nil
	}
	z := make([]float64, 0, len(x))
	for i, v := range x {
		switch {
		case !math.IsNaN(v):
		case f.Spec.Impute != "":
			v = f.Fill
		default:
			continue
		}
		if v <= 0 && above {
			return nil, config.Errorf("", "%s", t.ErrorAt(i, "", "%w", outside(f.Spec.Scale, v)))
		}
		z = append(z, f.log(v))
	}
	return z, nil
}

// anyNaN reports whether one of some numbers is NaN.
func anyNaN(x []float64) bool {
	for _, v := range x {
		if v != v {
			return true
		}
	}
	return false
}

// log returns sign(x)·log(1 + |x|) where the spec asks for it.
func (f *Fitted) log(v float64) float64 {
	if f.Spec.Log1p {
		return math.Copysign(math.Log1p(math.Abs(v)), v)
	}
	return v
}

// scaled returns the feature of a number behind logarithm and limits.
func (f *Fitted) scaled(v float64) float64 {
	if f.Curve != nil {
		return f.Curve.Apply(v)
	}
	return (v - f.Shift) / f.Divisor
}

// mostFrequent returns the value that most of x are, the least of several.
func mostFrequent(x []float64) float64 {
	sorted := sorted(x)
	best, most := sorted[0], 0
	for from := 0; from < len(sorted); {
		to := from
		for to < len(sorted) && sorted[to] == sorted[from] {
			to++
		}
		if to-from > most {
			best, most = sorted[from], to-from
		}
		from = to
	}
	return best
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	m := sum / float64(len(x))
	// A second pass takes back what the first one rounded away.
	rest := 0.0
	for _, v := range x {
		rest += v - m
	}
	return m + rest/float64(len(x))
}

// deviation returns sqrt(Σ(x − mean)² / n): the population's, as Keras's Normalization and scikit-learn's
// StandardScaler have it.
func deviation(x []float64, mean float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum / float64(len(x)))
}

func median(x []float64) float64 {
	s := sorted(x)
	h := len(s) / 2
	if len(s)%2 == 1 {
		return s[h]
	}
	return s[h-1]/2 + s[h]/2
}
