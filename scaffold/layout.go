package scaffold

import (
	"gorae/data"
	"gorae/data/source"
)

// layout settles what the file leaves open about its layout, and reads it anew where that changes the table.
func (d *Draft) layout(r Request, i *source.Info, src *data.Source) (*source.Info, *data.Source, error) {
	csv := i.CSV
	if comma := src.Table.OpenThousands(); comma != "" {
		csv.Decimal = "comma"
		d.set("data.decimal", "comma")
		d.because("data.decimal", "decimal commas stand in other columns: the points of %s part thousands", comma)
	}
	if total := src.Table.Total(); total != "" {
		csv.Totals = "skip"
		d.settings = append(d.settings, "data.totals=skip")
		d.because("data.totals", "the last row %s: it is no sample", total)
	}
	if csv.Decimal == i.CSV.Decimal && csv.Totals == i.CSV.Totals {
		return i, src, nil
	}
	again, err := Find(r.Source, r.Labels, r.AllowNetwork, r.Cache)
	if err != nil {
		return nil, nil, err
	}
	again.CSV = csv
	d.source = again
	src, err = again.Read()
	return again, src, err
}
