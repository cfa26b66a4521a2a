package arrayfile

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"
	"os"

	"gorae/internal/par"
)

// Partial ends the names of files that are not finished.
const Partial = ".partial"

// magic is the first and the last bytes of a kept file.
const magic = "GORAECOL"

// Bytes before the first array, and behind the index.
const (
	headSize = align
	tailSize = 32
	// mostIndex is the greatest size of an index.
	mostIndex = 256 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sum is the checksum of bytes.
func sum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// Ref is the place of an array in a kept file.
type Ref struct {
	At  int64  `json:"at"`
	N   int64  `json:"n"`   // bytes
	Sum uint32 `json:"sum"` // CRC-32C
}

// Writer writes a kept file.
type Writer struct {
	file *os.File
	w    *bufio.Writer
	at   int64
	err  error
}

// NewWriter returns the writer of a file in a folder, under a name of its own.
func NewWriter(dir string) (*Writer, error) {
	f, err := os.CreateTemp(dir, "table-*"+Partial)
	if err != nil {
		return nil, err
	}
	w := &Writer{file: f, w: bufio.NewWriterSize(f, 1<<20)}
	head := make([]byte, headSize)
	copy(head, magic)
	w.write(head)
	return w, nil
}

func (w *Writer) write(b []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(b)
		w.at += int64(len(b))
	}
}

// Add writes an array. An error is that of Keep.
func (w *Writer) Add(b []byte) Ref {
	r := Ref{At: w.at, N: int64(len(b)), Sum: sum(b)}
	w.write(b)
	var zeros [align]byte
	w.write(zeros[:-r.N&(align-1)])
	return r
}

// Size returns how many bytes the arrays so far take.
func (w *Writer) Size() int64 { return w.at }

// Abandon removes what was written.
func (w *Writer) Abandon() {
	_ = w.file.Close() // it is not for use
	_ = os.Remove(w.file.Name())
}

// Keep ends the file with an index, in JSON, and gives it its name. A file of that name is replaced at once. The bytes
// are not forced to the disk: what a power failure leaves of them has another checksum.
func (w *Writer) Keep(path string, index any) error {
	b, err := json.Marshal(index)
	if err == nil {
		at := w.at
		w.write(b)
		w.write(tail(at, b))
		err = w.err
	}
	if err == nil {
		err = w.w.Flush()
	}
	if err == nil {
		err = w.file.Close()
	}
	if err == nil {
		err = os.Rename(w.file.Name(), path)
	}
	if err != nil {
		w.Abandon()
	}
	return err
}

// tail is the bytes behind an index at a place.
func tail(at int64, index []byte) []byte {
	b := make([]byte, 0, tailSize)
	b = binary.LittleEndian.AppendUint64(b, uint64(at))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(index)))
	b = binary.LittleEndian.AppendUint32(b, sum(index))
	b = binary.LittleEndian.AppendUint32(b, sum(b))
	return append(b, magic...)
}

// Kept is a kept file that is open for reading. Its arrays stay in memory until the process ends.
type Kept struct {
	bytes []byte
	index []byte
	end   int64 // of the arrays
}

// errDamaged is the error of a file that is not as it was written.
var errDamaged = errors.New("it is damaged")

// Open opens a kept file and decodes its index.
func Open(path string, index any) (*Kept, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // what is mapped stays
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	size := st.Size()
	if !st.Mode().IsRegular() || size < headSize+tailSize {
		return nil, errDamaged
	}
	k := &Kept{}
	var last [tailSize]byte
	if _, err := f.ReadAt(last[:], size-tailSize); err != nil {
		return nil, err
	}
	at, n := binary.LittleEndian.Uint64(last[:]), binary.LittleEndian.Uint64(last[8:])
	if n > mostIndex || at < headSize || at > uint64(size) || int64(at+n) != size-tailSize {
		return nil, errDamaged
	}
	k.end, k.index = int64(at), make([]byte, n)
	if _, err := f.ReadAt(k.index, k.end); err != nil {
		return nil, err
	}
	if string(tail(k.end, k.index)) != string(last[:]) {
		return nil, errDamaged
	}
	if err := json.Unmarshal(k.index, index); err != nil {
		return nil, errDamaged
	}
	if k.bytes, err = mapped(f, 0, int(size)); err != nil {
		return nil, err
	}
	keepSmall(k)
	return k, nil
}

// leave implements holder.
func (k *Kept) leave() { leave(k.bytes) }

// Check reads arrays and compares their checksums, several at a time.
func (k *Kept) Check(refs []Ref) error {
	errs := make([]error, len(refs))
	par.Each(len(refs), func(i int) {
		if _, errs[i] = k.at(refs[i]); errs[i] != nil {
			return
		}
		sum := uint32(0)
		for part := range k.Parts(refs[i]) {
			sum = crc32.Update(sum, castagnoli, part)
		}
		if sum != refs[i].Sum {
			errs[i] = errDamaged
		}
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// partBytes is the size of a part of an array, a multiple of every element's.
const partBytes = 4 << 20

// Parts goes over the bytes of an array that Check found whole, part by part. Each part is left when the next one is
// asked for: a pass over a large array is over before keepSmall looks.
func (k *Kept) Parts(r Ref) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		page := int64(os.Getpagesize())
		for at, end := r.At, r.At+r.N; at < end; at += partBytes {
			next := min(at+partBytes, end)
			more := yield(k.bytes[at:next])
			leave(k.bytes[at/page*page : next])
			if !more {
				return
			}
		}
	}
}

// at returns the bytes of an array.
func (k *Kept) at(r Ref) ([]byte, error) {
	if r.At < headSize || r.N < 0 || r.At > k.end || r.N > k.end-r.At || r.At%align != 0 {
		return nil, errDamaged
	}
	return k.bytes[r.At : r.At+r.N : r.At+r.N], nil
}

// Read returns an array of a kept file; n is how many elements it is to have.
func Read[T Element](k *Kept, r Ref, n int) ([]T, error) {
	b, err := k.at(r)
	if err != nil {
		return nil, err
	}
	if x := Of[T](b); len(x) == n && len(Bytes(x)) == len(b) {
		return x, nil
	}
	return nil, fmt.Errorf("%w: %d bytes for %d values", errDamaged, len(b), n)
}
