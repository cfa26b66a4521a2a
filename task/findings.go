package task

import (
	"encoding/json"
	"fmt"
)

// Findings is what a task has to say of a network beside its metrics.
type Findings struct {
	// Sections are parts of the report for programs, by the key that they have in metrics.json.
	Sections map[string]any
	Words    []string // sentences and tables for people, a line each
	Pictures []string // files in the run directory
	Files    []string // other files in it that people may want to read
}

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

// MarshalJSON writes the sections by their keys, and beside them words and pictures.
func (f Findings) MarshalJSON() ([]byte, error) {
	all := map[string]any{}
	for k, v := range f.Sections {
		all[k] = v
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
		Words    []string `json:"words"`
		Pictures []string `json:"pictures"`
		Files    []string `json:"files"`
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &known); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	*f = Findings{Words: known.Words, Pictures: known.Pictures, Files: known.Files}
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
