package keras

import (
	"encoding/json"
	"errors"
	"fmt"

	"gorae/config"
	"gorae/internal/words"
	"gorae/model"
)

// configOf is the content of config.json: the model's configuration with the numbers of shared layers, and the layers
// of functional models in Keras's order.
func configOf(m *model.Model, shared *model.Sharing) (config.Map, error) {
	c, err := shared.Config(m)
	if err != nil {
		return nil, err
	}
	return c, adapt(c)
}

// adapt changes a model's configuration in place.
func adapt(c config.Map) error {
	class, _ := c.Get("class_name").(string)
	body, ok := c.Get("config").(config.Map)
	if !ok {
		return fmt.Errorf("the model's configuration has no config")
	}
	layers, _ := body.Get("layers").([]any)
	byName := map[string]any{}
	for i, v := range layers {
		l, ok := v.(config.Map)
		if !ok {
			return fmt.Errorf("layers[%d] is no layer", i)
		}
		class, _ := l.Get("class_name").(string)
		if isModel(class) {
			if err := adapt(l); err != nil {
				return err
			}
		}
		inner, _ := l.Get("config").(config.Map)
		if class == "Hashing" && inner.Get("output_mode") == "int" { // Keras refuses numbers of another type
			l.Set("config", inner.Set("dtype", "int64"))
		}
		for _, e := range inner { // models within layers, as in TimeDistributed
			c, ok := e.Value.(config.Map)
			if class, _ := c.Get("class_name").(string); ok && isModel(class) {
				if err := adapt(c); err != nil {
					return err
				}
			}
		}
		byName[layerName(l.Plain())] = l
	}
	if class == "Sequential" {
		return nil
	}
	names, err := kerasOrder(body.Plain())
	if err != nil {
		return err
	}
	if len(names) != len(layers) {
		return fmt.Errorf("%d of %d layers lead to an output", len(names), len(layers))
	}
	for i, n := range names {
		layers[i] = byName[n]
	}
	return nil
}

// Config returns a model's configuration as config.json has it: what Keras's model.to_json gives and
// keras.models.model_from_json reads. The model need not be built.
func Config(m *model.Model) ([]byte, error) {
	c, err := configOf(m, model.SharedBy(m))
	if err == nil {
		var text []byte
		if text, err = json.Marshal(c); err == nil {
			return text, nil
		}
	}
	return nil, fmt.Errorf("keras: %w", err)
}

// FromConfig builds a model of a configuration as Keras's model.to_json gives it, of any version of Keras, with first
// weights.
func FromConfig(text []byte) (_ *model.Model, err error) {
	defer words.Printable(&err)
	var head struct {
		Version string `json:"keras_version"`
		Backend string `json:"backend"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("keras: is no JSON object: %w", err)
	}
	from := origin{head.Version, head.Backend}
	if from.version != "" && from.before(3) {
		today, err := from.today(string(text))
		if err != nil {
			return nil, fmt.Errorf("keras: %w", err)
		}
		text = []byte(today)
	}
	rd := reading{&model.Sharing{}, seen{}, refuseTexts}
	m, _, _, err := rd.config(text, from.before(3), func(string) ([]byte, error) {
		return nil, errors.New("it is not in the file; save the model as .keras")
	})
	if err == nil {
		err = m.Build(0)
	}
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	return m, nil
}
