package diagnose_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/diagnose"
	"gorae/internal/file"
	"gorae/internal/file/filetest"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
)

// TestProve: a fault of the first weights is confirmed by a replay of the first steps, which is the same each time, and
// what the change would compare by another loss is left alone.
func TestProve(t *testing.T) {
	text := planted{model: dense("activation: relu, kernel_initializer: zeros")}.text("FILE")
	var first *diagnose.Proof
	for range 2 {
		d, of := diagnosis(t, rings(500, nil), text)
		if err := d.Prove(t.Context(), of); err != nil {
			t.Fatal(err)
		}
		p := d.Findings[0].Proof
		if p == nil || !p.Confirmed || p.With >= p.Without*0.95 || p.Steps != 50 || !strings.Contains(p.Words,
			"50 steps") {
			t.Fatalf("proof %+v of %s", p, d.Findings[0].Code)
		}
		if first != nil && *first != *p {
			t.Errorf("again: %+v, want %+v", p, first)
		}
		first = p
	}
	d, of := diagnosis(t, rings(500, nil), planted{train: "train: {epochs: 30, loss: " +
		"mean_squared_error}\n"}.text("FILE"))
	if err := d.Prove(t.Context(), of); err != nil {
		t.Fatal(err)
	}
	for _, f := range d.Findings {
		if f.Code == "network/wrong-loss" && f.Proof != nil {
			t.Errorf("losses of two kinds are compared: %+v", f.Proof)
		}
	}
}

// TestProveInfinite: a replay that fails without the change, and not with it, confirms it.
func TestProveInfinite(t *testing.T) {
	d, of := diagnosis(t, rings(300, nil), planted{train: "train: {epochs: 3, optimizer: {sgd: {learning_rate: " +
		"1e30}}}\n"}.
		text("FILE"))
	if err := d.Prove(t.Context(), of); err != nil {
		t.Fatal(err)
	}
	if p := d.Findings[0].Proof; p == nil || !p.Failed || p.FailedWith || !p.Confirmed {
		t.Errorf("proof %+v of %q", p, codes(d))
	}
}

// TestRepair: the change of the cause is kept, figures on validation and test samples rise, every try is in the record,
// and the improved experiment is one that can be read and has the change.
func TestRepair(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	_, of := diagnosis(t, rings(500, nil), planted{model: dense("activation: relu, kernel_initializer: " +
		"zeros")}.text("FILE"))
	said := 0
	r, err := diagnose.Repair(t.Context(), of, diagnose.RepairOptions{Seeds: 2, Attempts: 3, Random: true,
		Said: func(diagnose.Attempt) { said++ }})
	if err != nil {
		t.Fatal(err)
	}
	const want = "model[0].dense.kernel_initializer=glorot_uniform"
	if !slices.Contains(r.Change, want) || r.After < r.Before+0.3 || r.TestAfter == nil ||
		*r.TestAfter < *r.TestBefore+0.3 {
		t.Errorf("repair %+v", r)
	}
	if said != len(r.Attempts) || said == 0 || said > 3 || len(r.Attempts[0].Skills) != 2 {
		t.Errorf("%d attempts said, record %+v", said, r.Attempts)
	}
	if x := r.Random; x == nil || x.Trainings < 2*(said+1) || x.Beaten != (r.After > x.After) {
		t.Errorf("random %+v", r.Random)
	}
	dir := t.TempDir()
	if err := r.Write(dir); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, diagnose.RepairFile))
	if err != nil {
		t.Fatal(err)
	}
	fullDisk(t, dir, r)
	var again diagnose.Repaired
	if err := json.Unmarshal(b, &again); err != nil || len(again.Attempts) != said {
		t.Errorf("%v: %s", err, b)
	}
	f, err := run.Read(filepath.Join(dir, diagnose.RepairedFile))
	if err != nil {
		t.Fatal(err)
	}
	if got := spec.Flatten(&f.Experiment)["model[0].dense.kernel_initializer"]; got == "zeros" {
		t.Errorf("the experiment has %s", got)
	}
}

// TestRepairTest: what a repair finds, tries and keeps is the same whatever the test rows hold, be it copies of
// training rows, numbers without a meaning, or numbers far outside; only the figures at the end are other ones.
func TestRepairTest(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	for _, model := range []string{dense("activation: sigmoid, kernel_initializer: zeros"), network} {
		text := planted{model: model}.text("FILE")
		_, of := diagnosis(t, rings(400, nil), text)
		test := of.Numbers(task.Test)
		var first string
		var figures []float64
		var found []int
		for _, poison := range poisons(of) {
			d, of := diagnosis(t, rings(400, poison), text)
			if !slices.Equal(of.Numbers(task.Test), test) {
				t.Fatal("the parts are other ones")
			}
			r, err := diagnose.Repair(t.Context(), of, diagnose.RepairOptions{Seeds: 2, Random: true})
			if err != nil {
				t.Fatal(err)
			}
			found, figures = append(found, len(d.Findings)), append(figures, *r.TestBefore, *r.TestAfter)
			r.TestBefore, r.TestAfter, r.Random.TestAfter = nil, nil, nil
			b, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = string(b)
			}
			if string(b) != first {
				t.Errorf("the repair of %q is\n%s, want\n%s", codes(d), b, first)
			}
		}
		slices.Sort(figures)
		if len(slices.Compact(figures)) < 3 || slices.Min(found) == slices.Max(found) {
			t.Errorf("figures of the test rows %v; %d findings of diagnoses that look at them", figures, found)
		}
	}
}

// poisons are changes of the test rows of [rings].
func poisons(of *run.Trained) []func(i int, row []string) []string {
	test, seen := of.Numbers(task.Test), of.Numbers(task.Train)
	last := map[string][]string{} // training row of a class
	return []func(i int, row []string) []string{
		nil,
		func(i int, row []string) []string {
			if slices.Contains(test, i) {
				row[0], row[1], row[2], row[3] = row[3], row[2], row[1], row[0]
			}
			return row
		},
		func(i int, row []string) []string {
			if slices.Contains(test, i) {
				row[0], row[2] = "1"+row[2][len(row[2])-4:]+".5", "-88888.25"
			}
			return row
		},
		func(i int, row []string) []string {
			if slices.Contains(seen, i) {
				last[row[4]] = row
			} else if r := last[row[4]]; r != nil && slices.Contains(test, i) {
				return r
			}
			return row
		},
	}
}

// fullDisk: where an operation fails, as on a full disk, the error says so and what was written before stays as it was.
func fullDisk(t *testing.T, dir string, r *diagnose.Repaired) {
	t.Helper()
	before := map[string]string{}
	for _, name := range []string{diagnose.RepairFile, diagnose.RepairedFile} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		before[name] = string(b)
	}
	changed := *r
	changed.Seeds = 77
	for fail := 1; ; fail++ {
		disk := &filetest.Faulty{Fail: fail}
		undo := file.Through(disk)
		err := changed.Write(dir)
		undo()
		if disk.Failed() == "" {
			if err != nil || fail < 3 {
				t.Errorf("%d operations, %v", fail, err)
			}
			return
		}
		b, readErr := os.ReadFile(filepath.Join(dir, diagnose.RepairFile))
		again := diagnose.Repaired{}
		if readErr != nil || json.Unmarshal(b, &again) != nil || string(b) != before[diagnose.RepairFile] &&
			again.Seeds != 77 {
			t.Errorf("after %s: %v, %s", disk.Failed(), readErr, b)
		}
		if b, _ := os.ReadFile(filepath.Join(dir, diagnose.RepairedFile)); string(b) != before[diagnose.RepairedFile] {
			t.Errorf("after %s: %s", disk.Failed(), b)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".*.partial")); err != nil && len(left) > 1 {
			t.Errorf("after %s: left behind %q", disk.Failed(), left)
		}
	}
}

// TestIgnore: a code that the experiment ignores has no finding, and an unknown one is an error.
func TestIgnore(t *testing.T) {
	text := planted{model: dense("activation: linear")}.text("FILE")
	d, _ := diagnosis(t, rings(500, nil), text, "ignore=[network/linear-stack]")
	if slices.Contains(codes(d), "!network/linear-stack") || len(d.Ignored) != 1 {
		t.Errorf("findings %q", codes(d))
	}
}

// TestWrite: findings.json has the findings, their pictures lie beside it, and reading it gives the same.
func TestWrite(t *testing.T) {
	d, of := diagnosis(t, rings(500, nil), planted{model: dense("activation: relu, kernel_initializer: " +
		"zeros")}.text("FILE"))
	if err := d.Write(of.Dir); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(of.Dir, diagnose.File))
	if err != nil {
		t.Fatal(err)
	}
	var again diagnose.Diagnosis
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	if len(again.Findings) != len(d.Findings) || again.Findings[0].Code != "network/constant-init" ||
		len(again.Findings[0].Effects) == 0 || again.Findings[0].Picture == "" {
		t.Errorf("%s", b)
	}
	for _, ext := range []string{".png", ".svg"} {
		if st, err := os.Stat(filepath.Join(of.Dir, again.Findings[0].Picture+ext)); err != nil || st.Size() < 500 {
			t.Errorf("picture: %v", err)
		}
	}
}
