package prep

import "gorae/data"

// Records returns records of typed values, such as JSON objects, as a table that Apply and Dataset take: every column
// that features are made of must be a key of each record, with null where the value is missing; other keys, such as
// ids, are columns too. Numbers are taken as they are, never by way of text.
func (p *Pipeline) Records(records []map[string]any) (*data.Table, error) {
	return data.FromRecords(records, p.Needs())
}
