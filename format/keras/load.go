package keras

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"gorae/config"
	"gorae/format"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/model"
	"gorae/weight"
)

// Load reads a .keras file of size bytes: the main model, built, and the members that are not
// Keras's own. [LoadAll] reads further models too, and models that begin with layers on strings.
//
// Errors name the member and the place in it. Memory stays in proportion to the size of the
// file, whatever it claims.
func Load(r io.ReaderAt, size int64) (_ *model.Model, _ []Member, err error) {
	defer words.Printable(&err)
	f, err := load(r, size, refuseTexts)
	if err != nil {
		return nil, nil, fmt.Errorf("keras: %w", err)
	}
	return f.Model, f.Members, nil
}

// LoadAll reads everything that a .keras file of size bytes holds.
func LoadAll(r io.ReaderAt, size int64) (_ *format.File, err error) {
	defer words.Printable(&err)
	f, err := load(r, size, takeTexts)
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	return f, nil
}

// load reads everything that a file holds.
func load(r io.ReaderAt, size int64, texts textTaker) (*format.File, error) {
	rd := reading{&model.Sharing{}, seen{}, texts}
	f, err := rd.archive(r, size)
	if err == nil {
		err = rd.takeFurther(f)
	}
	return f, err
}

// reading reads the models of one file, one after the other.
type reading struct {
	shared *model.Sharing
	seen   seen
	texts  textTaker
}

// textTaker takes the layers on strings out of the configuration of a main model. Programs that read models of numbers
// alone link none of these layers.
type textTaker func(cfg map[string]any, vocabulary func(member string) ([]byte, error)) ([]format.TextInput, error)

// refuseTexts returns an error for a model with an input of strings.
func refuseTexts(cfg map[string]any, _ func(string) ([]byte, error)) ([]format.TextInput, error) {
	body, _ := cfg["config"].(map[string]any)
	layers, _ := body["layers"].([]any)
	for _, v := range layers {
		l, _ := v.(map[string]any)
		if c, _ := l["config"].(map[string]any); l["class_name"] == "InputLayer" && c["dtype"] == "string" {
			return nil, config.Errorf("", "the model takes texts, by input %q", layerName(l)).
				Fix("read it by LoadAll, which gives the layers on texts beside the network").Coded(config.Unsupported)
		}
	}
	return nil, nil
}

// archive reads the main model of an archive; further models stay members.
func (rd reading) archive(r io.ReaderAt, size int64) (*format.File, error) {
	a, err := open(r, size)
	if err == errHDF5 {
		return rd.legacy(r, size)
	}
	if err != nil {
		return nil, err
	}
	text, err := a.bytes(configName, maxConfig)
	if err != nil {
		return nil, err
	}
	m, all, texts, err := rd.config(text, a.beforeKeras3(), func(member string) ([]byte, error) {
		return a.bytes(member, a.left)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", configName, err)
	}
	if err := rd.weights(a, m, all); err != nil {
		return nil, err
	}
	file := &format.File{Model: m, Texts: texts}
	for _, f := range a.files {
		if n := f.Name; n == metadataName || n == configName || n == weightsName || strings.HasSuffix(n, "/") ||
			len(texts) > 0 && strings.HasPrefix(n, assets) { // which the layers on strings hold
			continue
		}
		data, err := a.bytes(f.Name, a.left)
		if err != nil {
			return nil, err
		}
		file.Members = append(file.Members, Member{Name: f.Name, Data: data})
	}
	return file, nil
}

// ReadMember reads one member of a .keras file of size bytes, without its models. A member that is not there is a
// *[format.MissingMemberError].
func ReadMember(r io.ReaderAt, size int64, name string) (_ []byte, err error) {
	defer words.Printable(&err)
	a, err := open(r, size)
	if err == errHDF5 {
		return nil, &format.MissingMemberError{Name: name}
	}
	if err != nil {
		return nil, err
	}
	return a.bytes(name, a.left)
}

// beforeKeras3 reports whether the file says that an older Keras wrote it.
func (a *archive) beforeKeras3() bool {
	text, err := a.bytes(metadataName, maxConfig)
	if err != nil {
		return false // Keras 3 does without it too
	}
	var meta struct {
		Version string `json:"keras_version"`
	}
	_ = json.Unmarshal(text, &meta) // what cannot be read says nothing
	return strings.HasPrefix(meta.Version, "1.") || strings.HasPrefix(meta.Version, "2.")
}

// renamed gives a configuration of Keras 1 or 2 the names of today: its hard_sigmoid is min(max(0.2x + 1/2, 0), 1), its
// ThresholdedReLU is a ReLU with a threshold.
func renamed(v any) {
	switch v := v.(type) {
	case map[string]any:
		if c, ok := v["config"].(map[string]any); ok && v["class_name"] == "GRU" && c["reset_after"] == nil {
			c["reset_after"] = false // which had no name before Keras 2.1
		}
		if c, ok := v["config"].(map[string]any); ok && v["class_name"] == "ThresholdedReLU" {
			v["class_name"], c["threshold"] = "ReLU", c["theta"]
			delete(c, "theta")
		}
		for k, x := range v {
			if x == "hard_sigmoid" && (k == "activation" || k == "recurrent_activation") {
				v[k] = "legacy_hard_sigmoid"
			}
			renamed(x)
		}
	case []any:
		for _, x := range v {
			renamed(x)
		}
	}
}

// config makes the model of config.json and lists its places. It is not built, unless it is a model that was read
// before. old says that a Keras before 3 wrote it. Layers on strings come apart from it ([takeTexts]).
func (rd reading) config(text []byte, old bool, vocabulary func(member string) ([]byte, error)) (*model.Model, []place,
	[]format.TextInput, error) {
	var cfg map[string]any
	if err := json.Unmarshal(text, &cfg); err != nil {
		return nil, nil, nil, fmt.Errorf("is no JSON object: %w", err)
	}
	standIns(cfg)
	texts, err := rd.texts(cfg, vocabulary)
	if err != nil {
		return nil, nil, nil, err
	}
	if old {
		renamed(cfg)
	}
	name := layerName(cfg)
	all, err := places(cfg, place{class: "model", name: name})
	if err != nil {
		return nil, nil, nil, err
	}
	if err := unknown(all); err != nil {
		return nil, nil, nil, err
	}
	m, err := rd.shared.FromConfig(cfg)
	return m, all, texts, err
}

// unknown is the error of the places whose classes gorae does not have: of one as it is, of several in one line.
func unknown(all []place) error {
	var errs []error
	var lines []string
	for _, p := range all {
		if err := p.unknown(); err != nil {
			errs = append(errs, err)
			lines = append(lines, err.Error())
		}
	}
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return config.Errorf("", "%d layers cannot be read: %s", len(errs), strings.Join(lines, "; ")).
		Coded(config.Unsupported)
}

// unknown is the error of a place whose class gorae does not have.
func (p place) unknown() error {
	switch {
	case p.model:
		return nil
	case p.operation:
		return config.Under(config.Step(p.name), p.fault)
	case p.class == "Lambda" && !p.standIn:
		return config.Errorf("", "layer %q is a Lambda, a Python function, which is not carried out", p.name).
			Fix("use layers in its place, or a Go function: keras.Register(%q, …)", p.name).Coded(config.Unsupported)
	case p.class == "function":
		return config.Errorf("", "layer %q is the Python function %v, which is not carried out", p.name, p.fault).
			Fix("use layers in its place").Coded(config.Unsupported)
	case layer.Layers.Has(p.class):
		return nil
	}
	return config.Errorf("", "layer %q is of the class %s, which gorae does not have", p.name, p.class).
		Fix("a layer of your own is registered before it is read: layer.Layers.RegisterOwn(%s{})", p.class).
		Coded(config.UnknownName)
}

// weights builds the model with the numbers of the archive.
func (rd reading) weights(a *archive, m *model.Model, all []place) error {
	if m.Store() != nil {
		return nil
	}
	f, err := a.find(weightsName)
	if err != nil {
		return err
	}
	inFile := false
	err = m.BuildFrom(func(s *weight.Store) error {
		gs, stray := groups(all, s.Vars(), rd.seen)
		if len(stray) > 0 {
			return fmt.Errorf("weight %q belongs to no layer", stray[0].Path)
		}
		inFile = true
		return a.within(f, func(r io.ReaderAt, size int64) error {
			files, err := oneFile(r, size)
			if err != nil {
				return err
			}
			if err := read(files, gs, s, a.left); err != nil {
				return err
			}
			return s.Finite()
		})
	})
	switch {
	case err != nil && inFile:
		return fmt.Errorf("%s: %w", weightsName, err)
	case err != nil:
		return fmt.Errorf("%s: %w", configName, err)
	}
	rd.seen.add(m)
	return nil
}
