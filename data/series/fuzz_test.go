package series

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"gorae/data"
	"gorae/tensor"
)

// FuzzTable: whatever a csv holds, it becomes windows and forecasts or an error in one line.
func FuzzTable(f *testing.F) {
	f.Add("day,x\n2020-01-01,1\n2020-01-02,2\n2020-01-03,4\n2020-01-04,3\n2020-01-05,5\n2020-01-06,9\n2020-01-07,1\n",
		"difference")
	f.Add("t,x\n1,1\n2,2\n4,3\n3,5\n", "none")
	f.Add("d,h,x\n2020-01-01,10:00,1\n2020-01-01,11:00,\n2020-01-01,11:00,inf\n", "log_return")
	f.Add("m,x\n0001-01,1e308\n0001-02,-1e308\n9999-12,1e-308\n", "seasonal")
	f.Fuzz(func(t *testing.T, text, how string) {
		table, err := data.ReadCSV(strings.NewReader(text), "f", data.CSVOptions{})
		if err != nil {
			return
		}
		time, err := TimeColumns(table)
		oneLine(t, err)
		if time != nil {
			_, _, err := Inspect(table, time)
			oneLine(t, err)
		}
		frame, err := FromTable(table, Reading{Time: time, Sort: true, Repeated: "last", Fill: "zero"})
		oneLine(t, err)
		if err != nil {
			return
		}
		for i := range 3 {
			frame.Stamp(frame.Len() + i - 1)
		}
		s := Spec{Window: 2, Targets: frame.Names[:1], Transform: map[string]string{frame.Names[0]: how}, Season: 2}
		fitted, err := Fit(frame, s, Span{0, frame.Len()})
		oneLine(t, err)
		if err != nil {
			return
		}
		p, w, err := fitted.Ahead(frame)
		oneLine(t, err)
		if err != nil || w.Len() == 0 {
			return
		}
		_, err = p.Recursive(func(x *tensor.Tensor) (*tensor.Tensor, error) {
			return tensor.New(tensor.Float32, 1, 1),
				nil
		}, 3)
		oneLine(t, err)
		if p, err = fitted.On(frame); err != nil {
			return
		}
		parts, err := p.Parts(Span{0, frame.Len()})
		if err != nil {
			return
		}
		b, why := p.FitBaselines(parts[0])
		for _, reason := range why {
			oneLine(t, errors.New(reason))
		}
		_, err = b.Forecasts(p, parts[0])
		oneLine(t, err)
	})
}

func oneLine(t *testing.T, err error) {
	t.Helper()
	if err != nil && strings.Contains(err.Error(), "\n") {
		t.Errorf("%q", err)
	}
}

// FuzzRule: a rule of a file goes on in time, whatever it says, or is refused.
func FuzzRule(f *testing.F) {
	for _, s := range []string{`{"months":3,"day":31}`, `{"months":1,"day":1,"business":true}`,
		`{"days":1,"business":true}`,
		`{"every":60000000000,"week":[[{"from":0,"to":60000000000}],[],[],[],[],[],[{"from":5,"to":5}]]}`, `{"every":1}`} {
		f.Add(s, int64(1_700_000_000), 3)
	}
	f.Fuzz(func(t *testing.T, s string, at int64, n int) {
		var r Rule
		if json.Unmarshal([]byte(s), &r) != nil || n < 1 || n > 1000 || at < -1<<35 || at > 1<<35 {
			return
		}
		from := time.Unix(at, 0).UTC()
		if to := r.next(from, n); to.Before(from) && r.Every < 24*365*time.Hour/4 {
			t.Fatalf("%d steps after %v by %s is %v", n, from, s, to)
		}
		r.holds([]time.Time{from, from.Add(time.Hour), from.Add(48 * time.Hour)})
		_ = r.Hours()
	})
}
