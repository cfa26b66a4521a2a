package bundle_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gorae/bundle"
	"gorae/run"
	"gorae/spec"
)

// Of a series of the 15th and the last day of each month, steps beyond the end go on by the calendar; a row that is
// missing in the history is a note.
func ExampleAhead() {
	type row struct {
		Day   time.Time
		Value float64
	}
	type step struct {
		Day        string
		Prediction float64
	}
	var history []row
	text := "day,value\n"
	for i := range 60 {
		r := row{time.Date(2022, time.Month(1+i/2), 15, 0, 0, 0, 0, time.UTC), float64(i % 4)}
		if i%2 == 1 {
			r.Day = time.Date(2022, time.Month(2+i/2), 0, 0, 0, 0, 0, time.UTC)
		}
		history = append(history, r)
		text += fmt.Sprintf("%s,%g\n", r.Day.Format(time.DateOnly), r.Value)
	}
	b, err := trainedOn(text, "time: day, target: value, series: {window: 4}")
	if err != nil {
		fmt.Println(err)
		return
	}
	history = append(history[:20], history[21:]...)
	var notes []string
	steps, err := bundle.Prediction[[]step](context.Background(), b, history, bundle.Ahead(4), bundle.Notes(&notes))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range steps {
		fmt.Println(s.Day)
	}
	for _, note := range notes {
		what, _, _ := strings.Cut(note, ",")
		fmt.Println(what)
	}
	// Output:
	// 2024-07-15
	// 2024-07-31
	// 2024-08-15
	// 2024-08-31
	// history: row 21: a gap of 1 step of half a month before this row
}

// trainedOn trains a network on a table for an epoch.
func trainedOn(table, data string) (*bundle.Bundle, error) {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the example's own making
	path := filepath.Join(dir, "table.csv")
	if err := os.WriteFile(path, []byte(table), 0o600); err != nil {
		return nil, err
	}
	f, err := spec.Parse("", "example", []byte("{data: {source: "+path+", "+data+"}, train: {epochs: 1, baselines: "+
		"false}}"))
	if err != nil {
		return nil, err
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		return nil, err
	}
	r, err := run.Run(context.Background(), p, run.Options{Out: filepath.Join(dir, "run")})
	if err != nil {
		return nil, err
	}
	return bundle.Open(filepath.Join(r.Dir, run.ModelFile))
}
