package data

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"testing"

	"gorae/tensor"
)

func BenchmarkReadCSV(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	var file []byte
	for range 20000 {
		for k := range 20 {
			if k > 0 {
				file = append(file, ',')
			}
			file = strconv.AppendFloat(file, r.NormFloat64(), 'f', 5, 64)
		}
		file = append(file, '\n')
	}
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadCSV(bytes.NewReader(file), "f.csv", CSVOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// A batch of 64 pictures of MNIST's size out of 60,000, in random order.
func BenchmarkFill(b *testing.B) {
	d, err := Of(tensor.New(tensor.Uint8, 60000, 28, 28, 1), tensor.New(tensor.Int32, 60000))
	if err != nil {
		b.Fatal(err)
	}
	l := &Loader{Data: d, Size: 64, Shuffle: true}
	batch, err := l.New()
	if err != nil {
		b.Fatal(err)
	}
	steps := l.Steps()
	step := 0
	b.ReportAllocs()
	for b.Loop() {
		if err := l.Fill(batch, step/steps, step%steps); err != nil {
			b.Fatal(err)
		}
		step++
	}
}
