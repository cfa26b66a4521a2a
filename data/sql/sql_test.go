package sql

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"gorae/data"
	"gorae/data/source"
)

// answer is a driver whose databases give one answer, with columns of named types.
type answer struct {
	names, types []string
	rows         [][]driver.Value
	fails        error // behind the last row
}

func (a *answer) Open(string) (driver.Conn, error)        { return &conn{a}, nil }
func (a *answer) Columns() []string                       { return a.names }
func (a *answer) Close() error                            { return nil }
func (a *answer) ColumnTypeDatabaseTypeName(i int) string { return a.types[i] }

type conn struct{ *answer }

func (c *conn) Prepare(string) (driver.Stmt, error) { return &statement{c.answer}, nil }
func (c *conn) Begin() (driver.Tx, error)           { return c, nil }
func (c *conn) Commit() error                       { return nil }
func (c *conn) Rollback() error                     { return nil }
func (c *conn) BeginTx() (driver.Tx, error)         { return c, nil }

type statement struct{ *answer }

func (s *statement) NumInput() int                              { return 0 }
func (s *statement) Exec([]driver.Value) (driver.Result, error) { return nil, io.EOF }
func (s *statement) Query([]driver.Value) (driver.Rows, error)  { return &cursor{s.answer, 0}, nil }

type cursor struct {
	*answer
	at int
}

func (c *cursor) Next(out []driver.Value) error {
	if c.at == len(c.rows) {
		if c.fails != nil {
			return c.fails
		}
		return io.EOF
	}
	copy(out, c.rows[c.at])
	c.at++
	return nil
}

// table reads the answer.
func (a *answer) table(t *testing.T) (*data.Table, error) {
	t.Helper()
	name := "fake " + t.Name() + fmt.Sprint(len(sql.Drivers()))
	sql.Register(name, a)
	db, err := sql.Open(name, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	rows, err := db.Query("SELECT")
	if err != nil {
		t.Fatal(err)
	}
	return Table(rows, "f", data.CSVOptions{})
}

// TestValues: each value that a driver may give, by the type of its column.
func TestValues(t *testing.T) {
	at := time.Date(2024, 2, 29, 23, 30, 0, 5000, time.FixedZone("", 3600))
	a := &answer{
		names: []string{"i", "f", "f4", "b", "date", "stamp", "instant", "decimal", "text", "bytes", "money", "c"},
		types: []string{"INT8", "FLOAT8", "FLOAT4", "BOOL", "DATE", "TIMESTAMP", "TIMESTAMPTZ", "NUMERIC(10,2)", "TEXT",
			"BYTEA", "NUMERIC", "CHAR"},
		rows: [][]driver.Value{
			{int64(1), .5, float64(float32(.1)), true, at, at, at, "12.50", "a ", []byte("ok"),
				[]byte("NaN"), []byte("x")},
			{nil, nil, nil, nil, nil, nil, nil, nil, nil, []byte{0xff}, []byte("-3"), "y"},
			{int64(1) << 60, 1e300, 2., false, at, at, at, "7", "7", nil, nil, nil},
		},
	}
	tab, err := a.table(t)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"1||1152921504606846976", "0.5||1" + strings.Repeat("0", 300), "0.1||2",
		"true||false",
		"2024-02-29||2024-02-29", "2024-02-29 23:30:00.000005||2024-02-29 23:30:00.000005",
		"2024-02-29T22:30:00.000005Z||2024-02-29T22:30:00.000005Z", "12.5||7", "a||7", "ok||", "|-3|", "x|y|"} {
		c := &tab.Columns[i]
		if got := c.Text(0) + "|" + c.Text(1) + "|" + c.Text(2); got != want && !(i == 1 && c.Numbers[2] == 1e300) {
			t.Errorf("%s: %s, want %s", c.Name, got, want)
		}
	}
	if g := fmt.Sprint(tab.Guesses); !strings.Contains(g, "bytes: 1 value of bytes that are no text, taken for") {
		t.Error(g)
	}
}

// TestFails: an answer that ends in an error, and one with two columns of a name.
func TestFails(t *testing.T) {
	_, err := (&answer{names: []string{"a"}, types: []string{"INT"}, rows: [][]driver.Value{{int64(1)}},
		fails: fmt.Errorf("the server\nis gone")}).table(t)
	if err == nil || err.Error() != "f: the answer ended after 1 row: the server is gone" {
		t.Error(err)
	}
	_, err = (&answer{names: []string{"a", "a"}, types: []string{"INT", "INT"}}).table(t)
	if err == nil || err.Error() != `f: two columns of the answer are named "a"; name them apart with AS` {
		t.Error(err)
	}
	for path, want := range map[string]string{
		"postgres://me:secret@host/shop?x=1": "postgres://me@host/shop", "sqlite:a.db": "sqlite:a.db"} {
		if got := shown(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	Register("fake://", "no such driver", nil)
	if _, err := source.Open("fake://x", source.Options{CSV: data.CSVOptions{Query: "SELECT 1"}}); err == nil ||
		!strings.HasPrefix(err.Error(), "fake://x: cannot be opened: ") {
		t.Error(err)
	}
	if got := quoted(`sales.the "best"`); got != `"sales"."the ""best"""` {
		t.Error(got)
	}
}

// An answer becomes a table.
func ExampleTable() {
	sql.Register("example", &answer{names: []string{"area", "price"}, types: []string{"INT4", "NUMERIC"},
		rows: [][]driver.Value{{int64(40), "199.90"}, {int64(62), nil}}})
	db, err := sql.Open("example", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := db.Query("SELECT area, price FROM flats")
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := Table(rows, "flats", data.CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Columns[0].Numbers, t.Columns[1].Text(0))
	// Output:
	// [40 62] 199.9
}
