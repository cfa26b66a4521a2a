package safetensors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// object calls member at the value of each member of a JSON object, in order.
func object(text []byte, member func(name string, d *json.Decoder) error) error {
	d := json.NewDecoder(bytes.NewReader(text))
	t, err := d.Token()
	if err != nil || t != json.Delim('{') {
		return fmt.Errorf("is no JSON object")
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		if err := member(t.(string), d); err != nil { // keys of objects are texts
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("more follows behind the object")
	}
	return nil
}
