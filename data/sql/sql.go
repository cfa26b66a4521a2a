// Package sql reads the answers of databases as tables, through any driver of database/sql. The gorae program does not
// link it; a program that reads databases imports it and the packages of its drivers, such as data/drivers/postgres.
//
//	rows, err := db.QueryContext(ctx, "SELECT area, price FROM flats WHERE sold")
//	t, err := sql.Table(rows, "flats", data.CSVOptions{})
//
// With [Register] a driver serves paths of its own in experiment files, where the key query or table says what to read:
//
//	data: {source: "postgres://reader@db/shop", query: "SELECT area, price FROM flats", target: price}
//
// Values become what data.Rows makes of them: whole numbers, numbers and decimals are numbers, true and false words,
// times days or times; bytes are text where they are UTF-8, else missing. Decimals keep their digits.
package sql

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorae/data"
	"gorae/data/source"
	"gorae/internal/words"
)

// Register makes paths that begin with a prefix, such as postgres://, those of databases that a driver opens. Name
// returns what the driver calls the database of a path; nil: the path. Register panics if the prefix is taken.
func Register(prefix, driver string, name func(path string) string) {
	source.RegisterScheme(source.Scheme{Name: driver, Prefix: prefix, Network: true,
		Find: func(rest string, _ source.Options) (source.Found, error) {
			return source.Found{Name: shown(prefix + rest), Format: &source.Format{Name: driver, Title: "a database",
				Settings: []string{"columns", "missing", "types", "decimal", "thousands", "dates", "zone", "table",
					"query"},
				Reader: reader{driver, prefix + rest, name}}}, nil
		}})
}

// shown returns a path for messages, without a password.
func shown(path string) string {
	head, rest, ok := strings.Cut(path, "://")
	if at := strings.LastIndex(rest, "@"); ok && at >= 0 {
		user, _, _ := strings.Cut(rest[:at], ":")
		rest = user + rest[at:]
		path = head + "://" + rest
	}
	path, _, _ = strings.Cut(path, "?")
	return path
}

// reader reads from the database of a path.
type reader struct {
	driver, path string
	name         func(path string) string
}

// Read runs the query, or reads the table that is named.
func (r reader) Read(i *source.Info) (*data.Source, error) {
	o := i.CSV
	if i.Table != "" {
		o.Table = i.Table
	}
	query := o.Query
	switch {
	case query == "" && o.Table == "":
		return nil, fmt.Errorf("%s: a database; name a table of it or give a query, by %s or %s", i.Name,
			o.Setting("table"), o.Setting("query"))
	case query == "":
		query = "SELECT * FROM " + quoted(o.Table)
	}
	at := r.path
	if r.name != nil {
		at = r.name(at)
	}
	db, err := sql.Open(r.driver, at)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be opened: %s; check the path", i.Name, oneLine(err))
	}
	defer func() { _ = db.Close() }() // it was only read
	t, err := Query(context.Background(), db, i.Name, query, o)
	if err != nil {
		return nil, err
	}
	return &data.Source{Table: t}, nil
}

// quoted returns the name of a table as SQL has it, with its schema before a point.
func quoted(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		parts[i] = `"` + strings.ReplaceAll(p, `"`, `""`) + `"`
	}
	return strings.Join(parts, ".")
}

// oneLine returns an error in a line.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// Query runs a query that only reads and returns its answer. Name is the database's, for messages.
func Query(ctx context.Context, db *sql.DB, name, query string, o data.CSVOptions) (*data.Table, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %s; check the path and the network", name, oneLine(err))
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%s: the query: %s", name, oneLine(err))
	}
	defer func() { _ = rows.Close() }() // Table has found what is wrong
	return Table(rows, name, o)
}

// Table returns the rows of an answer as a table.
func Table(rows *sql.Rows, name string, o data.CSVOptions) (*data.Table, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, fmt.Errorf("%s: %s", name, oneLine(err))
	}
	t := &table{rows: data.NewRows(name, o), binary: make([]int, len(types))}
	for i, c := range types {
		t.kinds = append(t.kinds, strings.ToUpper(c.DatabaseTypeName()))
		if t.rows.Column(c.Name()) < i {
			return nil, fmt.Errorf("%s: two columns of the answer are named %q; name them apart with AS", name,
				c.Name())
		}
	}
	cells, at := make([]any, len(types)), make([]any, len(types))
	for i := range cells {
		at[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return nil, fmt.Errorf("%s: row %d: %s", name, t.rows.Len()+1, oneLine(err))
		}
		t.rows.Row(0)
		for i, v := range cells {
			if err := t.set(i, v); err != nil {
				return nil, err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: the answer ended after %s: %s", name, words.Plural(t.rows.Len(), "row"),
			oneLine(err))
	}
	for i, n := range t.binary {
		if n > 0 {
			t.rows.Guess(types[i].Name(), n, "", "%s that are no text, taken for missing",
				words.Count(n, "value of bytes", "values of bytes"))
		}
	}
	return t.rows.Table()
}

// table gathers an answer.
type table struct {
	rows   *data.Rows
	kinds  []string // the names of the columns' types in the database
	binary []int    // values that are bytes and no text
}

// decimals are types whose values drivers hand on as digits, and days those whose times are days; withoutZone are
// those whose times have no zone, whatever zone the driver gives them.
var (
	decimals    = []string{"NUMERIC", "DECIMAL", "NUMBER", "MONEY"}
	days        = []string{"DATE"}
	withoutZone = []string{"TIMESTAMP", "DATETIME", "DATETIME2"}
)

// set sets a cell to one of the values that a driver may give.
func (t *table) set(i int, v any) error {
	kind := t.kinds[i]
	if at := strings.IndexByte(kind, '('); at >= 0 {
		kind = strings.TrimSpace(kind[:at])
	}
	switch v := v.(type) {
	case nil:
		return t.rows.Missing(i)
	case int64:
		return t.rows.Int(i, v)
	case float64:
		if kind == "FLOAT4" || kind == "REAL4" {
			return t.rows.Float32(i, float32(v))
		}
		return t.rows.Number(i, v)
	case float32:
		return t.rows.Float32(i, v)
	case bool:
		return t.rows.Bool(i, v)
	case time.Time:
		switch {
		case slices.Contains(days, kind):
			return t.rows.Date(i, v)
		case slices.Contains(withoutZone, kind):
			return t.rows.Time(i, v)
		}
		return t.rows.Instant(i, v.UTC())
	case []byte:
		if slices.Contains(decimals, kind) {
			return t.digits(i, string(v))
		}
		if !utf8.Valid(v) {
			t.binary[i]++
			return t.rows.Missing(i)
		}
		return t.rows.Text(i, string(v))
	case string:
		if slices.Contains(decimals, kind) {
			return t.digits(i, v)
		}
		return t.rows.Text(i, strings.ToValidUTF8(v, "\ufffd"))
	}
	return t.rows.Text(i, fmt.Sprint(v))
}

// digits sets a cell to the digits of a decimal; what is none, such as NaN, is missing.
func (t *table) digits(i int, s string) error {
	if strings.Trim(s, "0123456789.-+eE") != "" || s == "" {
		return t.rows.Missing(i)
	}
	return t.rows.Digits(i, s)
}
