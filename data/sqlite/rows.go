package sqlite

import (
	"fmt"
	"strings"
)

// Rows calls see with each row of a table as it is stored, by the names of its columns: int64, float64, string, []byte
// or nil. The values are valid during the call.
func Rows(file []byte, name string, see func(row map[string]any) error) error {
	db, err := open(file)
	if err != nil {
		return err
	}
	all, err := db.tables()
	if err != nil {
		return err
	}
	for _, t := range all {
		if !strings.EqualFold(t.name, name) {
			continue
		}
		if err := t.unreadable(); err != nil {
			return err
		}
		row := map[string]any{}
		return db.walk(t, func(rowid int64, r *record) error {
			for _, c := range t.columns {
				switch row[c.name] = nil; { // of a column that is computed
				case c.rowid:
					row[c.name] = rowid
				case c.stored >= 0:
					row[c.name] = db.plain(r.value(c.stored, c.fallback))
				}
			}
			return see(row)
		})
	}
	return fmt.Errorf("no table %q", name)
}

// plain returns a value in a type of Go.
func (d *database) plain(v value) any {
	switch v.kind {
	case integer:
		return v.i
	case real:
		return v.f
	case text:
		return v.s + d.text(v.b)
	case blob:
		return v.b
	}
	return nil
}
