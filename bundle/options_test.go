package bundle_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gorae/bundle"
	"gorae/data/source"
	"gorae/task"
)

// TestForecastOfValues: steps beyond the end of a history of typed rows have the values and the times of those beyond
// the end of a file with the same rows: the last days of the months go on over February.
func TestForecastOfValues(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	type row struct {
		Date time.Time
		V    float64
	}
	var rows []row
	text := "date,v\n"
	for i := range 59 { // January 2020 to November 2024
		r := row{time.Date(2020, time.Month(i+2), 0, 0, 0, 0, 0, time.UTC), float64(i*i%7 + i)}
		rows = append(rows, r)
		text += fmt.Sprintf("%s,%v\n", r.Date.Format(time.DateOnly), r.V)
	}
	path := filepath.Join(t.TempDir(), "months.csv")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	b := learnt(t, `{data: {source: "`+path+`", time: date, target: v, series: {window: 4}}, train: {epochs: 1}}`)
	i, err := source.Find(path, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := b.Forecast(t.Context(), &task.Source{Info: i}, 5)
	if err != nil {
		t.Fatal(err)
	}
	var notes []string
	got, err := bundle.Predictions[[]map[string]any](t.Context(), b, [][]row{rows, slices.Delete(slices.Clone(rows), 20,
		21)}, bundle.Ahead(5), bundle.Notes(&notes))
	if err != nil || len(got[0]) != 5 || len(got[1]) != 5 {
		t.Fatal(got, err)
	}
	days := []string{"2024-12-31", "2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"}
	for k, r := range got[0] {
		if r["date"] != days[k] || r["date"] != want.Rows[k][0] || r["prediction"] != want.Rows[k][1] {
			t.Errorf("step %d: %v of values, %v of a file, %s by the calendar", k+1, r, want.Rows[k], days[k])
		}
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "a gap of 1 step of 1 month") {
		t.Errorf("notes %q", notes)
	}
	if _, err := bundle.Predictions[[]float64](t.Context(), b, [][]row{rows}, bundle.Ahead(0)); err == nil ||
		!strings.Contains(err.Error(), "0 is no number of steps to predict; give 1 to") {
		t.Errorf("0 steps: %v", err)
	}
	if _, err := bundle.Predictions[[]float64](t.Context(), b, [][]row{rows[:2]}, bundle.Ahead(1)); err == nil ||
		!strings.Contains(err.Error(), "sample 1: ") {
		t.Errorf("2 rows: %v", err)
	}
	iris, err := bundle.Open("../examples/predict/iris.keras")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.Predictions[[]string](t.Context(), iris, []map[string]any{{}}, bundle.Ahead(3)); err == nil ||
		!strings.Contains(err.Error(), "the model predicts no series") {
		t.Errorf("a table: %v", err)
	}
}

// TestTimesInTables: a time.Time in a column of dates is the category that its date was in the training file, and what
// training did not meet is noted.
func TestTimesInTables(t *testing.T) {
	text := "day,x,y\n"
	for i := range 60 {
		text += fmt.Sprintf("%02d.03.2024,%d,%d\n", 13+i%4, i*i%11, i%4*10+i*i%11)
	}
	path := filepath.Join(t.TempDir(), "days.csv")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	b := learnt(t, `{data: {source: "`+path+`", target: y, features: {day: onehot, x: zscore}}, train: {epochs: 1, `+
		`baselines: false}, model: [dense: {units: 1}]}`)
	day := func(d int) time.Time { return time.Date(2024, 3, d, 0, 0, 0, 0, time.UTC) }
	var notes []string
	got, err := bundle.Predictions[float64](t.Context(), b, []map[string]any{
		{"day": "15.03.2024", "x": 3}, {"day": day(15), "x": 3}, {"day": day(14), "x": 3}, {"day": nil, "x": 3},
		{"day": day(29), "x": 3}}, bundle.Notes(&notes))
	if err != nil {
		t.Fatal(err)
	}
	if got[0] != got[1] || got[1] == got[2] || got[3] != got[4] {
		t.Errorf("predictions %v", got)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "day: 1 of the 4 values are categories that training did not "+
		"meet (29.03.2024)") {
		t.Errorf("notes %q", notes)
	}
	_, err = bundle.Prediction[float64](t.Context(), b, map[string]any{"day": "15.03.2024", "x": day(15)})
	if err == nil || !strings.Contains(err.Error(), "record 1: x: a time.Time, but the model was fitted with numbers") {
		t.Errorf("a time for a number: %v", err)
	}
}
