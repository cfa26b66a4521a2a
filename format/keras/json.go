package keras

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gorae/format"
	"gorae/internal/file"
	"gorae/model"
	"gorae/weight"
)

func init() {
	format.Register(format.Format{Name: "keras-json", Extensions: []string{".json"}, Sniff: isObject,
		Codec: jsonCodec{}})
}

// jsonCodec reads configurations in JSON with the weights in files beside them: what model.to_json gives, and layers
// models of TensorFlow.js.
type jsonCodec struct{}

// isObject reports whether a file begins as an object of JSON does.
func isObject(head []byte) bool {
	text := strings.TrimLeft(string(head), " \t\r\n")
	return strings.HasPrefix(text, "{")
}

// Load implements format.Codec.
func (jsonCodec) Load(r io.ReaderAt, size int64) (*format.File, error) { return loadJSON(r, size) }

// Save implements format.Codec.
func (jsonCodec) Save(io.Writer, *format.File) error {
	return errors.New("a model in JSON is several files; write a .keras file")
}

// loadJSON reads a configuration and the weights beside it.
func loadJSON(r io.ReaderAt, size int64) (*format.File, error) {
	if size > maxConfig {
		return nil, fmt.Errorf("keras: a configuration of %d bytes", size)
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), text); err != nil {
		return nil, err
	}
	var doc struct {
		Class    string          `json:"class_name"`
		Topology json.RawMessage `json:"modelTopology"`
		Manifest []manifest      `json:"weightsManifest"`
		Format   string          `json:"format"`
		Index    json.RawMessage `json:"weight_map"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("keras: is no JSON object: %w", err)
	}
	open, done := file.Beside(r)
	defer done()
	rd := reading{&model.Sharing{}, seen{}, takeTexts}
	switch {
	case doc.Format == "graph-model":
		return nil, errors.New("keras: it is a graph model of TensorFlow.js, whose operations are no layers; convert " +
			"it as a layers model")
	case doc.Topology != nil:
		return rd.browser(doc.Topology, doc.Manifest, open)
	case doc.Index != nil:
		return nil, &format.AloneError{Format: weightsFormat}
	case doc.Class == "":
		return nil, errors.New("keras: the JSON has no class_name, and so no model")
	}
	return rd.loadBeside(r, text, open)
}

// LoadBeside builds the model of a configuration in JSON with the weights in a file beside r, an open file: what
// package format/keras/yaml makes of YAML.
func LoadBeside(r io.ReaderAt, text []byte) (*format.File, error) {
	open, done := file.Beside(r)
	defer done()
	return reading{&model.Sharing{}, seen{}, takeTexts}.loadBeside(r, text, open)
}

func (rd reading) loadBeside(r io.ReaderAt, text []byte, open func(string) (*os.File, error)) (*format.File,
	error) {
	f, named := r.(*os.File)
	if !named {
		return nil, errors.New("keras: the weights lie in a file beside, and it was not read from a folder")
	}
	var from struct {
		Version string `json:"keras_version"`
		Backend string `json:"backend"`
	}
	if err := json.Unmarshal(text, &from); err != nil {
		return nil, fmt.Errorf("keras: is no JSON object: %w", err)
	}
	return rd.architecture(text, origin{from.Version, from.Backend}, filepath.Base(f.Name()), open)
}

// weightNames are the names of files of weights beside a configuration whose name without its extension is stem, in the
// order in which they are looked for.
func weightNames(stem string) (names []string) {
	for _, end := range []string{".weights.h5", "_weights.h5", ".h5", ".hdf5", ".weights.json"} {
		names = append(names, stem+end)
	}
	return append(names, "model.weights.h5", "weights.h5", "model.weights.json")
}

// architecture builds the model of a configuration with the weights in a file beside it.
func (rd reading) architecture(text []byte, from origin, name string, open func(string) (*os.File, error)) (
	*format.File, error) {
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	for _, n := range weightNames(stem) {
		w, err := open(n)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("keras: %w", err)
		}
		info, err := w.Stat()
		if err != nil {
			return nil, err
		}
		f, err := rd.withWeights(text, from, w, info.Size())
		if err != nil {
			return nil, fmt.Errorf("keras: %s: %w", n, err)
		}
		return f, nil
	}
	return nil, fmt.Errorf("keras: there is no file of its weights; put %s.weights.h5 beside it", stem)
}

// withWeights builds the model of a configuration with the weights of a file of Keras's save_weights.
func (rd reading) withWeights(text []byte, from origin, r io.ReaderAt, size int64) (*format.File, error) {
	files, total, done, err := shelfOf(r, size)
	defer done()
	if err != nil {
		return nil, err
	}
	root, older, err := files.older()
	if err != nil {
		return nil, err
	}
	if !older { // since Keras 3
		return rd.built(text, from.before(3), "the configuration", func(all []place, s *weight.Store) error {
			gs, stray := groups(all, s.Vars(), rd.seen)
			if len(stray) > 0 {
				return fmt.Errorf("weight %q belongs to no layer", stray[0].Path)
			}
			return read(files, gs, s, inflation*total+1<<20)
		})
	}
	if from.version == "" {
		from.version = "2"
	}
	return rd.ofArrays(text, from, "the configuration", inflation*total+1<<20, func(p place) ([]stored, error) {
		return from.arrays(root, p)
	})
}

// ofArrays builds the model of a configuration of an older Keras with the arrays of each layer, of limit bytes at most.
func (rd reading) ofArrays(text []byte, from origin, where string, limit int64,
	arrays func(place) ([]stored, error)) (*format.File, error) {
	today, err := from.today(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	return rd.built([]byte(today), from.before(3), where, func(all []place, s *weight.Store) error {
		gs, stray := groups(all, s.Vars(), rd.seen)
		if len(stray) > 0 {
			return fmt.Errorf("weight %q belongs to no layer", stray[0].Path)
		}
		of, err := match(all, gs, arrays)
		if err != nil {
			return err
		}
		return fill(s, of, limit)
	})
}

// built is the model of a configuration with the numbers that give lays into its store. where is the configuration's
// place, for errors.
func (rd reading) built(text []byte, old bool, where string, give func(all []place, s *weight.Store) error) (
	*format.File, error) {
	m, all, texts, err := rd.config(text, old, func(string) ([]byte, error) {
		return nil, errors.New("it is not in the file; save the model as .keras")
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	inFile := false
	err = m.BuildFrom(func(s *weight.Store) error {
		inFile = true
		if err := give(all, s); err != nil {
			return err
		}
		return s.Finite()
	})
	switch {
	case err != nil && inFile:
		return nil, fmt.Errorf("the weights: %w", err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	rd.seen.add(m)
	return &format.File{Model: m, Texts: texts}, nil
}
