package task

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Findings is the part of a report that a task adds to the metrics.
type Findings struct {
	// Sections are members of metrics.json by their keys, for programs.
	Sections map[string]any
	// Baselines are simple models on the same samples, and Verdict says of each target, in a sentence, whether the
	// network is better than they are. They stand first, beside the network's metrics.
	Baselines []Baseline
	Verdict   []string
	Rare      []RareClass // the rarest classes of imbalanced targets
	Words     []string    // sentences and tables for people, a line each
	Pictures  []string    // names of pictures in the run directory
	Files     []string    // names of other files in the run directory that people read

	results []Verdict // of the sentences of Verdict
}

// Judge adds the sentence of a verdict on a target.
func (f *Findings) Judge(v Verdict, sentence string) {
	f.results, f.Verdict = append(f.results, v), append(f.Verdict, sentence)
}

// Unproven reports whether there is a target of which the network was compared with baselines and was not found to be
// better than every one of them.
func (f *Findings) Unproven() bool {
	return slices.ContainsFunc(f.results, func(v Verdict) bool { return v != Better })
}

// Worse reports whether the network was found to be worse than a baseline.
func (f *Findings) Worse() bool { return slices.Contains(f.results, Worse) }

// Judged reports whether the network was compared with baselines.
func (f *Findings) Judged() bool { return len(f.results) > 0 }

// Add puts a section under a key; a key that is taken is an error.
func (f *Findings) Add(key string, section any) error {
	if _, taken := f.Sections[key]; taken {
		return fmt.Errorf("report: two sections are called %q", key)
	}
	if f.Sections == nil {
		f.Sections = map[string]any{}
	}
	f.Sections[key] = section
	return nil
}

// Say adds a sentence.
func (f *Findings) Say(format string, args ...any) {
	f.Words = append(f.Words, fmt.Sprintf(format, args...))
}

// MarshalJSON writes the sections by their keys, and words, pictures and files under theirs.
func (f Findings) MarshalJSON() ([]byte, error) {
	all := map[string]any{}
	for k, v := range f.Sections {
		all[k] = v
	}
	if len(f.Baselines) > 0 {
		all["baselines"] = f.Baselines
	}
	if len(f.Verdict) > 0 {
		all["verdict"], all["verdict_results"] = f.Verdict, f.results
	}
	if len(f.Rare) > 0 {
		all["rare_classes"] = f.Rare
	}
	if len(f.Words) > 0 {
		all["words"] = f.Words
	}
	if len(f.Pictures) > 0 {
		all["pictures"] = f.Pictures
	}
	if len(f.Files) > 0 {
		all["files"] = f.Files
	}
	return json.Marshal(all)
}

// UnmarshalJSON reads what MarshalJSON wrote; sections stay raw JSON.
func (f *Findings) UnmarshalJSON(b []byte) error {
	var known struct {
		Verdict  []string    `json:"verdict"`
		Results  []Verdict   `json:"verdict_results"`
		Rare     []RareClass `json:"rare_classes"`
		Words    []string    `json:"words"`
		Pictures []string    `json:"pictures"`
		Files    []string    `json:"files"`
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &known); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	*f = Findings{Verdict: known.Verdict, Rare: known.Rare, Words: known.Words, Pictures: known.Pictures,
		Files: known.Files, results: known.Results}
	// A task that has a table of baselines of its own keeps it as a section.
	var baselines []Baseline
	if err := json.Unmarshal(all["baselines"], &baselines); err == nil && len(baselines) > 0 &&
		baselines[0].Metrics != nil {
		f.Baselines = baselines
		delete(all, "baselines")
	}
	delete(all, "verdict")
	delete(all, "verdict_results")
	delete(all, "rare_classes")
	delete(all, "words")
	delete(all, "pictures")
	delete(all, "files")
	for k, v := range all {
		if err := f.Add(k, v); err != nil {
			return err
		}
	}
	return nil
}

// JoinObjects returns the members of several values, each of which encoding/json writes as an object, as one object.
func JoinObjects(values ...any) ([]byte, error) {
	out := []byte{'{'}
	for _, v := range values {
		object, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		members := object[1 : len(object)-1]
		if len(out) > 1 && len(members) > 0 {
			out = append(out, ',')
		}
		out = append(out, members...)
	}
	return append(out, '}'), nil
}
