package postgres_test

import (
	"fmt"
	"os"
	"testing"

	"gorae/data"
	_ "gorae/data/drivers/postgres"
	"gorae/data/source"
)

// TestServer: values of a server's types, by a query, where GORAE_POSTGRES names a database that may be read:
// postgres://user@host/database. The values are those of the query itself.
func TestServer(t *testing.T) {
	path := os.Getenv("GORAE_POSTGRES")
	if path == "" {
		t.Skip("GORAE_POSTGRES is not set: no server to read from")
	}
	const query = `SELECT 1::int2 AS i, 9007199254740993::int8 AS large, 0.1::float4 AS f, 2.5::float8 AS d,
		12.50::numeric(9,2) AS price, 'NaN'::numeric AS nan, true AS b, '고래'::text AS word, 'x'::char(3) AS c,
		DATE '2024-02-29' AS day, TIMESTAMP '2024-02-29 23:59:58.5' AS at, TIMESTAMPTZ '2024-02-29 23:59:58+09' AS instant,
		'\xff'::bytea AS raw, NULL::int AS none, ARRAY[1,2] AS list
		UNION ALL SELECT 2, 1, 1, 1, 1, 1, false, '', '', DATE '2024-01-01', TIMESTAMP '2024-01-01', now(), '', 3, NULL`
	s, err := source.Open(path, source.Options{CSV: data.CSVOptions{Query: query}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"i": "1", "large": "9007199254740993", "f": "0.1", "d": "2.5",
		"price": "12.5", "nan": "", "b": "true", "word": "고래", "c": "x", "day": "2024-02-29",
		"at": "2024-02-29 23:59:58.5", "instant": "2024-02-29T14:59:58Z", "raw": "", "none": "", "list": "{1,2}"} {
		c, err := s.Table.Column(name)
		if err != nil {
			t.Error(err)
		} else if got := c.Text(0); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if _, err := source.Open(path+"?table=no_such_table", source.Options{}); err == nil {
		t.Error("a table that is not there was read")
	}
}

// A path of a server is one of the network, which an experiment opens only where that is allowed.
func Example() {
	_, err := source.Open("postgres://reader:secret@db/shop", source.Options{NoNetwork: true})
	fmt.Println(source.Remote("postgres://db/shop"), err != nil)
	// Output:
	// true true
}
