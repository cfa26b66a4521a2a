package run

import (
	"os"
	"strings"
	"testing"

	"gorae/spec"
	_ "gorae/task/all"
)

// TestNetwork: a network is built without data where the experiment says what the samples are; the numbers of
// parameters are counted by hand. Else the error names the keys that would say it.
func TestNetwork(t *testing.T) {
	for _, c := range []struct {
		name, text string
		params     int
		note       string
	}{
		{"input", `{data: {source: gone.npy}, model: [input: {shape: [8, 8, 1]}, flatten, dense: 10]}`, 64*10 + 10, ""},
		{"input of ids", `{data: {source: gone.csv}, model: [input: {shape: [20]}, embedding: {input_dim: 50,
			output_dim: 4}, flatten, dense: 1]}`, 50*4 + 80 + 1, ""},
		{"pictures", `{data: {source: gone, image: {size: [6, 5], colour: rgb}}, model: [flatten, dense: 2]}`,
			90*2 + 2, ""},
		{"series", `{data: {source: gone.csv, time: t, series: {window: 7, features: [a, b], calendar: [hour]}},
			model: [flatten, dense: 1]}`, 7*(2+2) + 1, ""},
		{"sequences", `{data: {source: gone.csv, sequence: {id: i, length: 9, features: [a, b, c]}},
			model: [flatten, dense: 1]}`, 28, ""},
		{"text", `{data: {source: gone.csv, features: {review: {text: {length: 5, words: 100}}}},
			model: [embedding: {input_dim: vocabulary, output_dim: 2}, flatten, dense: 1]}`, 200 + 11,
			"without the data: vocabulary of 100 ids at most"},
		{"language", `{data: {source: gone.txt, text: {window: 5, words: 30}}, model: [embedding: {input_dim: vocabulary,
			output_dim: 2}, gru: {units: 1, return_sequences: true}, dense: vocabulary]}`, 60 + 15 + 60,
			"without the data: vocabulary of 30 ids at most"},
		{"language, no word of the vocabulary", `{data: {source: gone.txt, text: {window: 5}},
			model: [embedding: {input_dim: 10, output_dim: 2}, dense: 10]}`, 20 + 30, ""},
	} {
		f, err := spec.Parse("", "test", []byte(c.text))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		m, note, err := Network(t.Context(), f)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if n := m.Summary().Total; n != c.params || note != c.note {
			t.Errorf("%s: %d parameters, note %q; want %d, %q", c.name, n, note, c.params, c.note)
		}
	}
	for want, text := range map[string]string{
		"a summary needs a first layer input with the shape of a sample": `{data: {source: gone.csv}, model: [dense: 1]}`,
		"a summary needs data.image with size and colour, or a first layer input": `{data: {source: gone,
			image: {size: [2, 2]}}, model: [flatten, dense: 1]}`,
		"a summary needs data.series with window and features, or a first": `{data: {source: gone.csv,
			series: {window: 3}}, model: [gru: 1, dense: 1]}`,
		"a summary needs data.features.x.text.words": `{data: {source: gone.csv, features: {x: {text: {length: 3}}}},
			model: [embedding: {input_dim: vocabulary, output_dim: 2}, flatten, dense: 1]}`,
		"a summary needs model, and a first layer input": `{data: {source: gone.csv}}`,
		"a summary needs model: the default one depends on the data": `{data: {source: gone,
			image: {size: [2, 2], colour: grey}}}`,
	} {
		f, err := spec.Parse("", "test", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := Network(t.Context(), f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\ngot  %v\nwant %s", text, err, want)
		}
	}
}

// TestNetworkOfExamples: what is built without data is what is built of the data.
func TestNetworkOfExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	if os.Getenv("GORAE_SHARED") == "" {
		t.Skip("GORAE_SHARED is not set")
	}
	for _, name := range []string{"cifar10-mini", "etth1"} {
		f, err := spec.Read("../examples/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if o := outline(&f.Experiment); len(o.Inputs) == 0 || o.Loose {
			t.Errorf("%s: the experiment does not say what its samples are", name)
			continue
		}
		m, _, err := Network(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Prepare(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		var got, want strings.Builder
		if err := m.Summary().Write(&got, true); err != nil {
			t.Fatal(err)
		}
		if err := p.Model.Summary().Write(&want, true); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("%s without data:\n%s\nwith data:\n%s", name, got.String(), want.String())
		}
	}
}
