// Package all registers the formats of files that the gorae program reads beside those of package source, as importing
// the package of each does.
package all

import (
	_ "gorae/data/jsonl"
	_ "gorae/data/parquet"
	_ "gorae/data/sqlite"
	_ "gorae/data/xlsx"
)
