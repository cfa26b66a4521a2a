package prep

import (
	"encoding/json"
	"fmt"
)

// Record is all that a model carries of its data's preparation, as one JSON
// object, so that it takes raw rows or raw arrays. Exactly one of Table and Array
// is there.
type Record struct {
	Version int       `json:"version"` // 1
	Table   *Pipeline `json:"table,omitempty"`
	Array   *Affine   `json:"array,omitempty"`
	Target  *Target   `json:"target,omitempty"`
	Missing []string  `json:"missing,omitempty"` // marks of missing values besides the usual ones
}

// recordVersion changes when older programs would misread a record.
const recordVersion = 1

// MarshalJSON writes the record under the version that this program writes.
func (r Record) MarshalJSON() ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	type plain Record
	r.Version = recordVersion
	return json.Marshal(plain(r))
}

// UnmarshalJSON reads a record and refuses what it cannot have written.
func (r *Record) UnmarshalJSON(b []byte) error {
	type plain Record
	var q plain
	if err := json.Unmarshal(b, &q); err != nil {
		return err
	}
	if q.Version != recordVersion {
		return fmt.Errorf("preprocessing of version %d; this program reads version %d", q.Version, recordVersion)
	}
	if err := Record(q).check(); err != nil {
		return err
	}
	*r = Record(q)
	return nil
}

func (r Record) check() error {
	if (r.Table == nil) == (r.Array == nil) {
		return fmt.Errorf("preprocessing: exactly one of table and array is needed")
	}
	return nil
}
