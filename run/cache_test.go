package run_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/data"
	"gorae/internal/arrayfile"
	"gorae/internal/par"
	"gorae/run"
	"gorae/spec"
)

// mixed is a table of numbers, categories and dates with missing values, and a target of numbers and one of classes.
func mixed(rows int) string {
	var b strings.Builder
	b.WriteString("id,shop,day,price,grade,size,note,paid,amount\n")
	for i := range rows {
		price := fmt.Sprintf("%.2f", 3+float64(i*i%997)/7)
		if i%11 == 0 {
			price = "NA"
		}
		fmt.Fprintf(&b, "%d,shop %d,2024-%02d-%02d,%s,%s,%d,n%d,%s,%.3f\n", 100+i, i*i%7, 1+i%12, 1+i%28, price,
			[]string{"a", "b", "", "d"}[i*7%4], i%5, i*i*31%100003, []string{"yes", "no"}[(i*i/3+i)%2],
			float64(i*i%31)+float64(i%5)*2.5)
	}
	return b.String()
}

// A training on a table of a cache ends with the very files of one in memory, on one thread and on two, when the table
// is read, when it is opened again, and where its prepared rows are read from a file in small windows.
func TestCache(t *testing.T) {
	if !arrayfile.Supported() {
		t.Skip("no files are mapped here")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.csv"), []byte(mixed(700)), 0o600); err != nil {
		t.Fatal(err)
	}
	defer par.SetDefault(par.Default())
	for _, about := range []string{
		"data: {source: t.csv, target: amount}\nmodel: [{dense: {units: 8, activation: relu}}, {dropout: 0.2}, " +
			"{dense: 1}]\ntrain: {epochs: 3, batch_size: 16}\n",
		"data: {source: t.csv, target: paid, features: {price: {impute: median}, size: onehot, note: drop, shop: " +
			"integer}, sample_weight: id}\ntrain: {ensemble: {networks: 2}, epochs: 2, batch_size: 32}\n",
		"data: {source: t.csv, target: amount, inputs: {where: [shop, grade], what: [price, size]}, rows: 500}\n" +
			"split: {by: time}\ntrain: {epochs: 2}\n",
	} {
		results := map[string]string{}
		for _, how := range []struct {
			name            string
			cache           *data.Cache
			threads, window int
		}{{"memory", nil, 1, 0}, {"cache", &data.Cache{Dir: filepath.Join(dir, "cache")}, 1, 16 * 40},
			{"opened", &data.Cache{Dir: filepath.Join(dir, "cache")}, 2, 1 << 20}} {
			func() {
				defer arrayfile.Tune(1, 0, how.window)()
				par.SetDefault(par.New(how.threads))
				f, err := spec.Parse(filepath.Join(dir, "experiment.yaml"), "test", []byte(about))
				if err != nil {
					t.Fatal(err)
				}
				if f.Cache = how.cache; f.Cache != nil {
					f.Cache.Say = func(s string) { t.Error(s) }
				}
				p, err := run.Prepare(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				out := filepath.Join(t.TempDir(), "run")
				if _, err := run.Run(t.Context(), p, run.Options{Out: out}); err != nil {
					t.Fatal(err)
				}
				all := strings.Join(p.Notes, "\n") + fmt.Sprint(p.Guesses)
				for _, name := range []string{run.ModelFile, run.InputsFile, run.ExperimentFile, "rows.bin",
					"looks.json"} {
					b, err := os.ReadFile(filepath.Join(out, name))
					if err != nil {
						t.Fatal(err)
					}
					all += string(b)
				}
				results[how.name] = all
			}()
		}
		for name, all := range results {
			if all != results["memory"] {
				t.Errorf("%s\n%s: the files of the run differ from those of one in memory", about, name)
			}
		}
	}
	kept, err := filepath.Glob(filepath.Join(dir, "cache", "*.columns"))
	if err != nil || len(kept) == 0 {
		t.Errorf("no table is kept: %v", err)
	}
}
