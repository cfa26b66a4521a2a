package keras

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"gorae/format"
	"gorae/hdf5"
	"gorae/model"
)

// The members of every archive.
const (
	metadataName = "metadata.json"
	configName   = "config.json"
	weightsName  = "model.weights.h5"
)

// metadata is what Keras writes about the file. No part of Keras reads it back. The date
// is the zip format's first, so that the same model gives the same bytes.
const metadata = `{"keras_version": "3.13.0", "date_saved": "1980-01-01@00:00:00"}`

// assets begins the names of members in which Keras keeps what its layers hold beside weights: vocabularies.
const assets = "assets/"

// Member is a further file in the archive.
type Member = format.Member

// Save writes a model as a .keras file, with further members after Keras's own. The model
// must be built. The same model and members give the same bytes. Save only reads: others
// may predict meanwhile, and a training waits before its next step.
func Save(w io.Writer, m *model.Model, extras ...Member) error {
	return Archive{Extras: extras}.Save(w, m)
}

// Archive is what a .keras file holds besides the model; the zero value is nothing.
type Archive struct {
	// Optimizer, if not nil, is the state of a training, which Keras goes on with.
	Optimizer *Optimizer
	// Extras are further members; Keras passes over them.
	Extras []Member
}

// SaveAll writes everything that f holds. Layers and models that several of its models share are written once, with the
// first of them.
func SaveAll(w io.Writer, f *format.File) error {
	if f.Model == nil {
		return errors.New("keras: there is no model to save")
	}
	models, err := modelsOf(f)
	if err != nil {
		return err
	}
	at := newWriting(models...)
	main, err := at.part(f.Model, f.Optimizer, f.Texts)
	if err != nil {
		return err
	}
	var further []part
	for _, n := range f.Models {
		p, err := at.part(n.Model, nil, nil)
		if err != nil {
			return fmt.Errorf("further model %q: %w", n.Name, err)
		}
		further = append(further, p)
	}
	lock := model.Lock(models...)
	lock.RLock()
	defer lock.RUnlock()
	var extras []Member
	for i, p := range further {
		var b bytes.Buffer
		if err := p.write(&b, nil); err != nil {
			return fmt.Errorf("further model %q: %w", f.Models[i].Name, err)
		}
		extras = append(extras, Member{Name: furtherFolder + f.Models[i].Name + furtherEnd, Data: b.Bytes()})
	}
	return main.write(w, append(extras, f.Members...))
}

// Save writes a model with what the archive holds.
func (a Archive) Save(w io.Writer, m *model.Model) error {
	p, err := newWriting(m).part(m, a.Optimizer, nil)
	if err != nil {
		return err
	}
	m.Store().RLock()
	defer m.Store().RUnlock()
	return p.write(w, a.Extras)
}

// writing writes the models of one file, one after the other.
type writing struct {
	shared *model.Sharing
	seen   seen
}

func newWriting(models ...*model.Model) writing {
	return writing{model.SharedBy(models...), seen{}}
}

// part is a model as its archive has it: config.json, and the tree of the weights that no earlier model has.
type part struct {
	config  []byte
	weights *hdf5.Node
}

// part is the next model of the file, with the layers on strings before it. The tree refers to its weights, which are
// to be locked while it is written.
func (at writing) part(m *model.Model, o *Optimizer, texts []format.TextInput) (p part, err error) {
	if m.Store() == nil {
		return p, fmt.Errorf("keras: model %q is not built; call Build first", m.Name)
	}
	cfg, err := configOf(m, at.shared)
	if err != nil {
		return p, fmt.Errorf("keras: %w", err)
	}
	all, err := places(cfg.Plain(), place{class: "model", name: m.Name})
	if err != nil {
		return p, fmt.Errorf("keras: %w", err)
	}
	gs, _ := groups(all, m.Store().Vars(), at.seen)
	at.seen.add(m)
	p.weights = tree(gs)
	if o != nil {
		if cfg, err = putOptimizer(o, cfg, p.weights, trained(gs, m.TrainableWeights())); err != nil {
			return p, fmt.Errorf("keras: optimizer: %w", err)
		}
	}
	if len(texts) > 0 {
		if err := putTexts(cfg, texts); err != nil {
			return p, fmt.Errorf("keras: %w", err)
		}
	}
	if p.config, err = json.Marshal(cfg); err != nil {
		return p, fmt.Errorf("keras: %s: %w", configName, err)
	}
	return p, nil
}

// write writes the model's archive with further members.
func (p part) write(w io.Writer, extras []Member) error {
	err := checkNames(extras)
	if err == nil {
		err = p.zip(w, extras)
	}
	if err != nil {
		return fmt.Errorf("keras: %w", err)
	}
	return nil
}

func (p part) zip(w io.Writer, extras []Member) error {
	z := zip.NewWriter(w)
	text := func(b []byte) func(io.Writer) error {
		return func(w io.Writer) error { _, err := w.Write(b); return err }
	}
	if err := store(z, metadataName, text([]byte(metadata))); err != nil {
		return err
	}
	if err := store(z, configName, text(p.config)); err != nil {
		return err
	}
	if err := store(z, weightsName, func(w io.Writer) error { return hdf5.Write(w, p.weights) }); err != nil {
		return err
	}
	for _, e := range extras {
		if err := store(z, e.Name, text(e.Data)); err != nil {
			return err
		}
	}
	return z.Close()
}

// store adds a member without compression, as Keras does. write is called twice, first
// to count and to sum, so that sizes stand before the data and any zip reader can stream them.
func store(z *zip.Writer, name string, write func(io.Writer) error) error {
	var n counter
	sum := crc32.NewIEEE()
	if err := write(io.MultiWriter(&n, sum)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: sum.Sum32(),
		CompressedSize64: uint64(n), UncompressedSize64: uint64(n),
		CreatorVersion: 3<<8 | 20, ReaderVersion: 20, ExternalAttrs: 0o600 << 16,
		//lint:ignore SA1019 CreateRaw writes this field and not Modified
		ModifiedDate: 1<<5 | 1} // 1 January 1980
	if n >= 1<<32-1 {
		h.Flags |= 8 // sizes of 64 bits stand after the data
	}
	w, err := z.CreateRaw(h)
	if err == nil {
		err = write(w)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// counter counts the bytes written to it.
type counter int64

func (c *counter) Write(b []byte) (int, error) { *c += counter(len(b)); return len(b), nil }

// checkNames refuses names of members that Keras or a file system would trip over.
func checkNames(extras []Member) error {
	taken := map[string]bool{metadataName: true, configName: true, weightsName: true}
	for _, e := range extras {
		switch {
		case e.Name == "" || strings.HasSuffix(e.Name, "/"):
			return fmt.Errorf("member %q has no file name", e.Name)
		case strings.HasPrefix(e.Name, "/") || strings.ContainsAny(e.Name, "\\:\x00") || escapes(e.Name):
			return fmt.Errorf("member %q: a name is relative, with / between its parts and without dots alone", e.Name)
		case strings.HasPrefix(e.Name, assets):
			return fmt.Errorf("member %q: Keras keeps assets/ for itself; choose another folder", e.Name)
		case taken[e.Name]:
			return fmt.Errorf("member %q is there already", e.Name)
		}
		taken[e.Name] = true
	}
	return nil
}

func escapes(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return true
		}
	}
	return false
}
