package data

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"gorae/tensor"
)

// counting is a stream of n numbers, 100·epoch + i, with themselves as targets.
func counting(n int) *Generator {
	return &Generator{
		Fields: Spec{Inputs: []Field{{Name: "x", Shape: tensor.Shape{1}}},
			Targets: []Field{{Name: "y", DType: tensor.Int32, Shape: tensor.Shape{}}}},
		Begin: func(epoch int) (func(Row) error, error) {
			i := -1
			return func(row Row) error {
				if i++; i >= n {
					return io.EOF
				}
				row[0].F32[0] = float32(100*epoch + i)
				if len(row) > 1 {
					row[1].I32[0] = int32(100*epoch + i)
				}
				return nil
			}, nil
		},
	}
}

// TestStreamOfUnknownLength: batches of a stream, epoch after epoch, also from the middle, with a smaller last batch or
// without; io.EOF parts the epochs.
func TestStreamOfUnknownLength(t *testing.T) {
	for _, c := range []struct {
		n, epoch, step int
		want           string
	}{
		{5, 0, 0, "0 1|2 3|4|EOF|100 101|102 103|104|EOF|200 201|"},
		{4, 0, 0, "0 1|2 3|EOF|100 101|102 103|EOF|200 201|202 203|EOF|"},
		{5, 3, 1, "302 303|304|EOF|400 401|402 403|404|EOF|500 501|502 503|"},
		{4, 1, 2, "EOF|200 201|202 203|EOF|300 301|302 303|EOF|400 401|402 403|"},
	} {
		l := &Loader{Data: counting(c.n), Size: 2, Shuffle: true, Bucket: true}
		if l.Steps() != -1 {
			t.Fatal(l.Steps())
		}
		s, err := l.Stream(c.epoch, c.step)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for range 9 {
			b, err := s.Next()
			if err == io.EOF {
				got.WriteString("EOF|")
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			words := make([]string, len(b.Samples))
			for i := range words {
				words[i] = fmt.Sprint(b.Targets[0].I32[i])
				if b.Inputs[0].F32[i] != float32(b.Targets[0].I32[i]) || b.Samples[i] != int(b.Targets[0].I32[i])%100 {
					t.Errorf("sample %d holds %v, %v", b.Samples[i], b.Inputs[0].F32[i], b.Targets[0].I32[i])
				}
			}
			got.WriteString(strings.Join(words, " ") + "|")
		}
		s.Close()
		if !strings.HasPrefix(c.want, got.String()) && !strings.HasPrefix(got.String(), c.want) {
			t.Errorf("%d samples from %d.%d: %s; want %s", c.n, c.epoch, c.step, got.String(), c.want)
		}
	}
}

// TestGenerator: numbers may be skipped but not go back; the end stays the end; an empty stream is an error.
func TestGenerator(t *testing.T) {
	g := counting(5)
	row := g.Spec().Row()
	var got []float32
	for _, at := range [][2]int{{0, 0}, {0, 3}, {0, 4}, {2, 2}, {2, 0}, {2, 1}} {
		if err := g.Read(at[0], at[1], row); err != nil {
			t.Fatal(err)
		}
		got = append(got, row[0].F32[0])
	}
	if !slices.Equal(got, []float32{0, 3, 4, 202, 200, 201}) {
		t.Error(got)
	}
	if err := g.Read(2, 1, row); err == nil || !strings.Contains(err.Error(),
		"sample 1 of a stream that is at sample 2") {
		t.Error(err)
	}
	for range 3 {
		if err := g.Read(2, 5, row); err != io.EOF {
			t.Error(err)
		}
	}
	s, err := (&Loader{Data: counting(0)}).Stream(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 {
		if _, err := s.Next(); err == nil || err.Error() != "data: the stream has no samples in epoch 0" {
			t.Error(err)
		}
	}
	broken := &Generator{Fields: counting(1).Fields,
		Begin: func(int) (func(Row) error, error) { return nil, errors.New("no connection") }}
	if err := broken.Read(0, 0, row); err == nil || err.Error() != "no connection" {
		t.Error(err)
	}
}

// A stream of unknown length: squares below a bound, two at a time.
func ExampleGenerator() {
	squares := &Generator{
		Fields: Spec{Inputs: []Field{{Name: "x", Shape: tensor.Shape{1}}}},
		Begin: func(epoch int) (func(Row) error, error) {
			n := 0
			return func(row Row) error {
				if n++; n*n > 30 {
					return io.EOF
				}
				row[0].F32[0] = float32(n * n)
				return nil
			}, nil
		},
	}
	s, err := (&Loader{Data: squares, Size: 2}).Stream(0, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	for {
		b, err := s.Next()
		if err == io.EOF {
			break // the end of the epoch
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(b.Samples, b.Inputs[0].F32)
	}
	// Output:
	// [0 1] [1 4]
	// [2 3] [9 16]
	// [4] [25]
}
