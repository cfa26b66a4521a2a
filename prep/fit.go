package prep

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gorae/config"
	"gorae/data"
	"gorae/prep/text"
)

// fit fits column i of the training rows by a spec that Pipeline.choose has chosen; whole is the table they are from.
func fit(whole, rows *data.Table, i int, s Spec) (Fitted, string, error) {
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
	if s.Encode == "indicator" {
		return f, "", nil
	}
	numeric := s.numeric()
	if numeric && c.Kind == data.Category { // names of digits are numbers where they are asked for
		if n, err := c.Numeric(); err == nil {
			c, how = &n, n.How()
		}
	}
	if !c.HasValue() {
		return f, "", config.Errorf(featurePath(c.Name), "%s: the column has no value in the %d training rows",
			whole.Name, c.Len()).
			Fix("leave it out: features: {%s: drop}", c.Name)
	}
	// Complete the spec, so that what is saved leaves nothing to infer.
	if f.Spec.Encode == "" && c.Kind == data.Category {
		if numeric {
			what := cmp.Or(s.Scale, "log1p, fences, piecewise or impute")
			return f, "", config.Under(featurePath(c.Name),
				notNumber(rows, c, what, "name the word in missing, or give onehot"))
		}
		f.Spec.Encode = "onehot"
	}
	note := datesNote(whole, c, s.Encode == "" && !numeric)
	if f.Spec.Encode != "" {
		_, f.Levels = c.Codes()
		f.index()
		return f, note, nil
	}
	if f.Spec.Scale == "" {
		f.Spec.Scale = "zscore"
	}
	return f, note, config.Under(featurePath(c.Name), f.statistics(whole.Name, c.Numbers))
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
	return fmt.Sprintf("values such as %s look like dates or times of day and are taken for %s (drop would leave them "+
		"out)", c.Text(0), what)
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

// statistics fits Shift, Divisor and Fill to x, of which at least one value is
// not missing.
func (f *Fitted) statistics(file string, x []float64) error {
	if f.Spec.Impute != "" {
		known := slices.DeleteFunc(slices.Clone(x), math.IsNaN)
		switch f.Spec.Impute {
		case "mean":
			f.Fill = mean(known)
		case "median":
			f.Fill = median(known)
		case "constant":
			f.Fill = f.Spec.Fill
		}
	}
	// What is put in takes part in the statistics: they are of what is scaled.
	z := make([]float64, 0, len(x))
	for _, v := range x {
		switch {
		case !math.IsNaN(v):
			z = append(z, f.log(v))
		case f.Spec.Impute != "":
			z = append(z, f.log(f.Fill))
		}
	}
	if f.Spec.Fences > 0 {
		if f.Fence = Fences(z, f.Spec.Fences); f.Fence != nil {
			for i, v := range z {
				z[i] = f.Fence.Bring(v)
			}
		}
	}
	if f.Spec.Piecewise > 0 {
		f.Bins = FitBins(z, f.Spec.Piecewise)
	}
	lo, hi := slices.Min(z), slices.Max(z)
	f.Shift, f.Divisor = 0, 1
	switch f.Spec.Scale {
	case "zscore":
		f.Shift = mean(z)
		if lo != hi { // equal values may have a rounding's sd
			f.Divisor = deviation(z, f.Shift)
		}
	case "minmax":
		f.Shift = lo
		if lo != hi {
			f.Divisor = hi - lo
		}
	case "rescale":
		f.Divisor = 255
	}
	for _, v := range []float64{f.Shift, f.Divisor, f.Fill} {
		if math.IsInf(v, 0) || math.IsNaN(v) || f.Divisor == 0 {
			return config.Errorf("", "%s: values from %s to %s are beyond the range of %s", file, data.FormatNumber(lo),
				data.FormatNumber(hi), f.Spec.Scale).
				Fix("give log1p, or rescale the column")
		}
	}
	return nil
}

func (f *Fitted) log(v float64) float64 {
	if f.Spec.Log1p {
		return math.Copysign(math.Log1p(math.Abs(v)), v)
	}
	return v
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
	s := slices.Sorted(slices.Values(x))
	h := len(s) / 2
	if len(s)%2 == 1 {
		return s[h]
	}
	return s[h-1]/2 + s[h]/2
}
