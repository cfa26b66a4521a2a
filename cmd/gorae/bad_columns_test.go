package main

import (
	"fmt"
	"strings"
	"testing"
)

// badColumns are mistakes in what an experiment says of columns: at least two for each transform. The table has the
// columns a (numbers from 0), b (numbers), c (words), d (dates) and y (classes).
var badColumns = []struct {
	name, features string
	want           []string
}{
	{"zscore of words", "{c: zscore}", []string{"bad.csv:2", `"u"`, "zscore needs numbers", "onehot"}},
	{"a word like zscore", "{a: zscroe}", []string{"data.features.a", `"zscroe"`, `did you mean "zscore"?`}},
	{"minmax of words", "{c: minmax}", []string{"bad.csv:2", "minmax needs numbers"}},
	{"a key of minmax", "{a: {scale: {minmax: {low: 0}}}}", []string{"scale.minmax.low", "unknown key"}},
	{"rescale of words", "{c: rescale}", []string{"bad.csv:2", "rescale needs numbers"}},
	{"two scales", "{a: {scale: [rescale, none]}}", []string{"data.features.a.scale"}},
	{"log of 0", "{a: log}", []string{"bad.csv:2", "0 is not above 0", "log1p"}},
	{"log and log1p", "{b: {scale: log, log1p: true}}", []string{"log1p", "leave log1p out"}},
	{"box_cox of 0", "{a: box_cox}", []string{"bad.csv:2", "box_cox", "yeo_johnson"}},
	{"box_cox of words", "{c: box_cox}", []string{"bad.csv:2", "box_cox needs numbers"}},
	{"yeo_johnson of words", "{c: yeo_johnson}", []string{"bad.csv:2", "yeo_johnson needs numbers"}},
	{"a λ of yeo_johnson", "{a: {scale: {yeo_johnson: {lambda: 1}}}}", []string{"lambda", "unknown key"}},
	{"an unknown distribution", "{a: {scale: {quantile: {output_distribution: normla}}}}",
		[]string{"quantile.output_distribution", "normal"}},
	{"one quantile", "{a: {scale: {quantile: {n_quantiles: 1}}}}", []string{"n_quantiles", "1", "2"}},
	{"robust of words", "{c: robust}", []string{"bad.csv:2", "robust needs numbers"}},
	{"a number for clip", "{a: {scale: {robust: {clip: 3}}}}", []string{"robust.clip", "3"}},
	{"log1p of words", "{c: log1p}", []string{"bad.csv:2", "needs numbers"}},
	{"log1p as a word", "{a: {log1p: maybe}}", []string{"data.features.a.log1p", "maybe"}},
	{"fences below 0", "{a: {fences: -1}}", []string{"data.features.a.fences", "-1"}},
	{"fences of words", "{c: {fences: 1.5}}", []string{"bad.csv:2", "needs numbers"}},
	{"winsorising half", "{a: {winsorize: 0.5}}", []string{"data.features.a.winsorize", "0.5"}},
	{"two limits", "{a: {winsorize: 0.1, fences: 2}}", []string{"fences and winsorize", "leave one out"}},
	{"an unknown mean", "{a: {impute: medain}}", []string{"impute", "medain", "median"}},
	{"a number that fills nothing", "{a: {fill: 3}}", []string{"fill", "impute: constant"}},
	{"one bin of piecewise", "{a: {piecewise: 1}}", []string{"piecewise", "2"}},
	{"piecewise of words", "{c: {piecewise: 4}}", []string{"bad.csv:2", "needs numbers"}},
	{"a spread of 0", "{a: {periodic: {sigma: 0}}}", []string{"periodic.sigma"}},
	{"periodic of words", "{c: {periodic: true}}", []string{"bad.csv:2", "needs numbers"}},
	{"an indicator of an indicator", "{a: {encode: indicator, indicator: true}}",
		[]string{"indicator", "leave one out"}},
	{"an indicator of a number", "{a: {indicator: 2}}", []string{"data.features.a.indicator", "2"}},
	{"onehot and a scale", "{c: {encode: onehot, scale: zscore}}", []string{"encode", "which are for numbers"}},
	{"a frequency below 0", "{c: {encode: {onehot: {min_frequency: -1}}}}", []string{"onehot.min_frequency", "-1"}},
	{"no category", "{c: {encode: {integer: {max_categories: 0}}}}", []string{"integer.max_categories", "0"}},
	{"a missing integer", "{c: {encode: integer, missing: true}}", []string{"missing", "encode: onehot"}},
	{"smoothing below 0", "{c: {encode: {target: {smooth: -2}}}}", []string{"target.smooth", "-2"}},
	{"one fold", "{c: {encode: {target: {cv: 1}}}}", []string{"target.cv", "1"}},
	{"no bucket", "{c: {encode: {hash: 0}}}", []string{"hash.n_features", "0"}},
	{"too many buckets", "{c: {encode: {hash: 9999999}}}", []string{"hash.n_features", "9999999"}},
	{"an unknown strategy", "{a: {encode: {bins: {strategy: kmeans}}}}", []string{"bins.strategy", "quantile"}},
	{"bins of words", "{c: {encode: bins}}", []string{"bad.csv:2", "needs numbers"}},
	{"a calendar of words", "{c: calendar}", []string{"bad.csv:2", `"u"`, "2006-01-02"}},
	{"a part that is none", "{d: {encode: {calendar: {parts: [monht]}}}}", []string{"calendar.parts", "month"}},
	{"a holiday that is none", "{d: {encode: {calendar: {holidays: [12-45]}}}}",
		[]string{"holidays", "12-45", "12-25"}},
	{"a calendar of numbers", "{b: calendar}", []string{"bad.csv:2", "calendar needs dates", "zscore"}},
	{"a cross of nothing", "{x: {cross: [c, e]}}", []string{"data.features.x.cross", `no column "e"`}},
	{"a cross of one", "{x: {cross: [c]}}", []string{"data.features.x.cross", "name two or more"}},
	{"a cross with the target", "{x: {cross: [c, y]}}", []string{"data.features.x.cross", "y is the target"}},
	{"a cross that is a column", "{a: {cross: [c, d]}}", []string{"data.features.a.cross", "a name of its own"}},
	{"a scaled cross", "{x: {cross: [c, d], scale: zscore}}", []string{"data.features.x.cross", "hash"}},
	{"text and a scale", "{c: {text: true, scale: none}}", []string{"text", "no other transform"}},
	{"a key of text", "{c: {text: {lenght: 3}}}", []string{"text.lenght", `did you mean "length"?`}},
	{"dropped and scaled", "{a: {drop: true, scale: none}}", []string{"drop", "no other transform"}},
	{"everything dropped", "{a: drop, b: drop, c: drop, d: drop}",
		[]string{"data.features", "dropped", "at least one"}},
	{"a column that is not there", "{e: zscore}", []string{"data.features.e", `no column "e"`}},
}

// TestBadColumns: one line with the place, the value and a remedy for each mistake about columns and their transforms.
func TestBadColumns(t *testing.T) {
	t.Chdir(t.TempDir())
	var rows strings.Builder
	rows.WriteString("a,b,c,d,y\n")
	for i := range 24 {
		fmt.Fprintf(&rows, "%d,%d.5,%c,2024-01-%02d,%s\n", i, i*i%7, 'u'+i%3, i+1, []string{"no", "yes"}[i*i%5%2])
	}
	put(t, "bad.csv", rows.String())
	split := "\nsplit: {validation: 0.2, test: 0.2, by: time}\ntrain: {epochs: 1}\n"
	check := func(name, data string, want []string) {
		t.Run(name, func(t *testing.T) {
			put(t, "bad.yaml", "data: {source: bad.csv, target: y, time: d, "+data+"}"+split)
			stdout, stderr, status := gorae("", "train", "bad.yaml", "--out", "run", "--quiet")
			if status != statusFailed || !strings.HasPrefix(stderr, "gorae: ") || strings.Count(stderr, "\n") != 1 ||
				stdout != "" {
				t.Errorf("status %d, not one line: %q, and on stdout %q", status, stderr, stdout)
			}
			for _, w := range want {
				if !strings.Contains(stderr, w) {
					t.Errorf("%q\nlacks %q", stderr, w)
				}
			}
		})
	}
	for _, c := range badColumns {
		check(c.name, "features: "+c.features, c.want)
	}
	check("an unknown scale of all", "features: zscores", []string{"data.features", "zscores", `"zscore"`})
	check("a scale of the target that is none", "target_scale: quantil", []string{"data.target_scale", "quantile"})
	put(t, "bad.csv", strings.NewReplacer(",no\n", ",0\n", ",yes\n", ",3.5\n").Replace(rows.String()))
	check("the logarithm of a target of 0", "task: regression, target_scale: log",
		[]string{"bad.csv:2", "0 is not above 0", "yeo_johnson"})
	check("box_cox of a target of 0", "task: regression, target_scale: box_cox", []string{"bad.csv:2", "box_cox"})
}
