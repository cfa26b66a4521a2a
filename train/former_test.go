package train

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"reflect"
	"testing"

	"gorae/tensor"
)

// formerState is a state as versions 1 and 2 wrote it: one step, no passes, sessions from version 2 on.
func formerState(version uint32) []byte {
	w := writer{}
	for _, v := range []uint64{7, 70, 32, 1, 3, 6} { // seed, samples, batch size, epoch, batch, steps
		w.u64(v)
	}
	w.u8(0)
	w.u32(math.Float32bits(0.25))
	w.f64(1.5)
	w.count(2)
	w.f64(64)
	w.f64(3)
	w.u64(1)
	w.f64(0.5)
	w.count(1)
	w.u64(1)
	w.f64(2.5)
	w.count(1)
	w.str("loss")
	w.f64(0.75)
	w.tensors([]tensor.Named{{Name: "dense/kernel", Tensor: tensor.Of([]float32{1, 2}, 2)}})
	w.tensors([]tensor.Named{{Name: "dense/kernel/m", Tensor: tensor.Of([]float32{3, 4}, 2)}})
	w.tensors(nil)
	w.count(1)
	w.str("EarlyStopping")
	w.bytes([]byte{9})
	if version > 1 {
		w.tensors([]tensor.Named{{Name: "lstm/cell/state_0", Tensor: tensor.Of([]float32{5}, 1)}})
	}
	b := binary.LittleEndian.AppendUint32([]byte(magic), version)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(w.b)))
	return append(binary.LittleEndian.AppendUint32(b, crc32.Checksum(w.b, castagnoli)), w.b...)
}

// TestFormerStates: states of versions 1 and 2 are read. Batch 3 of 70 samples in batches of 32 is an epoch's end.
func TestFormerStates(t *testing.T) {
	want := Snapshot{
		Seed: 7, Samples: 70, BatchSize: 32, Epoch: 1, Batch: 3, Pass: 1, PassBatch: 3, Ended: true,
		Sums: []float64{64, 3}, Elapsed: 1.5, Best: 1, BestValue: 0.5,
		Rows:    []Row{{1, Metrics{{Name: "loss", Value: 0.75}}, 2.5}},
		Weights: []tensor.Named{{Name: "dense/kernel", Tensor: tensor.Of([]float32{1, 2}, 2)}},
		Steps: []StepState{{"", 6, 0.25, []tensor.Named{
			{Name: "dense/kernel/m", Tensor: tensor.Of([]float32{3, 4}, 2)},
		}}},
		BestSaved: []tensor.Named{},
		Callbacks: []CallbackState{{"EarlyStopping", []byte{9}}},
	}
	for version := uint32(1); version <= 2; version++ {
		if version == 2 {
			want.Sessions = []tensor.Named{{Name: "lstm/cell/state_0", Tensor: tensor.Of([]float32{5}, 1)}}
		}
		var got Snapshot
		if err := got.UnmarshalBinary(formerState(version)); err != nil {
			t.Fatalf("version %d: %v", version, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("version %d: %+v\nwant %+v", version, got, want)
		}
	}
}
