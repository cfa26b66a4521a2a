package golden

import (
	"archive/zip"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/optim"
	"gorae/prep/lookup"
	"gorae/weight"
)

// unsupported are the classes of Keras that gorae leaves out, with the reason: at most 45, and none that a file of
// models or onnx-models uses. A case of any other class must pass.
var unsupported = map[string]string{
	"AugMix":       "augmentation by chains of random operations",
	"AutoContrast": "augmentation of colours by the range of a picture",
	"ContrastLimitedAdaptiveHistogramEqualization": "equalization by tiles, which comes before the training",
	"CutMix":                  "mixes regions of two pictures and their labels; MixUp is there",
	"Equalization":            "equalization of histograms, which comes before the training",
	"RandAugment":             "augmentation by chains of random operations",
	"RandomColorDegeneration": "RandomSaturation does the same in HSV",
	"RandomElasticTransform":  "augmentation by random displacements",
	"RandomGaussianBlur":      "data: {corrupt: blur} blurs pictures",
	"RandomGrayscale":         "augmentation of colours that few networks for colours want",
	"RandomInvert":            "augmentation of colours that few networks for colours want",
	"RandomPerspective":       "rotation, translation and zoom are there",
	"RandomPosterization":     "augmentation of colours that few networks for colours want",
	"RandomSharpness":         "augmentation of sharpness",
	"RandomShear":             "rotation, translation and zoom are there",
	"Solarization":            "augmentation of colours that few networks for colours want",
	"HashedCrossing":          "crosses of columns are features of data",
	"MelSpectrogram":          "sound is no kind of data of gorae",
	"STFTSpectrogram":         "sound is no kind of data of gorae",
	"STFT":                    "the initializer of STFTSpectrogram",
	"Pipeline":                "a chain of layers before a model; a Sequential is one",
	"ReversibleEmbedding":     "the weights of an embedding for words and their scores; of Keras 3.15 alone",
	"CTC":                     "aligns outputs of sound or handwriting with texts",
	"Mean":                    "a mean of values that a program gives; a training's metrics compare targets",
	"Sum":                     "a sum of values that a program gives; a training's metrics compare targets",
	"Lamb":                    "for batches of thousands of samples on many machines",
	"Muon":                    "for language models of a size that takes many machines",
	"ScheduleFreeAdamW":       "Keras's weights differ from the published formula (keras3-training/README.md)",
	"MultiOptimizer":          "several optimizers for the weights of one model",
}

// lacks counts a case of a class that gorae does not have, which must be on a list.
func (y *tally) lacks(t *testing.T, class string) {
	t.Helper()
	y.missing[class]++
	if unsupported[class] == "" {
		t.Errorf("%s: gorae does not have %s, and the list of unsupported classes lacks it", y.file, class)
	}
}

// TestUnsupported: the list has at most 45 classes, gorae has none of them, and no file of models or onnx-models uses
// one.
func TestUnsupported(t *testing.T) {
	if n := len(unsupported); n > 45 {
		t.Errorf("%d classes are listed, 45 may be", n)
	}
	used := usedClasses(t)
	has := func(class string) bool {
		return lookup.Layers().Has(class) || layer.Layers.Has(class) ||
			layer.Cells.Has(class) || loss.Losses.Has(class) ||
			metric.Metrics.Has(class) || optim.Optimizers.Has(class) || weight.Initializers.Has(class)
	}
	for class := range unsupported {
		if has(class) {
			t.Errorf("gorae has %s, which is listed as unsupported", class)
		}
		if file := used["layer/"+class]; file != "" {
			t.Errorf("%s is listed as unsupported, and %s uses it", class, file)
		}
	}
}

// usedClasses are the classes of layers, optimizers and the rest that the configurations below models and onnx-models
// name, each with a file. A Mean or Sum of keras.ops is a function, not the metric.
func usedClasses(t *testing.T) map[string]string {
	t.Helper()
	used := map[string]string{}
	var walk func(file string, v any)
	walk = func(file string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if class, ok := v["class_name"].(string); ok {
				if module, _ := v["module"].(string); !strings.HasPrefix(module, "keras.src.ops") {
					used["layer/"+class] = file
				}
			}
			for _, x := range v {
				walk(file, x)
			}
		case []any:
			for _, x := range v {
				walk(file, x)
			}
		}
	}
	read := func(file string, b []byte) {
		var v any
		if json.Unmarshal(b, &v) == nil {
			walk(file, v)
		}
	}
	for _, dir := range []string{"models", "onnx-models"} {
		err := filepath.WalkDir(filepath.Join(shared(t, ".."), dir), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			switch filepath.Ext(path) {
			case ".json":
				read(path, b)
			case ".h5", ".hdf5":
				readAttributes(path, b, read)
			case ".keras":
				z, err := zip.NewReader(strings.NewReader(string(b)), int64(len(b)))
				if err != nil { // HDF5 under that name
					readAttributes(path, b, read)
					return nil
				}
				text, err := fs.ReadFile(z, "config.json")
				if err != nil {
					return err
				}
				read(path, text)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(used) < 100 {
		t.Fatalf("the files name %d classes, too few to be all", len(used))
	}
	return used
}

// readAttributes reads the JSON texts of an HDF5 file: each begins with {" and ends where its braces do.
func readAttributes(path string, b []byte, read func(string, []byte)) {
	for i := 0; i+1 < len(b); i++ {
		if b[i] != '{' || b[i+1] != '"' {
			continue
		}
		d := json.NewDecoder(strings.NewReader(string(b[i:min(len(b), i+1<<22)])))
		var v json.RawMessage
		if d.Decode(&v) == nil {
			read(path, v)
			i += len(v)
		}
	}
}
