package house

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// edges lists the packages that a package may import, from the bottom up: a package of gorae by its path
// in the module, another module's by its import path, "..." for all below. Every package may import the
// standard library. Tests may import more.
//
// A new line or word is a decision that a reviewer reads. A word that a package does not use is an error, so that the
// table stays true; a line may stand before its package exists.
var edges = map[string]string{
	// Floor 0: arrays, files, the machine.
	"tensor":           "internal/pattern internal/ram internal/zipfile",
	"hdf5":             "",
	"internal/cpu":     "golang.org/x/sys/cpu",
	"internal/ram":     "golang.org/x/sys/unix golang.org/x/sys/windows",
	"internal/mem":     "golang.org/x/sys/unix",
	"internal/par":     "",
	"internal/spell":   "",
	"internal/gz":      "internal/ram",
	"internal/doing":   "",
	"internal/words":   "",
	"internal/pattern": "",
	"internal/lang": "golang.org/x/text/language golang.org/x/text/message golang.org/x/text/message/catalog " +
		"internal/words",
	"internal/lang/gen":   "",
	"internal/zipfile":    "",
	"internal/jpeg":       "",
	"config":              "internal/spell",
	"internal/hash":       "",
	"internal/vocabulary": "config",
	"internal/resample":   "internal/spell",
	"internal/house":      "",
	"internal/golden":     "",
	"internal/judge":      "",
	"internal/browser":    "",
	"internal/file":       "golang.org/x/sys/windows internal/spell",

	// For tests of floors above.
	"internal/file/filetest": "internal/file",

	// Floor 1: loops over slices; rows from files; traced operations.
	"internal/kernel/vec":       "internal/cpu",
	"internal/kernel/gemm":      "internal/cpu internal/kernel/vec",
	"internal/kernel/norm":      "internal/cpu internal/kernel/vec",
	"internal/kernel/conv":      "internal/cpu internal/kernel/gemm internal/kernel/vec",
	"internal/kernel/philox":    "internal/cpu",
	"internal/kernel/attention": "internal/kernel/gemm internal/kernel/philox internal/kernel/vec",
	"internal/kernel/sweep":     "internal/cpu",
	"internal/kernel/rnn":       "internal/cpu internal/kernel/gemm internal/kernel/vec",
	"internal/kernel/sgns":      "internal/cpu",
	"internal/kernel/marks":     "internal/cpu",
	"internal/arrayfile":        "golang.org/x/sys/unix internal/par",
	"data": "config golang.org/x/crypto/blake2b golang.org/x/text/encoding/... golang.org/x/text/transform " +
		"internal/arrayfile internal/gz " +
		"internal/kernel/marks internal/mem internal/par internal/pattern internal/spell internal/words tensor",
	"quantile":                "config internal/words",
	"data/source":             "data internal/gz internal/pattern internal/words internal/zipfile tensor",
	"data/jsonl":              "data data/source internal/words",
	"data/xlsx":               "data data/source internal/ram internal/spell internal/words internal/zipfile",
	"data/parquet":            "data data/source github.com/klauspost/compress/zstd internal/ram internal/words tensor",
	"data/export":             "data internal/spell tensor",
	"data/fetch":              "internal/file internal/spell",
	"data/sqlite":             "data data/source internal/spell internal/words",
	"data/drivers/arrow":      "data data/source github.com/apache/arrow-go/v18/... internal/words",
	"data/sql":                "data data/source internal/words",
	"data/drivers/sqlite":     "data/sql modernc.org/sqlite",
	"data/drivers/postgres":   "data/sql github.com/jackc/pgx/v5/stdlib",
	"data/source/all":         "data/jsonl data/parquet data/sqlite data/xlsx",
	"data/samples":            "",
	"data/internal/variation": "",
	"data/augment":            "config data data/internal/variation internal/spell tensor",
	"data/corrupt":            "config data/internal/variation internal/resample internal/spell",
	"data/image": "chart data data/source golang.org/x/image/bmp golang.org/x/image/webp internal/arrayfile " +
		"internal/file internal/jpeg internal/ram internal/resample internal/spell internal/words tensor",
	"internal/yamltree": "config github.com/goccy/go-yaml/...",
	"graph":             "internal/resample tensor",

	// Floors 2 to 5: from weights to models.
	"prep/text": "config data golang.org/x/text/unicode/norm internal/gz internal/words tensor",
	"prep": "config data internal/arrayfile internal/hash internal/mem internal/par internal/spell prep/text " +
		"quantile tensor",
	"prep/columns": "prep",
	"prep/lookup":  "config internal/hash internal/vocabulary tensor",
	"utils":        "config data graph tensor",
	"weight":       "config graph internal/mem tensor",
	"plan": "graph internal/kernel/attention internal/kernel/conv internal/kernel/gemm internal/kernel/norm " +
		"internal/kernel/philox internal/kernel/rnn internal/kernel/sweep internal/kernel/vec internal/mem " +
		"internal/par internal/ram tensor",
	"layer":           "config graph internal/hash internal/ram internal/vocabulary tensor weight",
	"ops":             "config graph layer tensor",
	"loss":            "config graph tensor",
	"metric":          "config graph internal/pattern loss tensor",
	"optim":           "config graph internal/pattern tensor",
	"model":           "config graph internal/ram internal/words layer loss ops plan tensor weight",
	"model/modeltest": "config graph internal/par layer model plan tensor weight",

	// Floors 6 to 8: files, training, what people do with models.
	"format":                     "internal/file internal/words loss model optim prep/lookup tensor",
	"format/check":               "layer model tensor weight",
	"format/internal/categories": "data prep",
	"format/internal/arrays":     "format layer model tensor weight",
	"format/npz":                 "format format/internal/arrays model tensor",
	"format/safetensors":         "format format/internal/arrays model tensor",
	"format/torch":               "format format/internal/arrays internal/zipfile model",
	"format/keras": "config format graph hdf5 internal/file internal/words internal/zipfile layer loss model ops " +
		"optim prep/lookup tensor weight",
	"format/keras/yaml":            "format format/keras internal/words internal/yamltree model",
	"format/csource":               "format/csource/internal/emit internal/file model",
	"format/csource/internal/emit": "graph layer model tensor",
	"format/onnx": "config format format/onnx/internal/emit format/onnx/internal/pb graph internal/file " +
		"internal/words layer model ops prep/lookup tensor weight",
	"format/onnx/internal/emit": "format/onnx/internal/pb graph internal/file layer model tensor weight",
	"format/onnx/internal/pb":   "google.golang.org/protobuf/encoding/protowire tensor",
	"spec":                      "config data layer loss metric optim prep quantile train",
	"spec/yaml":                 "config internal/yamltree spec",
	"train": "config data format graph internal/file internal/mem internal/pattern internal/ram layer loss " +
		"metric model optim plan tensor weight",
	"train/tensorboard": "config format/keras graph internal/file model tensor train",
	"baseline":          "data internal/kernel/gemm internal/par tensor",
	"chart":             "",
	"chart/inline":      "chart",
	"internal/picture":  "chart internal/file",
	"plot": "chart golang.org/x/image/font/... golang.org/x/image/math/fixed golang.org/x/text/unicode/norm " +
		"gonum.org/v1/plot/...",
	"word2vec": "config internal/kernel/philox internal/kernel/sgns internal/kernel/vec internal/mem internal/par " +
		"internal/ram internal/spell internal/words prep/text stat",
	"explain":          "chart config internal/resample internal/words layer model tensor",
	"decode":           "model tensor weight",
	"generate":         "decode internal/words model prep/text tensor weight",
	"internal/rowhash": "data golang.org/x/crypto/blake2b internal/file stat tensor train",

	// Kinds of data: the interface, what kinds share, the kinds; none imports another.
	"task": "config data data/source generate graph internal/file internal/picture internal/words layer loss " +
		"metric model prep prep/text quantile spec stat tensor train",
	"task/all": "task/arrays task/control task/generative task/grouped task/image task/language task/restore " +
		"task/sequence " +
		"task/series task/tabular task/text task/translate task/word2vec",
	"task/arrays":  "data graph model prep spec task task/supervised tensor",
	"task/control": "config data env internal/file layer model rl spec task tensor train",
	"task/generative": "chart config data data/image generative graph internal/file layer metric model optim prep " +
		"reduce spec stat task tensor train weight",
	"task/grouped": "data model prep spec task task/supervised task/table tensor",
	"task/word2vec": "chart config data internal/file internal/picture internal/words layer metric model " +
		"prep/text spec stat task tensor train weight word2vec",
	"examples/U6-word-vectors": "",
	"task/image": "chart data data/augment data/image internal/picture internal/words model prep spec task " +
		"task/supervised tensor train",
	"task/inspect": "data data/image data/sequence data/series data/source prep prep/text tensor",
	"task/language": "config data generate internal/file internal/words layer loss metric model prep/text " +
		"spec task tensor train",
	"task/restore": "chart data data/corrupt data/image explain internal/doing internal/picture internal/words " +
		"layer loss metric model optim spec task tensor train weight",
	"task/sequence": "config data data/sequence internal/words layer model prep spec task task/supervised " +
		"tensor",
	"task/series": "chart config data data/series internal/picture internal/words layer loss metric model " +
		"quantile spec stat task tensor train",
	"task/supervised": "baseline chart cluster data graph internal/doing internal/picture internal/words layer " +
		"loss metric model prep quantile reduce spec stat task tensor train",
	"task/table": "chart config data internal/par internal/picture internal/words layer model prep prep/text spec " +
		"task task/supervised tensor",
	"task/tabular":        "prep/columns spec task task/supervised task/table task/tabular/fitted",
	"task/tabular/fitted": "task task/supervised task/table",
	"task/translate": "chart config data decode graph internal/doing internal/file internal/picture " +
		"internal/words layer loss metric model prep/text spec task tensor train weight",
	"task/text": "config data model prep/text spec task task/supervised task/table tensor",

	// The product of a training, and the procedure that makes it.

	"format/keras/rawinput": "bundle format format/internal/categories layer loss model ops prep prep/lookup " +
		"prep/text task task/image " +
		"task/table task/tabular/fitted task/text tensor",
	"format/csource/internal/rows": "bundle format/csource/internal/emit format/internal/categories loss prep " +
		"task task/image task/table task/tabular/fitted task/text",
	"format/csource/product": "bundle format/csource format/csource/internal/emit format/csource/internal/rows " +
		"internal/file task/image task/tabular/fitted task/text",
	"format/onnx/product": "bundle format/internal/categories format/onnx format/onnx/internal/emit " +
		"format/onnx/internal/pb loss prep task " +
		"task/image task/table task/tabular/fitted task/text",
	"bundle/rawtext": "bundle data format format/keras graph model prep/lookup task tensor",
	"bundle": "chart config data explain format format/keras generate golang.org/x/crypto/blake2b internal/doing " +
		"internal/file internal/ram internal/rowhash internal/words metric model spec task tensor train weight",
	"run": "bundle chart config data data/source format graph internal/cpu internal/doing internal/file " +
		"internal/picture internal/rowhash internal/words layer loss metric model optim plot prep spec spec/yaml " +
		"stat task task/inspect tensor train train/tensorboard",
	"internal/runtest": "bundle run spec",

	"tune":       "data/sqlite internal/file",
	"tune/study": "chart internal/file internal/picture metric run spec stat task train tune",

	"report": "bundle chart chart/inline data diagnose internal/file internal/picture internal/words layer metric " +
		"model run spec task task/supervised tensor train tune/study",

	"board": "chart chart/inline internal/file internal/par internal/picture report run train tune/study",

	"diagnose": "chart config data internal/file internal/picture layer loss model optim prep/text run spec stat " +
		"task tensor train",

	"scaffold": "config data data/series data/source internal/file internal/words layer prep run spec task/inspect",

	// What experiment files can name, in words.
	"internal/reference": "config data/augment data/corrupt internal/lang internal/spell layer loss metric optim " +
		"prep prep/columns spec train train/tensorboard weight",
	"internal/reference/gen": "internal/lang internal/reference task/all",

	// Floor 9: flags and words.
	"bench/statistics": "data metric stat task",
	"bench/faults":     "data/source diagnose run spec stat task task/all",
	"bench/tune":       "bundle run spec stat task task/all train tune tune/study",
	"bench/forecasts":  "bundle data/source run spec task task/all",
	"bench": "chart data env format format/keras graph internal/arrayfile internal/kernel/gemm internal/kernel/vec " +
		"internal/mem internal/par layer loss model optim plan plot prep rl tensor train weight word2vec",
	"examples/library": "data layer loss metric model optim train",
	"cmd/gorae": "board bundle bundle/rawtext chart data data/export data/fetch data/image data/series data/source " +
		"data/source/all diagnose " +
		"explain format format/check format/csource format/csource/product format/keras format/keras/rawinput " +
		"format/keras/yaml format/npz format/onnx " +
		"format/onnx/product " +
		"format/safetensors format/torch " +
		"github.com/alecthomas/kong golang.org/x/sys/unix golang.org/x/sys/windows internal/cpu internal/doing " +
		"internal/file internal/lang internal/par internal/ram internal/reference internal/words layer metric model " +
		"prep prep/text report run scaffold spec task task/all task/inspect task/tabular/fitted tensor train tune " +
		"tune/study word2vec",
	"examples/predict": "bundle task/tabular/fitted",
	"examples/labels":  "data internal/file tensor",
	"examples/server":  "bundle task/tabular",
	"examples/onehot":  "layer loss metric model optim tensor train",
	"stat":             "internal/words",
	"cluster":          "internal/par",
	"reduce":           "internal/par",
	"generative":       "data graph layer metric model optim tensor train weight",
	"env":              "internal/spell",
	"rl":               "config env graph layer loss metric model optim stat tensor train",
	"data/series":      "config data internal/pattern internal/spell internal/words quantile stat tensor",
	"data/sequence":    "data data/source internal/gz internal/ram internal/words internal/zipfile tensor",
}

// library lists the folders of the engine and the library proper, each with all below it: what a program that
// builds and trains networks links. They import nothing from other modules but those of libraryModules.
var library = []string{
	"tensor", "hdf5", "internal/cpu", "internal/ram", "internal/mem", "internal/par", "internal/kernel",
	"internal/spell", "internal/words", "internal/gz", "internal/zipfile", "internal/pattern", "config", "stat",
	"data", "graph", "prep",
	"weight", "plan", "layer", "ops", "loss", "metric", "optim", "model", "format", "train", "cluster", "reduce",
	"generative", "word2vec",
}

// libraryModules are the modules that the library proper may import.
var libraryModules = []string{"golang.org/x/crypto/blake2b", "golang.org/x/sys", "golang.org/x/text"}

// outsideLibrary lists packages below folders of the library that read files with the help of other modules:
// a program that does not import such a package does not link those modules.
var outsideLibrary = []string{"data/drivers/arrow", "data/drivers/postgres", "data/drivers/sqlite", "data/image",
	"data/parquet", "format/onnx/internal/pb"}

// mayImport reports whether a package may import a package of another module.
func mayImport(pkg, im string) bool {
	proper := slices.ContainsFunc(library, func(dir string) bool { return covers(dir+"/...", pkg) })
	if !proper || slices.Contains(outsideLibrary, pkg) {
		return true
	}
	return slices.ContainsFunc(libraryModules, func(module string) bool { return covers(module+"/...", im) })
}

// TestImports compares the imports with the table of edges.
func TestImports(t *testing.T) {
	for _, fault := range edgeFaults(packages(t), edges) {
		t.Error(fault)
	}
}

func edgeFaults(ps []*pkg, edges map[string]string) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for _, p := range ps {
		words, ok := edges[p.path]
		if !ok {
			fault("%s: the table of edges has no line for it", p.path)
			continue
		}
		allowed := strings.Fields(words)
		if !slices.IsSorted(allowed) {
			fault("%s: its words are not sorted: %s", p.path, words)
		}
		used := map[string]bool{}
		for im, file := range p.imports {
			im, own := strings.CutPrefix(im, "gorae/")
			if !own && standard(im) {
				continue
			}
			i := slices.IndexFunc(allowed, func(w string) bool { return covers(w, im) })
			if i < 0 {
				fault("%s imports %s, which the table of edges does not allow", file, im)
				continue
			}
			used[allowed[i]] = true
		}
		for _, w := range allowed {
			if !used[w] {
				fault("%s: the table of edges allows %s, which it does not import", p.path, w)
			}
		}
	}
	slices.Sort(faults)
	return faults
}

// covers reports whether a word of the table allows an import.
func covers(word, im string) bool {
	if base, ok := strings.CutSuffix(word, "/..."); ok {
		return im == base || strings.HasPrefix(im, base+"/")
	}
	return word == im
}

// standard reports whether an import path is the standard library's: its first element has no dot.
func standard(im string) bool {
	first, _, _ := strings.Cut(im, "/")
	return !strings.Contains(first, ".")
}

// TestTable: the table has no circles, names only packages that have a line, and keeps the library proper free of other
// modules.
func TestTable(t *testing.T) {
	const open, done = 1, 2
	state := map[string]int{}
	var visit func(p string, way []string)
	visit = func(p string, way []string) {
		switch way = append(way, p); state[p] {
		case open:
			t.Errorf("a circle: %s", strings.Join(way, " → "))
			return
		case done:
			return
		}
		state[p] = open
		for w := range strings.FieldsSeq(edges[p]) {
			if !standard(w) {
				if !mayImport(p, w) {
					t.Errorf("%s belongs to the library proper and must not import %s", p, w)
				}
				continue
			}
			if _, ok := edges[w]; !ok {
				t.Errorf("%s may import %s, which has no line", p, w)
			}
			visit(w, way)
		}
		state[p] = done
	}
	for p := range edges {
		visit(p, nil)
	}
}

// TestMayImport: the library proper imports x/sys and x/text alone; other packages import what their line says.
func TestMayImport(t *testing.T) {
	for _, c := range []struct {
		pkg, im string
		want    bool
	}{
		{"prep/text", "golang.org/x/text/unicode/norm", true},
		{"internal/kernel/vec", "golang.org/x/sys/cpu", true},
		{"data", "golang.org/x/image/bmp", false},
		{"data/image", "golang.org/x/image/bmp", true},
		{"train", "golang.org/x/system", false},
		{"plot", "gonum.org/v1/plot/...", true},
		{"dataset", "golang.org/x/image/bmp", true},
	} {
		if got := mayImport(c.pkg, c.im); got != c.want {
			t.Errorf("%s may import %s: got %v, want %v", c.pkg, c.im, got, c.want)
		}
	}
}

// TestEdgeFaults: the rule finds new edges, unused ones and unknown packages, whatever the build tags.
func TestEdgeFaults(t *testing.T) {
	file := func(src string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(src)} }
	ps, err := packagesIn(fstest.MapFS{
		"a/a.go":          file("package a\n\nimport \"fmt\"\n\nvar _ = fmt.Sprint\n"),
		"a/a_test.go":     file("package a\n\nimport _ \"example.org/test\"\n"),
		"b/b.go":          file("package b\n\nimport _ \"gorae/a\"\n"),
		"b/b_windows.go":  file("//go:build never\n\npackage b\n\nimport _ \"example.org/x/y\"\n"),
		"c/c.go":          file("package c\n\nimport _ \"gorae/a\"\n"),
		"d/d.go":          file("package d\n"),
		"gen/go.mod":      file("module gen\n"),
		"gen/g.go":        file("package gen\n\nimport _ \"example.org/x/y\"\n"),
		"a/testdata/t.go": file("package t\n\nimport _ \"example.org/x/y\"\n"),
		"data/data.go":    file("package data\n\nimport _ \"gorae/plot\"\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := edgeFaults(ps, map[string]string{"a": "", "b": "a", "c": "a b", "data": "example.org/..."})
	want := []string{
		"b/b_windows.go imports example.org/x/y, which the table of edges does not allow",
		"c: the table of edges allows b, which it does not import",
		"d: the table of edges has no line for it",
		"data/data.go imports plot, which the table of edges does not allow",
		"data: the table of edges allows example.org/..., which it does not import",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
