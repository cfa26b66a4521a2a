// Package fitted is the fitted preprocessing of tables. A program that imports it alone, and not package tabular, opens
// models of tables and predicts; it links nothing of what an experiment file can hold, nor of training.
package fitted

import (
	"encoding/json"

	"gorae/task"
	"gorae/task/supervised"
	"gorae/task/table"
)

// Name is the name of the task of tables.
const Name = "tabular"

func init() { task.RegisterFitted(Name, Restore) }

// Fitted is the fitted columns and targets of a table.
type Fitted struct{ *table.Fitted }

// Restore reads what a Fitted was written as.
func Restore(b json.RawMessage) (task.Fitted, error) {
	f, err := table.Restore(b)
	if err != nil {
		return nil, err
	}
	return supervised.Restored(b, &Fitted{f}, f.Targets)
}
