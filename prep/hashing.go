package prep

import (
	"fmt"

	"gorae/data"
	"gorae/internal/hash"
)

// Hash is n_features features of which a category has one, the place |h| mod n_features with h = MurmurHash3 (32 bits,
// seed 0, as a signed number) of the text COLUMN=CATEGORY. Nothing is fitted: categories that training did not meet
// have a place too, and two categories may share one. A missing value has zeros alone.
//
// n_features (64) is the number of features. alternate_sign (true) writes −1 in the place of 1 where h is below 0, so
// that categories of one place cancel out on average.
//
// Example: with n_features 4 Sex=male becomes (0, 0, 1, 0).
//
// Source: Weinberger and others, "Feature Hashing for Large Scale Multitask Learning" (2009); scikit-learn's
// FeatureHasher.
type Hash struct {
	Features int  `keras:"n_features,main,default=64,min=1,max=1048576,what=number of features"`
	NoSign   bool `keras:"!alternate_sign"`
}

// Fit implements Encoder.
func (e Hash) Fit(in *Fitting) (Encoded, error) {
	s := e.Blank().(*hashed)
	s.Column = in.Column.Name
	return s, nil
}

// Blank implements Encoder.
func (e Hash) Blank() Encoded {
	n := e.Features
	if n == 0 {
		n = 64
	}
	return &hashed{features: n, sign: !e.NoSign}
}

// hashed is Hash fitted.
type hashed struct {
	Column string `json:"column"`

	features int
	sign     bool
}

// Width implements Encoded.
func (s *hashed) Width() int { return s.features }

// Names implements Encoded.
func (s *hashed) Names(column string) []string {
	names := make([]string, s.features)
	for i := range names {
		names[i] = fmt.Sprintf("%s #%d", column, i)
	}
	return names
}

// place returns the place of a category, and below 0, −1 less the place, where −1 is written there.
func (s *hashed) place(level string) int {
	h, n := int64(int32(hash.Murmur3(s.Column+"="+level))), int64(s.features)
	at := int(max(h, -h) % n)
	if h == -1<<31 { // scikit-learn's way round a number without an absolute value in 32 bits
		at = int((1<<31 - 1 - (n - 1)) % n)
	}
	if s.sign && h < 0 {
		return -1 - at
	}
	return at
}

// Bind implements Encoded.
func (s *hashed) Bind(_ *data.Table, c *data.Column) (Row, error) {
	at := eachLevel(c, s.features, s.place)
	return func(to []float32, r int) error {
		switch k := at(r); {
		case k < 0:
			to[-1-k] = -1
		case k < s.features:
			to[k] = 1
		}
		return nil
	}, nil
}

// Check implements Encoded.
func (s *hashed) Check() error { return nil }
