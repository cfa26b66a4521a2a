package diagnose

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"gorae/config"
)

// Grade is how sure a finding is that something is wrong.
type Grade string

// The grades.
const (
	Fault Grade = "fault" // something is wrong, and the outcome shows it
	Tip   Grade = "tip"   // something that is often wrong, or that costs nothing to look at
)

// Evidence is a number that a finding rests on.
type Evidence struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	// Limit is the threshold that the value passed; 0: none.
	Limit float64 `json:"limit,omitempty"`
}

// Drawing is a picture of the evidence, one of package chart.
type Drawing interface {
	PNG(w io.Writer) error
	SVG(w io.Writer) error
}

// Finding is one result of a diagnosis.
type Finding struct {
	Code  string `json:"code"` // family/name; codes do not change
	Grade Grade  `json:"grade"`
	// Place is the column, the layer, the class or the part that the finding is about; "" where it is about the whole.
	Place    string     `json:"place,omitempty"`
	What     string     `json:"what"` // was seen, in a sentence
	Evidence []Evidence `json:"evidence"`
	Why      string     `json:"why"` // it matters
	Remedy   string     `json:"remedy"`
	// Change is the assignments (path=value) of the experiment file that carry out the remedy, for --set and for
	// [Finding.Apply]; none where no key does.
	Change []string `json:"change,omitempty"`
	// Picture is the name of the picture of the evidence in the run directory, without its extension.
	Picture string `json:"picture,omitempty"`
	// Proof is a replay with the change; nil: none was made.
	Proof *Proof `json:"proof,omitempty"`
	// Effects are findings that this one explains.
	Effects []Finding `json:"effects,omitempty"`

	draw func() Drawing // nil: none
	doc  *Doc
	more []string // codes that this finding explains, beside those of its kind
}

// Doc is what holds of every finding of a code. What it sees, its threshold with its source, and what looks like it and
// is sound, stand in docs/diagnose.md.
type Doc struct {
	Code string
	// Kinds are the numbers of the kinds of faults that it sees, in the list of bench/faults.
	Kinds       []int
	Why, Remedy string
	// Explains are the codes, or families (dynamics/), of findings that stand under one of this code.
	Explains []string
	// Before says that it can be known before a training.
	Before bool
}

// Family is the part of the code before the slash.
func (d *Doc) Family() string {
	family, _, _ := strings.Cut(d.Code, "/")
	return family
}

// explains reports whether a finding of a code may be an effect of one of d's.
func (d *Doc) explains(code string) bool {
	return slices.ContainsFunc(d.Explains, func(e string) bool {
		return e == code || strings.HasSuffix(e, "/") && strings.HasPrefix(code, e)
	})
}

// explains reports whether another finding may be an effect of f: what it says itself counts before what its code says.
func (f *Finding) explains(other *Finding) bool {
	return slices.Contains(f.more, other.Code) || f.doc.explains(other.Code) && !slices.Contains(other.more, f.Code)
}

// Detector finds faults of one code.
type Detector struct {
	Doc
	detect func(*Case) ([]Finding, error)
}

// families are the families in their order: causes before consequences.
var families = []string{"data", "split", "network", "activation", "gradient", "dynamics", "result"}

// All lists the detectors in the order of their families.
func All() []Detector {
	all := slices.Concat(dataDetectors(), labelDetectors(), splitDetectors(), networkDetectors(), activationDetectors(),
		gradientDetectors(), dynamicsDetectors(), resultDetectors(), rowDetectors(),
		windowDetectors(), contentDetectors())
	slices.SortStableFunc(all, func(a, b Detector) int {
		return slices.Index(families, a.Family()) - slices.Index(families, b.Family())
	})
	return all
}

// Codes lists the codes in their order.
func Codes() []string {
	var out []string
	for _, d := range All() {
		out = append(out, d.Code)
	}
	return out
}

// CheckIgnored returns an error for a code that no detector has.
func CheckIgnored(ignore []string) error {
	for i, code := range ignore {
		if !slices.Contains(Codes(), code) {
			return config.Errorf("ignore"+config.Index(i), "unknown code %q", code).Suggesting(code, Codes())
		}
	}
	return nil
}

// found makes a finding of a sentence.
func found(grade Grade, place, format string, args ...any) Finding {
	return Finding{Grade: grade, Place: place, What: fmt.Sprintf(format, args...)}
}

// with adds a number that the finding rests on, unless it is not known (NaN); limit 0 is none.
func (f Finding) with(name string, value, limit float64) Finding {
	if value != value {
		return f
	}
	f.Evidence = append(slices.Clip(f.Evidence), Evidence{name, finite(value), finite(limit)})
	return f
}

// set adds assignments of the experiment file.
func (f Finding) set(change ...string) Finding {
	f.Change = append(slices.Clip(f.Change), change...)
	return f
}

// drawn sets the picture.
func (f Finding) drawn(draw func() Drawing) Finding {
	f.draw = draw
	return f
}

// Faults lists those that are graded as faults, effects included.
func Faults(all []Finding) (faults []Finding) {
	for _, f := range all {
		if f.Grade == Fault {
			faults = append(faults, f)
		}
		faults = append(faults, Faults(f.Effects)...)
	}
	return faults
}
