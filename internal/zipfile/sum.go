package zipfile

import (
	"archive/zip"
	"cmp"
	"hash/crc32"
	"io"
	"sort"
	"sync"
)

// A Summed reads a stored member of an archive in its place, anywhere and in any order, and computes its checksum on
// the way: bytes that large reads have brought are not read again. Several goroutines may read at once.
type Summed struct {
	r    io.ReaderAt
	file *zip.File
	mu   sync.Mutex
	runs []run // as they were read
}

// run is a part of the member with its CRC-32.
type run struct {
	off, n int64
	crc    uint32
}

// byOffset sorts runs. Programs that predict link sort.Sort for other lists already.
type byOffset []run

func (b byOffset) Len() int           { return len(b) }
func (b byOffset) Less(i, j int) bool { return b[i].off < b[j].off }
func (b byOffset) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

// summedRead is how many bytes a read has whose checksum is kept; headers are read again.
const summedRead = 4 << 10

// Sum reads a stored member; zip.ErrAlgorithm is the error of a compressed one.
func Sum(f *zip.File) (*Summed, error) {
	if f.Method != zip.Store {
		return nil, zip.ErrAlgorithm
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	at, ok := raw.(io.ReaderAt)
	if !ok || f.CompressedSize64 != f.UncompressedSize64 {
		return nil, zip.ErrFormat
	}
	return &Summed{r: at, file: f}, nil
}

// Size is the member's number of bytes.
func (s *Summed) Size() int64 { return int64(s.file.UncompressedSize64) }

// ReadAt reads as io.ReaderAt says.
func (s *Summed) ReadAt(b []byte, off int64) (int, error) {
	n, err := s.r.ReadAt(b, off)
	if n < summedRead {
		return n, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.runs) - 1; last >= 0 && s.runs[last].off+s.runs[last].n == off {
		r := &s.runs[last]
		r.crc = crc32.Update(r.crc, crc32.IEEETable, b[:n])
		r.n += int64(n)
		return n, err
	}
	s.runs = append(s.runs, run{off, int64(n), crc32.ChecksumIEEE(b[:n])})
	return n, err
}

// Check reads what has not been read and compares the checksum with the archive's; zip.ErrChecksum is its error.
func (s *Summed) Check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sort.Sort(byOffset(s.runs))
	var at int64
	var crc uint32
	buf := make([]byte, 64<<10)
	upTo := func(end int64) error {
		for at < end {
			b := buf[:min(int64(len(buf)), end-at)]
			if n, err := s.r.ReadAt(b, at); n < len(b) {
				return cmp.Or(err, io.ErrUnexpectedEOF)
			}
			crc = crc32.Update(crc, crc32.IEEETable, b)
			at += int64(len(b))
		}
		return nil
	}
	for _, r := range s.runs {
		if r.off < at { // read before, in part at least
			continue
		}
		if err := upTo(r.off); err != nil {
			return err
		}
		crc = combine(crc, r.crc, r.n)
		at += r.n
	}
	if err := upTo(s.Size()); err != nil {
		return err
	}
	if crc != s.file.CRC32 {
		return zip.ErrChecksum
	}
	return nil
}

// combine is the CRC-32 of two texts, one behind the other, of the CRC-32 of each and the length of the second: the
// polynomial of the first is multiplied by x^(8n), and both are added. The ones that a CRC-32 begins and ends with
// cancel.
func combine(first, second uint32, n int64) uint32 {
	power, x := uint32(1<<31), uint32(1<<23) // x⁰ and x⁸: the greatest bit is the lowest power
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			power = times(power, x)
		}
		x = times(x, x)
	}
	return times(first, power) ^ second
}

// times is the product of two polynomials over GF(2) modulo that of CRC-32.
func times(a, b uint32) (p uint32) {
	for ; b != 0; b <<= 1 {
		if b&(1<<31) != 0 {
			p ^= a
		}
		a = a>>1 ^ crc32.IEEE&-(a&1)
	}
	return p
}
