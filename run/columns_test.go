package run_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/run"
	"gorae/tensor"
)

// npzOf writes arrays by name, of numbers or of text as NumPy's U, into an .npz file. A nil is left out.
func npzOf(t *testing.T, path string, arrays ...any) string {
	t.Helper()
	var all bytes.Buffer
	z := zip.NewWriter(&all)
	for i := 0; i < len(arrays); i += 2 {
		var b bytes.Buffer
		switch x := arrays[i+1].(type) {
		case nil:
			continue
		case *tensor.Tensor:
			if err := tensor.WriteNPY(&b, x); err != nil {
				t.Fatal(err)
			}
		case []string:
			head := fmt.Sprintf("{'descr': '<U16', 'fortran_order': False, 'shape': (%d,)}", len(x))
			b.WriteString("\x93NUMPY\x01\x00" + string([]byte{byte(len(head)), 0}) + head)
			for _, s := range x {
				var runes [16]uint32
				for k, r := range []rune(s) {
					runes[k] = uint32(r)
				}
				if err := binary.Write(&b, binary.LittleEndian, runes); err != nil {
					t.Fatal(err)
				}
			}
		}
		w, err := z.Create(arrays[i].(string) + ".npy")
		if err == nil {
			_, err = w.Write(b.Bytes())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, all.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// A model that learnt from a table takes its columns as arrays too, to the same predictions and metrics; what is
// missing, too short or of another kind is named.
func TestColumnsFromNPZ(t *testing.T) {
	dir := t.TempDir()
	var csv strings.Builder
	csv.WriteString("id,Age,Sex,grade,y\n")
	const n = 60
	age, grade, id, y := tensor.New(tensor.Float32, n), tensor.New(tensor.Float32, n, 1), tensor.New(tensor.Int32, n),
		make([]string, n)
	sex := make([]string, n)
	for i := range n {
		age.F32[i], grade.F32[i], id.I32[i] = float32(i%37)+0.1, []float32{0.1, 0.2, 0.3}[i%3], int32(i)
		sex[i], y[i] = []string{"남", "여"}[i/2%2], []string{"no", "yes"}[i*7/5%2]
		text := fmt.Sprint(age.F32[i])
		if i%11 == 0 {
			sex[i] = ""
		}
		fmt.Fprintf(&csv, "%d,%s,%s,%v,%s\n", i, text, sex[i], grade.F32[i], y[i])
	}
	table := filepath.Join(dir, "t.csv")
	if err := os.WriteFile(table, []byte(csv.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	r := open(t, fmt.Sprintf("data: {source: %q, target: y, features: {Age: zscore, Sex: onehot, grade: "+
		"onehot}}\nmodel: [dense: {units: 1, activation: sigmoid}]\ntrain: {epochs: 2}\n", table))
	out := filepath.Join(dir, "run")
	if _, err := run.Run(t.Context(), r, run.Options{Out: out}); err != nil {
		t.Fatal(err)
	}
	p := load(t, filepath.Join(out, run.ModelFile))
	evaluate := func(path string) (string, error) {
		said, err := p.predict(path, nil)
		if err != nil {
			return "", err
		}
		f, err := p.evaluate(path, "", "")
		if err != nil {
			return "", err
		}
		return fmt.Sprint(said.csv, f.Metrics), nil
	}
	want, err := evaluate(table)
	if err != nil {
		t.Fatal(err)
	}
	for name, arrays := range map[string][]any{
		"in another order, more beside": {"y", y, "Sex", sex, "more", sex, "Age", age, "odd",
			tensor.New(tensor.Float32, 3, 2), "id", id, "grade", grade},
		"as they stand in the table": {"id", id, "Age", age, "Sex", sex, "grade", grade, "y", y},
	} {
		if got, err := evaluate(npzOf(t, filepath.Join(dir, "a.npz"), arrays...)); err != nil || got != want {
			t.Errorf("%s: error %v, got\n%s\nwant\n%s", name, err, got, want)
		}
	}
	for _, c := range []struct {
		want   string
		arrays []any
	}{
		{`a.npz: no array "Age", a column that the model was fitted with; did you mean "age"?`,
			[]any{"age", age, "Sex", sex, "grade", grade}},
		{`a.npz: no array "grade", a column that the model was fitted with; there are Age, Sex`,
			[]any{"Age", age, "Sex", sex}},
		{`a.npz: array "Sex" has 59 values where "Age" has 60; columns are equally long`,
			[]any{"Age", age, "Sex", sex[1:], "grade", grade, "y", y}},
		{`a.npz: array "y" has 58 values where "Age" has 60; columns are equally long`,
			[]any{"Age", age, "Sex", sex, "grade", grade, "y", y[2:]}},
		{`a.npz: array "Age" has shape (60, 2); a column is one number or text a row: (rows,) or (rows, 1)`,
			[]any{"Age", tensor.New(tensor.Float32, n, 2), "Sex", sex, "grade", grade}},
		{`a.npz: array "Sex" holds numbers where the model was fitted with text such as 남, 여; save it as an array of text`, []any{"Age", age, "Sex", id, "grade", grade}},
		{`a.npz: row 1: Age: "no" is no number; the model was fitted with numbers`,
			[]any{"Age", y, "Sex", sex, "grade", grade}},
		{`target: a.npz: no column "y"`, []any{"Age", age, "Sex", sex, "grade", grade}},
		{`no rows`, []any{"Age", tensor.New(tensor.Float32, 0), "Sex", []string{}, "grade",
			tensor.New(tensor.Float32, 0)}},
	} {
		if _, err := evaluate(npzOf(t, filepath.Join(dir, "a.npz"), c.arrays...)); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	// Samples under the name x go to the network as they did.
	x := tensor.New(tensor.Float32, 2, len(tableOf(r.Fitted).Pipeline.FeatureNames()))
	for i := range x.F32 {
		x.F32[i] = float32(i%7) - 3
	}
	said, err := p.predict(npzOf(t, filepath.Join(dir, "x.npz"), "x", x, "about", []string{"a"}), nil)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := p.Model.Predict(t.Context(), x)
	if err != nil || !slices.Equal(said.out[0].F32, raw[0].F32) {
		t.Errorf("%v, of the network %v, error %v", said.out, raw, err)
	}
	// Text in place of labels is still refused.
	if _, err := p.predict(npzOf(t, filepath.Join(dir, "x.npz"), "x", x, "y", []string{"a", "b"}), nil); err == nil ||
		!strings.Contains(err.Error(), "save class numbers as int32") {
		t.Errorf("error %v", err)
	}
}

// So does a model of a series.
func TestSeriesFromNPZ(t *testing.T) {
	const n = 120
	var csv strings.Builder
	csv.WriteString("when,a,b\n")
	when, a, b := make([]string, n), tensor.New(tensor.Float32, n), tensor.New(tensor.Int32, n)
	for i := range n {
		when[i] = fmt.Sprintf("2006-01-02 %02d:%02d", i/60, i%60)
		a.F32[i], b.I32[i] = float32(i*i%17)+0.1, int32(i*i%13)
		fmt.Fprintf(&csv, "%s,%v,%d\n", when[i], a.F32[i], b.I32[i])
	}
	table := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(table, []byte(csv.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	r := open(t, fmt.Sprintf("data: {source: %q, time: when, series: {window: 6, targets: [a]}}\nmodel: [flatten, "+
		"dense: 1]\ntrain: {epochs: 1}\n", table))
	_, p := fit(t, r, filepath.Join(t.TempDir(), "run"))
	evaluate := func(path string) (string, error) {
		f, err := p.evaluate(path, "", "")
		if err != nil {
			return "", err
		}
		return fmt.Sprint(f.Metrics), nil
	}
	want, err := evaluate(table)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "s.npz")
	if got, err := evaluate(npzOf(t, path, "b", b, "a", a, "when", when)); err != nil || got != want {
		t.Errorf("got %s, error %v; want %s", got, err, want)
	}
	for want, arrays := range map[string][]any{
		`s.npz: no array "when", a column that the model was fitted with; there are a, b`: {"a", a, "b", b},
		`s.npz: array "b" has 119 values where "when" has 120; columns are equally long`: {"a", a, "b", b.Rows(1, n),
			"when", when},
		`s.npz: array "a" has shape (60, 2); a column is one number or text a row`: {"a",
			tensor.New(tensor.Float32, n/2, 2), "b", b, "when", when},
	} {
		if _, err := evaluate(npzOf(t, path, arrays...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
