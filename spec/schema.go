package spec

import (
	"bytes"
	"encoding/json"
	"io"

	"gorae/config"
)

// Schema returns the JSON Schema (draft 2020-12) of an experiment file, made from the tags of all sections and of the
// layers, losses, metrics, optimizers, callbacks and initializers that are registered. It accepts what Parse reads, as
// far as that depends on neither data nor shapes nor on other keys: see [config.IsSchema].
func Schema() config.Map {
	s := config.Schema(&Experiment{})
	return append(config.Map{s[0], {Key: "title", Value: "gorae experiment"}}, s[1:]...)
}

// WriteSchema writes the Schema as indented JSON.
func WriteSchema(w io.Writer) error {
	b, err := json.Marshal(Schema())
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err = w.Write(out.Bytes())
	return err
}
