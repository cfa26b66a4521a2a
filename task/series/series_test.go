package series

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gorae/data"
	"gorae/data/series"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
)

// minutes is n generated minutes from 2006-01-02 09:00 on of Open, High and Low.
func minutes(t *testing.T, n int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("Time,Open,High,Low\n")
	for i := range n {
		open := 100 + 10*math.Sin(float64(i)/50) + float64(i*i%13)/10
		fmt.Fprintf(&b, "2006-01-%02d %02d:%02d,%.4f,%.4f,%.4f\n", 2+i/1440, i/60%24, i%60, open, open+1, open-1)
	}
	path := filepath.Join(t.TempDir(), "minutes.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestD9Experiment: the chapter's numbers through an experiment file. 39,001 minutes are 100 days of 390
// minutes side by side, X (100, 390, 3), y (100, 1), the last target being minute
// 39,001; sliding by one they are 38,611 samples, X (38611, 390, 3).
func TestD9Experiment(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	path := minutes(t, 39001)
	for stride, want := range map[int]int{390: 100, 1: 38611} {
		r := open(t, fmt.Sprintf(`{data: {source: %q, series: {window: 390, horizon: 1, stride: %d, features: [Open,
			High, Low], targets: [Open], scale: none}},
			split: {validation: 0, test: 0}, model: [flatten, {dense: 1}]}`, path, stride))
		if r.Rows(task.Train) != want || r.Rows(task.Validation)+r.Rows(task.Test) != 0 {
			t.Errorf("stride %d: %v windows, want %d", stride, r.Rows(task.Train), want)
		}
		if s := r.Model.InputTypes(want)[0].Shape; !s.Equal(tensor.Shape{want, 390, 3}) {
			t.Errorf("X %v", s)
		}
		if s := r.Model.OutputTypes(want)[0].Shape; !s.Equal(tensor.Shape{want, 1}) {
			t.Errorf("ŷ %v", s)
		}
		p := r.Problem.(*problem).all
		if o := p.Origin(want - 1); o+p.Horizon != 39000 {
			t.Errorf("stride %d: the last target is minute %d, want 39,001", stride, o+p.Horizon+1)
		}
		// Windows are views: they share the series' one copy.
		if v := p.View(want - 1); &v.F32[0] != &p.X.F32[p.Begin(want-1)*3] {
			t.Error("the last window is a copy")
		}
	}
}

// trainSeries trains an experiment over a file.
func trainSeries(t *testing.T, path, text string) (*run.Prepared, *run.Result, trained) {
	t.Helper()
	r := open(t, fmt.Sprintf(text, path))
	result, p := fit(t, r)
	return r, result, p
}

// scores is the baselines of a report.
func scores(t *testing.T, f *task.Findings) []series.Score {
	t.Helper()
	s, ok := f.Sections["baselines"].([]series.Score)
	if !ok {
		t.Fatalf("no baselines in %+v", f.Sections)
	}
	return s
}

// TestSeriesRun: the figures of a run are what its own predictions come to, in the target's units,
// for each transform; the baselines are counted by hand; the saved model says the same of the file.
func TestSeriesRun(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	path := minutes(t, 600)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	var low []float64
	for _, l := range lines[1:] {
		v, err := strconv.ParseFloat(l[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		low = append(low, v)
	}
	transforms := []string{"none", "log", "difference", "log_return", "seasonal", "every"}
	if testing.Short() {
		transforms = transforms[3:]
	}
	for _, how := range transforms {
		every := "false" // from each step of a window: the figures are those of its last
		if how == "every" {
			how, every = "difference", "true"
		}
		r, result, p := trainSeries(t, path, `{data: {source: %q, series: {window: 8, horizon: 2, steps: 3,
			features: [Open, Low], targets: [Low], transform: {Low: `+how+`}, season: 5, calendar: [hour],
			every: `+every+`}},
			model: [{gru: {units: 4, return_sequences: `+every+`}}, {dense: 3}], train: {epochs: 2, metrics: [rmse,
				mae, mean_squared_error]}}`)
		_, text, _, err := p.predict(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || strings.Join(rows[0], " ") != "Time ahead prediction" {
			t.Fatalf("%v %v", rows[0], err)
		}
		// What was predicted for the minute at step i, ahead steps before it.
		said := map[string]float64{}
		for _, row := range rows[1:] {
			if said[row[0]+" "+row[1]], err = strconv.ParseFloat(row[2], 64); err != nil {
				t.Fatal(err)
			}
		}
		at := func(i int) string { return fmt.Sprintf("2006-01-%02d %02d:%02d", 2+i/1440, i/60%24, i%60) }
		// The last window ends with the file: three steps of it are the future.
		for ahead := 2; ahead <= 4; ahead++ {
			if _, ok := said[at(599+ahead)+fmt.Sprint(" ", ahead)]; !ok {
				t.Errorf("%s: no forecast of %s, %d steps ahead", how, at(599+ahead), ahead)
			}
		}
		// The test span is the last 15 %, steps 510 to 599; transforms look back up to 5 steps.
		lag := map[string]int{"difference": 1, "log_return": 1, "seasonal": 5}[how]
		var ss, sa, last, n float64
		for begin := 510 + lag; begin+8+4 <= 600; begin++ {
			origin := begin + 7
			for ahead := 2; ahead <= 4; ahead++ {
				y, ok := said[at(origin+ahead)+fmt.Sprint(" ", ahead)]
				if !ok {
					t.Fatalf("%s: no forecast of %s", how, at(origin+ahead))
				}
				e := low[origin+ahead] - y
				ss, sa, n = ss+e*e, sa+math.Abs(e), n+1
				d := low[origin+ahead] - low[origin]
				last += d * d
			}
		}
		near := func(what string, got, want float64) {
			if math.Abs(got-want) > 1e-4*want {
				t.Errorf("%s: %s %v, want %v", how, what, got, want)
			}
		}
		near("test rmse", result.Report.Test.Of("rmse"), math.Sqrt(ss/n))
		near("test mae", result.Report.Test.Of("mae"), sa/n)
		near("test mse", result.Report.Test.Of("mean_squared_error"), ss/n)
		b1 := scores(t, &result.Report.Findings)
		if len(b1) != 7 || b1[0].Name != "network" || b1[1].Name != "last value" || b1[2].Name != "drift" ||
			b1[3].Name != "last season (5)" || b1[4].Name != "exponential smoothing" ||
			b1[5].Name != "Holt-Winters (5)" || b1[6].Name != "linear autoregression" {
			t.Fatalf("%s: baselines %+v", how, b1)
		}
		near("network's rmse", b1[0].RMSE, math.Sqrt(ss/n))
		near("last value's rmse", b1[1].RMSE, math.Sqrt(last/n))
		if len(b1[0].Steps) != 3 || float64(b1[0].N) != n || r.Rows(task.Test) != int(n)/3 {
			t.Errorf("%s: %+v of %d windows", how, b1[0], r.Rows(task.Test))
		}
		// The same of the file: evaluate's figures and table.
		e, err := p.evaluate(path, "")
		if err != nil {
			t.Fatal(err)
		}
		all := scores(t, &e.Findings)
		near("evaluate's rmse", e.Metrics.Of("rmse"), all[0].RMSE)
		if want := 600 - lag - 8 - 4 + 1; all[0].N != 3*want || len(all) != 7 {
			t.Errorf("%s: %d values of %d windows", how, all[0].N, want)
		}
	}
}

// TestSeriesReport: metrics.json has the baselines, the words say whether the network beats them and
// whether its errors are autocorrelated and biased, and the pictures are there.
func TestSeriesReport(t *testing.T) {
	_, result, _ := trainSeries(t, minutes(t, 400),
		`{data: {source: %q, target: Open, series: {window: 10, features: [Open], window_scale: none}}, model: [{lstm: 4}, {dense: 1}],
			train: {epochs: 1}}`)
	b, err := os.ReadFile(filepath.Join(result.Dir, run.MetricsFile))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Baselines []series.Score
		Words     []string
		Verdict   []string
		Test      map[string]float64
	}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Baselines) != 7 || !strings.Contains(string(b), `"last season (13)"`) || len(m.Verdict) != 1 ||
		len(m.Words) < 4 || m.Test["rmse"] == 0 || !strings.HasPrefix(m.Words[0], "forecast ") {
		t.Fatalf("%s", b)
	}
	m.Words = m.Words[len(m.Words)-2:] // the table of the baselines stands before
	if !strings.HasPrefix(m.Verdict[0], "Open: the network is worse than ") ||
		!strings.Contains(m.Words[0], "(Ljung-Box from lag 1 to 10, robust to changing variance, p ") ||
		!strings.HasPrefix(m.Words[1], "Open: the forecasts are too low, by ") {
		t.Errorf("%q %q", m.Verdict, m.Words)
	}
	for _, name := range []string{ForecastFile + ".png", ForecastFile + ".svg"} {
		if st, err := os.Stat(filepath.Join(result.Dir, name)); err != nil || st.Size() < 1000 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSeriesInferred: target and window are all that is needed, and not even they where there is one column;
// the resolved experiment gives itself again.
func TestSeriesInferred(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.csv")
	var b strings.Builder
	b.WriteString("day,x\n")
	for i := range 200 {
		fmt.Fprintf(&b, "%s,%d\n", fmt.Sprintf("2020-%02d-%02d", 1+i/28%12, 1+i%28), i%7)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := spec.Parse("", "test", fmt.Appendf(nil, "data: {source: %q, series: {}, target: 2}\n", path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Prepare(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	r, err := run.Prepare(t.Context(), f) // again: preparing leaves the experiment as it was
	if err != nil {
		t.Fatal(err)
	}
	text := resolved(t, r)
	for _, want := range []string{"  time: day\n", "    window: 14\n    horizon: 1\n    steps: 1\n    stride: 1\n",
		"    features: [x]\n    scale: zscore\n    window_scale: none\n    season: 7\n", "  target: x\n",
		"  by: time\n", "- flatten\n", "- dense: 1\n", "epochs: 1000\n", "metrics: [rmse, mae]\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the resolved experiment lacks %q:\n%s", want, text)
		}
	}
	if again := resolved(t, open(t, text)); again != text {
		t.Errorf("resolved twice:\n%s\nonce:\n%s", again, text)
	}
	// No two parts share a step, targets included.
	last := -1
	for i, part := range r.Parts {
		rows, p := part.(data.Subset).Rows, r.Problem.(*problem).all
		if begin := p.Begin(rows[0]); begin <= last {
			t.Errorf("part %d begins at step %d, the one before ends with %d", i, begin, last)
		}
		last = p.Origin(rows[len(rows)-1]) + p.Horizon
	}
	if r.Problem.About() != "x (1 step ahead)" || r.Fitted.Unit() != "window" {
		t.Errorf("%s, %s", r.Problem.About(), r.Fitted.Unit())
	}
}

// TestSeriesTwoTargets: columns of their own units, transforms and scores.
func TestSeriesTwoTargets(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	path := minutes(t, 300)
	_, result, p := trainSeries(t, path,
		`{data: {source: %q, series: {window: 6, features: [High, Open], targets: [Open, High],
			transform: {Open: log_return}}}, train: {epochs: 2}}`)
	out, text, _, err := p.predict(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || strings.Join(rows[0], " ") != "Time prediction(Open) prediction(High)" || len(rows) != 1+299-6+1 {
		t.Fatalf("%d rows %v %v", len(rows), rows[0], err)
	}
	src, err := find(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	read, err := src.Read()
	if err != nil {
		t.Fatal(err)
	}
	fitted := p.Fitted.(*Fitted)
	frame, err := fitted.frame(src, read)
	if err != nil {
		t.Fatal(err)
	}
	pr, err := fitted.on(frame)
	if err != nil {
		t.Fatal(err)
	}
	f, err := pr.Forecasts("network", data.Subset{Dataset: pr, Rows: data.Range(pr.Len())}, out[0].Rows(0, pr.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range f.Values {
		for k, y := range want {
			if got, err := strconv.ParseFloat(rows[1+i][1+k], 64); err != nil || math.Abs(got-y) > 1e-4 {
				t.Fatalf("row %d: %v, want %v", i, rows[1+i], want)
			}
		}
	}
	s := scores(t, &result.Report.Findings)
	if len(s) != 14 || s[0].Target != "Open" || s[7].Target != "High" || s[7].Name != "network" ||
		len(result.Report.Findings.Words) < 6 {
		t.Errorf("%+v", result.Report.Findings)
	}
	// The figure over both is the root of the mean of their squares.
	if want := math.Sqrt((s[0].RMSE*s[0].RMSE +
		s[7].RMSE*s[7].RMSE) / 2); math.Abs(result.Report.Test.Of("rmse")-want) > 1e-4*want {
		t.Errorf("rmse %v, want %v", result.Report.Test.Of("rmse"), want)
	}
}

// TestSeriesTruncated: a long window learns chunk by chunk where it foretells from every step; a model of
// whole windows learns nearly the same, and memory kept or computed again makes no difference.
func TestSeriesTruncated(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	path := minutes(t, 2000)
	rmse := map[string]float64{}
	for _, how := range []string{"", "truncate: 25", "recompute: true"} {
		_, result, _ := trainSeries(t, path, `{data: {source: %q, target: Open, series: {window: 100, stride: 10,
			features: [Open], every: true}},
			model: [{gru: {units: 8, return_sequences: true}}, {dense: 1}], train: {epochs: 25,
				optimizer: {adam: {learning_rate: 0.01}}, callbacks: [], `+how+`}}`)
		rmse[how] = result.Report.Test.Of("rmse")
		if b := scores(t, &result.Report.Findings); b[0].RMSE > b[1].RMSE {
			t.Errorf("%q: rmse %v, the last value's is %v", how, b[0].RMSE, b[1].RMSE)
		}
	}
	if a, b := rmse[""], rmse["recompute: true"]; math.Abs(a-b) > 1e-5*a {
		t.Errorf("recompute: rmse %v, kept %v", b, a)
	}
	if rmse["truncate: 25"] == rmse[""] {
		t.Error("truncate changes nothing")
	}
	_, err := prepare("e.yaml", fmt.Sprintf("{data: {source: %q, target: Open, series: {window: 100}}, train: "+
		"{truncate: 25}}", path))
	if err == nil || !strings.Contains(err.Error(),
		"train.truncate: 25, but a window is compared by its last step alone") {
		t.Errorf("%v", err)
	}
}

// TestSeriesApart: a test series in a file of its own is evaluated whole, by the scales of the learning file.
func TestSeriesApart(t *testing.T) {
	path, other := minutes(t, 300), minutes(t, 90)
	r, result, _ := trainSeries(t, path,
		`{data: {source: %q, test: {source: `+strconv.Quote(other)+`}, target: Open, series: {window: 10,
			transform: {Open: difference}}}, train: {epochs: 1}}`)
	if r.Rows(0) != 244 || r.Rows(1) != 34 || r.Rows(2) != 79 {
		t.Errorf("%d, %d, %d windows", r.Rows(0), r.Rows(1), r.Rows(2))
	}
	if n := scores(t, &result.Report.Findings)[0].N; n != 79 {
		t.Errorf("%d forecasts of the test file", n)
	}
	learn := r.Problem.(*problem).all.Fitted
	if r.Problem.(*problem).windows[task.Test].of.Fitted != learn {
		t.Error("the test file has scales of its own")
	}
}

// TestSeriesForecast: the first step of a recursive forecast is the forecast of the last window; stamps
// go on; networks that cannot go on say why.
func TestSeriesForecast(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	path := minutes(t, 300)
	_, _, p := trainSeries(t, path,
		`{data: {source: %q, target: Open, series: {window: 10, features: [Open], transform: {Open: log_return}}},
			train: {epochs: 1}}`)
	src, err := find(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.Forecast(t.Context(), src, 4)
	if err != nil {
		t.Fatal(err)
	}
	var ahead strings.Builder
	if err := f.WriteCSV(&ahead); err != nil {
		t.Fatal(err)
	}
	_, one, _, err := p.predict(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(one), "\n")
	got := strings.Split(strings.TrimSpace(ahead.String()), "\n")
	at, first, _ := strings.Cut(rows[len(rows)-1], ",")
	want, err := strconv.ParseFloat(first, 64)
	if err != nil {
		t.Fatal(err)
	}
	// The network sees one window here and all of them there: float32 rounds differently.
	if len(got) != 5 || got[0] != rows[0] || !strings.HasPrefix(got[1], at+",") ||
		!strings.HasPrefix(got[4], "2006-01-02 05:03,") ||
		math.Abs(f.Rows[0][1].(float64)-want) > 1e-5*want {
		t.Errorf("%q after %q", got, rows[len(rows)-1])
	}
	if s := f.Values; len(s) != 4 || len(s[0]) != 1 {
		t.Errorf("%v", s)
	}
	_, _, p = trainSeries(t, path, `{data: {source: %q, target: Open, series: {window: 10}}, train: {epochs: 1}}`)
	if _, err := p.Forecast(t.Context(), src, 4); err == nil ||
		!strings.Contains(err.Error(), "the feature High is no target, so its future is unknown") {
		t.Errorf("%v", err)
	}
	// Too little to see, and nothing to compare with.
	if _, _, _, err := p.predict(minutes(t, 9), nil); err == nil ||
		!strings.Contains(err.Error(), "minutes.csv: 9 steps, but the model sees 10 at a time") {
		t.Errorf("%v", err)
	}
	if out, _, _, err := p.predict(minutes(t, 10), nil); err != nil || !out[0].Shape.Equal([]int{1, 1}) {
		t.Errorf("%v", err)
	}
	if _, err := p.evaluate(minutes(t, 10), ""); err == nil ||
		err.Error() != "minutes.csv: 10 steps hold 1 window but not what follows; give at least 11" {
		t.Errorf("%v", err)
	}
}
