package data

import (
	"fmt"
	"strings"
	"testing"

	"gorae/tensor"
)

// one is a dataset of one input, whose samples are n, n+1, ….
func one(name string, from, n int) *Memory {
	x := tensor.New(tensor.Float32, n, 1)
	for i := range x.F32 {
		x.F32[i] = float32(from + i)
	}
	return &Memory{Inputs: []tensor.Named{{Name: name, Tensor: x}}}
}

// TestSeveral: several inputs beside several targets, in order and under their names.
func TestSeveral(t *testing.T) {
	x, err := Inputs(Part{"wide", one("x", 10, 4)}, Part{"deep", numbered(t, 4)})
	if err != nil {
		t.Fatal(err)
	}
	d, err := WithTargets(x, one("price", 20, 4), one("size", 30, 4))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range d.Spec().Fields() {
		names = append(names, f.Name)
	}
	if s := fmt.Sprint(names, len(d.Spec().Inputs), d.Len()); s != "[wide deep deep_2 price size] 3 4" {
		t.Error(s)
	}
	row := d.Spec().Row()
	for i := range 4 {
		if err := d.Read(0, i, row); err != nil {
			t.Fatal(err)
		}
		got := []float32{row[0].F32[0], row[1].F32[2], float32(row[2].U8[3]), row[3].F32[0], row[4].F32[0]}
		want := []float32{float32(10 + i), float32(10*i + 2), float32(i + 3), float32(20 + i), float32(30 + i)}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("sample %d: %v, want %v", i, got, want)
		}
	}
}

func TestWrapErrors(t *testing.T) {
	for want, make := range map[string]func() (Dataset, error){
		"no inputs; give at least one": func() (Dataset, error) { return Inputs() },
		`two inputs "a"; names must dif`: func() (Dataset,
			error) {
			return Inputs(Part{"a", one("x", 0, 2)}, Part{"a", one("x", 0, 2)})
		},
		"b: 3 samples where a has 2 samples; each": func() (Dataset, error) {
			return Inputs(Part{"a", one("x", 0, 2)}, Part{"b", one("x", 0, 3)})
		},
		`target "y": 1 sample where inputs has 2 samples`: func() (Dataset,
			error) {
			return WithTargets(one("x", 0, 2), one("y", 0, 1))
		},
		`target "y": 1 sample where inputs has a stream`: func() (Dataset,
			error) {
			return WithTargets(counting(3), one("y", 0, 1))
		},
	} {
		if _, err := make(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

// An autoencoder learns its own inputs.
func ExampleReconstruction() {
	x, err := Of(tensor.Of([]float32{1, 2, 3, 4}, 2, 2), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	d := Reconstruction(x)
	row := d.Spec().Row()
	err = d.Read(0, 1, row)
	fmt.Println(row[0].F32, row[1].F32, err)
	// Output: [3 4] [3 4] <nil>
}
