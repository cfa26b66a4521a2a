package train

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"reflect"
	"strings"
	"testing"

	"gorae/tensor"
)

// example is a snapshot with something in every field.
func example() *Snapshot {
	return &Snapshot{
		Seed: 1<<63 + 5, Samples: 1000, BatchSize: 32, Epoch: 2, Batch: 11, Stopped: true, Ended: true,
		Pass: 3, PassBatch: 4, Sums: []float64{352, math.Inf(1), -0.25}, Elapsed: 1.5,
		Rows: []Row{
			{1, Metrics{{Name: "loss", Value: 2.5}, {Name: "val_loss", Value: math.Inf(-1)}}, 0.75},
			{2, Metrics{{Name: "loss", Value: 0.1}, {Name: "val_loss", Value: 0}}, 0.5},
		},
		Best: 2, BestValue: 0.5,
		Weights: []tensor.Named{
			{Name: "dense/kernel", Tensor: tensor.Of([]float32{1, -2, 3.5, 0, 1e-40, 6}, 2, 3)},
			{Name: "scalar", Tensor: tensor.Of([]float32{7}, []int{}...)},
		},
		Steps: []StepState{
			{"generator", 75, 0.001, []tensor.Named{
				{Name: "ids", Tensor: tensor.Of([]int32{-1, 2}, 2)},
				{Name: "bytes", Tensor: tensor.Of([]uint8{0, 255}, 1, 2)},
			}},
			{"discriminator", 1 << 40, 0.5, []tensor.Named{}},
		},
		BestSaved: []tensor.Named{{Name: "none", Tensor: tensor.New(tensor.Float32, 0, 4)}},
		Sessions:  []tensor.Named{{Name: "lstm/cell/state_0", Tensor: tensor.Of([]float32{0.5, 0.25}, 1, 2)}},
		Callbacks: []CallbackState{{"EarlyStopping", []byte{1, 2, 3}}, {"CSVLogger", []byte{}}},
	}
}

func TestSnapshotRoundTrip(t *testing.T) {
	for _, s := range []*Snapshot{example(), {Samples: -1}} {
		b, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var got Snapshot
		if err := got.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		again, _ := got.MarshalBinary()
		if !bytes.Equal(b, again) {
			t.Error("read and written again, the bytes differ")
		}
		if s.Seed > 0 && !reflect.DeepEqual(&got, s) {
			t.Errorf("got %+v\nwant %+v", got, *s)
		}
	}
}

// The beginning of the format by hand, as docs/format/state.md draws it.
func TestSnapshotBytes(t *testing.T) {
	b, err := (&Snapshot{Seed: 0x0102, Samples: 3}).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	want := "gorae state\n" + "\x03\x00\x00\x00"
	if got := string(b[:16]); got != want {
		t.Errorf("magic and version are %q, want %q", got, want)
	}
	if n := binary.LittleEndian.Uint64(b[16:]); n != uint64(len(b)-28) {
		t.Errorf("length %d of a body of %d bytes", n, len(b)-28)
	}
	if got := b[28:44]; !bytes.Equal(got, []byte{2, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0}) {
		t.Errorf("seed and samples are % x", got)
	}
}

// A damaged file is always an error, whichever bit is wrong and wherever it ends, and never
// changes the snapshot it is read into.
func TestSnapshotDamaged(t *testing.T) {
	b, err := example().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	kept := Snapshot{Seed: 99}
	try := func(what string, b []byte) {
		t.Helper()
		s := kept
		if err := s.UnmarshalBinary(b); err == nil {
			t.Errorf("%s: no error", what)
		} else if !strings.HasPrefix(err.Error(), "training state: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %q", what, err)
		}
		if s.Seed != 99 {
			t.Errorf("%s: the snapshot was changed", what)
		}
	}
	for i := range b {
		c := bytes.Clone(b)
		c[i] ^= 1 << (i % 8)
		try("a wrong bit", c)
		try("cut off", b[:i])
	}
	try("longer", append(bytes.Clone(b), 0))

	// With the checksum made right, what is in the body is still not trusted.
	for i := head; i < len(b); i++ {
		for _, v := range []byte{0xff, 0x80, 0} {
			c := bytes.Clone(b)
			c[i] = v
			sign(c)
			var s Snapshot
			if err := s.UnmarshalBinary(c); err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("byte %d = %#x: error %q", i, v, err)
			}
		}
		c := bytes.Clone(b[:i])
		sign(c)
		try(fmt.Sprint("body cut off at ", i, " of ", len(b)), c)
	}
}

// sign makes the head of a snapshot's bytes fit its body.
func sign(b []byte) {
	binary.LittleEndian.PutUint64(b[len(magic)+4:], uint64(len(b)-head))
	binary.LittleEndian.PutUint32(b[len(magic)+12:], crc32.Checksum(b[head:], castagnoli))
}

func FuzzSnapshot(f *testing.F) {
	b, err := example().MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b[head:])
	empty, _ := (&Snapshot{}).MarshalBinary()
	f.Add(empty[head:])
	f.Fuzz(func(t *testing.T, body []byte) {
		b := append(bytes.Clone(b[:head]), body...)
		sign(b)
		var s Snapshot
		if err := s.UnmarshalBinary(b); err != nil {
			return
		}
		again, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var u Snapshot
		if err := u.UnmarshalBinary(again); err != nil {
			t.Fatalf("what was read and written cannot be read: %v", err)
		}
	})
}
