package run_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/run"
)

// TestAgain: the experiment that a run writes down, its default network and all, gives the same weights again, bit for
// bit: of a series (a line; a line and an LSTM, five times), and of pictures.
func TestAgain(t *testing.T) {
	var long strings.Builder
	long.WriteString("x\n")
	for i := range 1000 {
		fmt.Fprintf(&long, "%d\n", i*i%97)
	}
	dir := t.TempDir()
	series := write(t, filepath.Join(dir, "series.csv"), long.String())
	for name, text := range map[string]string{
		"line":    "data: {source: embed:airline, time: Month, series: {steps: 3}}\n",
		"several": "data: {source: " + series + ", series: {window: 5}}\n",
		"digits":  "data: {source: embed:digits, rows: 60}\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, first := fit(t, open(t, text+"train: {epochs: 1}\n"), filepath.Join(dir, name))
			written, err := os.ReadFile(filepath.Join(dir, name, run.ExperimentFile))
			if err != nil {
				t.Fatal(err)
			}
			again := strings.ReplaceAll(string(written), "../series.csv", series)
			_, second := fit(t, open(t, again), filepath.Join(dir, name+"-again"))
			for _, v := range first.Model.Store().Vars() {
				if w := second.Model.Store().Var(v.Path); w == nil || !sameBits(v.Value, w.Value) {
					t.Errorf("%s differs", v.Path)
				}
			}
		})
	}
}
