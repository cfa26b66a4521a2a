// Package sqlite runs queries on SQLite databases, by the driver modernc.org/sqlite, which also merges what waits in a
// write-ahead log. The gorae program does not link it, as the driver adds 6.1 MB, and reads tables by package
// data/sqlite; a program that imports it reads paths that begin with sqlite: in an experiment:
//
//	data: {source: "sqlite:shop.sqlite", query: "SELECT * FROM orders JOIN countries ON code = country", target: days}
//
// The file is opened for reading alone. Values become what package data/sql says.
package sqlite

import (
	"net/url"
	"strings"

	_ "modernc.org/sqlite" // registers the driver sqlite

	"gorae/data/sql"
)

const prefix = "sqlite:"

func init() {
	sql.Register(prefix, "sqlite", func(path string) string {
		u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: strings.TrimPrefix(path, prefix)}).EscapedPath(),
			RawQuery: "mode=ro"}
		return u.String()
	})
}
