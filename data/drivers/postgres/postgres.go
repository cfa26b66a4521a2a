// Package postgres reads tables and queries of PostgreSQL databases, by the driver pgx. The gorae program does not link
// it: a program that imports it, beside what it needs of gorae, reads paths such as
//
//	postgres://reader@db.example/shop
//
// in an experiment, where the key table or query says what to read. Such a path lies outside of the machine's files;
// gorae's own words for that, --allow-network and NoNetwork, hold for it. Values become what package data/sql says.
package postgres

import (
	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver pgx

	"gorae/data/sql"
)

func init() {
	sql.Register("postgres://", "pgx", nil)
	sql.Register("postgresql://", "pgx", nil)
}
