package run_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"gorae/data/series"
	"gorae/run"
)

// checkBaselines holds the baselines of an example's series against numpy's, whatever the network has learnt;
// testdata/baselines.py made them.
func checkBaselines(t *testing.T, name string, p *run.Prepared, r *run.Report) {
	t.Helper()
	b, err := os.ReadFile("testdata/baselines.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]map[string][3]float64 // rmse, mae, n by example and forecast
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	want := all[name]
	if p.Task.Name() != "series" && want == nil {
		return
	}
	scores, _ := r.Findings.Sections["baselines"].([]series.Score)
	if len(scores) != len(want)+3 || scores[0].Name != "network" {
		t.Fatalf("%+v, want the network, %v, and exponential smoothing twice", scores, want)
	}
	for _, s := range scores[1:] {
		w, ok := want[s.Name]
		if !ok && (s.Name == "exponential smoothing" || strings.HasPrefix(s.Name, "Holt")) {
			continue // package stat holds these against statsmodels
		}
		if !ok || math.Abs(s.RMSE-w[0]) > 1e-4*w[0] || math.Abs(s.MAE-w[1]) > 1e-4*w[1] || float64(s.N) != w[2] {
			t.Errorf("%s: %+v, numpy has %v", s.Name, s, w)
		}
	}
	if net := scores[0].RMSE; math.Abs(net-r.Test.Of("rmse")) > 1e-4*net {
		t.Errorf("the network's rmse is %v in the table, %v among the metrics", net, r.Test.Of("rmse"))
	}
}
