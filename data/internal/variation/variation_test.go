package variation

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// TestStream compares with the definitions in Python's integers: testdata/stream.py.
func TestStream(t *testing.T) {
	text, err := os.ReadFile("testdata/stream.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Purpose              string
		Seed                 uint64
		Epoch, Sample, Place int
		Uniform              []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 8 {
		t.Fatalf("%d cases", len(cases))
	}
	purposes := map[string]uint64{"augment": Augment, "corrupt": Corrupt}
	for _, c := range cases {
		r := Stream(purposes[c.Purpose], c.Seed, c.Epoch, c.Sample, c.Place)
		for i, want := range c.Uniform {
			if got := Uniform(&r); got != want {
				t.Errorf("%+v: number %d is %v", c, i, got)
			}
		}
	}
}

func TestMirrored(t *testing.T) {
	for n, want := range map[int][]int{ // of −5 to 5; numpy.pad(mode="symmetric")
		1: {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		2: {0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1},
		3: {1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0},
	} {
		var got []int
		for i := -5; i <= 5; i++ {
			got = append(got, Mirrored(i, n))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", n, got, want)
		}
	}
}
