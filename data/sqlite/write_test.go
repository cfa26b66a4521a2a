package sqlite_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gorae/data/sqlite"

	"pgregory.net/rapid"
)

// TestWrite: what is written is read as it was, of any number of rows and with texts longer than a page.
func TestWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.Just[any](nil),
			rapid.Map(rapid.Int64(), func(v int64) any { return v }),
			rapid.Map(rapid.Float64(), func(v float64) any { return v }),
			rapid.Map(rapid.String(), func(s string) any { return s }),
			rapid.Map(rapid.IntRange(0, 20000), func(n int) any { return strings.Repeat("고래", n/6) }),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) any { return b }))
		rows := rapid.SliceOfN(rapid.SliceOfN(value, 3, 3), 0, 400).Draw(t, "rows")
		check(t, rows)
	})
}

// TestWriteMany: three levels of pages.
func TestWriteMany(t *testing.T) {
	rows := make([][]any, 120_000)
	for i := range rows {
		rows[i] = []any{int64(i), float64(i) / 7, fmt.Sprint("row ", i)}
	}
	check(t, rows)
}

type fatal interface{ Fatalf(string, ...any) }

func check(t fatal, rows [][]any) {
	var file bytes.Buffer
	err := sqlite.Write(&file, sqlite.Table{Name: "none", Columns: []string{"x"}},
		sqlite.Table{Name: "some", Columns: []string{"a", "b", "c"}, Rows: rows})
	if err != nil {
		t.Fatalf("%v", err)
	}
	i := 0
	err = sqlite.Rows(file.Bytes(), "some", func(row map[string]any) error {
		for k, c := range []string{"a", "b", "c"} {
			want := rows[i][k]
			if v, ok := want.(float64); ok && math.IsNaN(v) {
				want = nil
			}
			if b, ok := want.([]byte); ok && len(b) == 0 {
				want = row[c] // an empty one is as good as nil
			}
			if !reflect.DeepEqual(row[c], want) {
				return fmt.Errorf("row %d, %s: %v, want %v", i, c, row[c], want)
			}
		}
		i++
		return nil
	})
	if err != nil || i != len(rows) {
		t.Fatalf("%d of %d rows: %v", i, len(rows), err)
	}
	if err := sqlite.Rows(file.Bytes(), "none", func(map[string]any) error { return fmt.Errorf("a row") }); err != nil {
		t.Fatalf("an empty table: %v", err)
	}
}

// TestWriteIntegrity lets SQLite itself, as Python links it, check databases.
func TestWriteIntegrity(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import sqlite3").Run() != nil {
		t.Skip("no python3 with sqlite3")
	}
	for _, n := range []int{0, 1, 100, 3000, 100_000} {
		rows := make([][]any, n)
		sum := 0
		for i := range rows {
			rows[i] = []any{i * i * i * (1 - 2*(i%2)), float64(i) / 3, strings.Repeat("x", i*37%9000)}
			sum += i * i * i * (1 - 2*(i%2))
			if n > 5000 {
				rows[i][2] = "short"
			}
		}
		path := filepath.Join(t.TempDir(), "a.db")
		var file bytes.Buffer
		err := sqlite.Write(&file, sqlite.Table{Name: "t", Columns: []string{"a", "b", "c"}, Rows: rows})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, "-c", "import sqlite3,sys\nd=sqlite3.connect(sys.argv[1])\n"+
			"print(d.execute('pragma integrity_check').fetchone()[0],"+
			"*d.execute('select count(*), coalesce(sum(a),0) from t').fetchone())", path).CombinedOutput()
		if want := fmt.Sprintf("ok %d %d\n", n, sum); err != nil || string(out) != want {
			t.Errorf("%d rows: %s, %v; want %s", n, out, err, want)
		}
	}
}
