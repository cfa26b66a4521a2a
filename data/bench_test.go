package data

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

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

// Dates and times of 200,000 rows.
func BenchmarkClock(b *testing.B) {
	const rows = 200_000
	r := rand.New(rand.NewPCG(1, 2))
	for _, layout := range []string{time.DateOnly, time.DateTime, "02/01/2006 15:04", "2 Jan 2006", time.RFC3339} {
		file := []byte("at,x\n")
		for i := range rows {
			at := time.Date(2021, 1, 1, 0, 0, r.IntN(4*365*24*3600), 0, time.UTC)
			file = strconv.AppendInt(append(at.AppendFormat(file, layout), ','), int64(i), 10)
			file = append(file, '\n')
		}
		t, err := ReadCSV(bytes.NewReader(file), "f.csv", CSVOptions{})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(layout, func(b *testing.B) {
			b.SetBytes(rows * int64(len(layout)+1))
			for b.Loop() {
				c, err := t.Clock("at")
				if err != nil || c.Format.Layout != layout {
					b.Fatal(c, err)
				}
			}
		})
	}
}
