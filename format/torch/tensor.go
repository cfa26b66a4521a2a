package torch

import (
	"fmt"
	"math"

	"gorae/format/internal/arrays"
)

// storage is a run of numbers in a member of its own.
type storage struct {
	kind  arrays.Element
	key   string // data/KEY
	count int64
}

// stridedTensor is a tensor over a storage: element (i, j, …) is at offset + i·stride[0] + j·stride[1] + ….
type stridedTensor struct {
	storage       *storage
	offset        int64
	shape, stride []int64
}

// storages are the classes of storages and the types of their numbers.
var storages = map[string]arrays.Element{"FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16",
	"DoubleStorage": "F64", "LongStorage": "I64", "IntStorage": "I32", "ShortStorage": "I16", "CharStorage": "I8",
	"ByteStorage": "U8", "BoolStorage": "BOOL"}

// newStorage is the storage of a persistent id: ("storage", class, key, place, count).
func newStorage(id any) (*storage, error) {
	t, ok := id.(tuple)
	if !ok || len(t) != 5 || t[0] != "storage" {
		return nil, fmt.Errorf("a persistent id is %s; want a storage", say(id))
	}
	class, ok := t[1].(global)
	if !ok || class.module != "torch" || storages[class.name] == "" {
		return nil, fmt.Errorf("a storage of the class %s is not read", say(t[1]))
	}
	key, ok1 := t[2].(string)
	count, ok2 := t[4].(int64)
	if !ok1 || !ok2 || count < 0 {
		return nil, fmt.Errorf("a storage has the key %s and %s elements", say(t[2]), say(t[4]))
	}
	return &storage{storages[class.name], key, count}, nil
}

// newTensor is what torch._utils._rebuild_tensor_v2 makes of its arguments: storage, offset, shape, stride, ….
func newTensor(args tuple) (*stridedTensor, error) {
	if len(args) < 6 || len(args) > 7 {
		return nil, fmt.Errorf("_rebuild_tensor_v2 has %d arguments; want 6", len(args))
	}
	s, ok := args[0].(*storage)
	offset, ok1 := args[1].(int64)
	shape, ok2 := numbers(args[2])
	stride, ok3 := numbers(args[3])
	if !ok || !ok1 || !ok2 || !ok3 || len(shape) != len(stride) {
		return nil, fmt.Errorf("a tensor is made of %s, %s, %s, %s; want a storage, an offset, a shape and its strides",
			say(args[0]), say(args[1]), say(args[2]), say(args[3]))
	}
	t := &stridedTensor{s, offset, shape, stride}
	return t, t.bounded()
}

// numbers are the elements of a tuple of integers.
func numbers(v any) ([]int64, bool) {
	t, ok := v.(tuple)
	out := make([]int64, len(t))
	for i, e := range t {
		n, is := e.(int64)
		if !is {
			return nil, false
		}
		out[i] = n
	}
	return out, ok
}

// bounded checks that all elements lie in the storage, and that there are no more of them.
func (t *stridedTensor) bounded() error {
	fault := fmt.Errorf("a tensor of shape %v with strides %v from %d does not lie in its storage of %d elements",
		t.shape, t.stride, t.offset, t.storage.count)
	n, err := arrays.Size(t.shape, t.storage.count)
	switch {
	case err != nil || t.offset < 0 || t.offset > t.storage.count:
		return fault
	case n == 0:
		return nil
	}
	last := t.offset
	for i, d := range t.shape {
		step := t.stride[i]
		if step < 0 || step > 0 && d-1 > (math.MaxInt64-last)/step {
			return fault
		}
		last += (d - 1) * step
	}
	if last >= t.storage.count {
		return fault
	}
	return nil
}

// check compares the storage of a tensor with its member.
func (a *archive) check(t *stridedTensor) error {
	f := a.files["data/"+t.storage.key]
	if f == nil {
		return fmt.Errorf("the archive has no data/%s", t.storage.key)
	}
	width := uint64(t.storage.kind.Width())
	if f.UncompressedSize64/width != uint64(t.storage.count) || f.UncompressedSize64%width != 0 {
		return fmt.Errorf("data/%s has %d bytes, and the storage %d elements of %d", t.storage.key,
			f.UncompressedSize64, t.storage.count, width)
	}
	return nil
}

// read reads the elements of a tensor, the last index moving fastest.
func (a *archive) read(dst []float32, t *stridedTensor) error {
	if a.bytes == nil || a.last != t.storage.key {
		b, err := whole(a.files["data/"+t.storage.key])
		if err != nil {
			return err
		}
		a.last, a.bytes = t.storage.key, b
	}
	width := int64(t.storage.kind.Width())
	if t.contiguous() {
		t.storage.kind.Decode(dst, a.bytes[t.offset*width:])
		return nil
	}
	at := make([]int64, len(t.shape))
	from := t.offset
	for i := range dst {
		t.storage.kind.Decode(dst[i:i+1], a.bytes[from*width:])
		for k := len(at) - 1; k >= 0; k-- {
			at[k]++
			from += t.stride[k]
			if at[k] < t.shape[k] {
				break
			}
			from -= at[k] * t.stride[k]
			at[k] = 0
		}
	}
	return nil
}

// contiguous reports whether the elements lie one behind the other.
func (t *stridedTensor) contiguous() bool {
	want := int64(1)
	for k := len(t.shape) - 1; k >= 0; k-- {
		if t.shape[k] > 1 && t.stride[k] != want {
			return false
		}
		want *= t.shape[k]
	}
	return true
}
