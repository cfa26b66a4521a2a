package parquet

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"gorae/internal/ram"

	"github.com/klauspost/compress/zstd"
)

// The codecs by their numbers.
var codecs = []string{"none", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw"}

var errPacked = errors.New("a page is damaged; fetch the file again")

// unpack returns the bytes of a page, which are size.
func unpack(codec int, b []byte, size int) (out []byte, err error) {
	if size < 0 || size > 1<<30 {
		return nil, errPacked
	}
	if err := ram.FitsBeside(float64(size)); err != nil {
		return nil, fmt.Errorf("%w; give a file of smaller pages", err)
	}
	switch codec {
	case 0:
		out = b
	case 1:
		out, err = unsnappy(b, size)
	case 2:
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(b)); err == nil {
			var buf bytes.Buffer
			_, err = io.Copy(&buf, io.LimitReader(z, int64(size)+1))
			out = buf.Bytes()
		}
	case 6:
		var z *zstd.Decoder
		z, err = zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxMemory(1<<31))
		if err == nil {
			var buf bytes.Buffer
			_, err = io.Copy(&buf, io.LimitReader(z, int64(size)+1))
			out = buf.Bytes()
			z.Close()
		}
	case 7:
		out, err = unlz4(b, size)
	default:
		name := fmt.Sprint(codec)
		if codec > 0 && codec < len(codecs) {
			name = codecs[codec]
		}
		return nil, fmt.Errorf("it is compressed with %s, which is not read; write it with snappy, gzip, zstd or "+
			"lz4_raw", name)
	}
	if err != nil || len(out) != size {
		return nil, errPacked
	}
	return out, nil
}

// unsnappy unpacks a block of Snappy: its length, then literals and copies of what stands before.
func unsnappy(b []byte, size int) ([]byte, error) {
	n, used := binary.Uvarint(b)
	if used <= 0 || n != uint64(size) {
		return nil, errPacked
	}
	b = b[used:]
	out := make([]byte, 0, size)
	for len(b) > 0 {
		tag := b[0]
		b = b[1:]
		n, back := int(tag>>2)+1, 0
		more := 0 // bytes of the length or of the distance
		switch tag & 3 {
		case 0:
			if n > 60 {
				more = n - 60
			}
		case 1:
			more = 1
		case 2:
			more = 2
		case 3:
			more = 4
		}
		if len(b) < more {
			return nil, errPacked
		}
		v := 0
		for i := more - 1; i >= 0; i-- {
			v = v<<8 | int(b[i])
		}
		b = b[more:]
		if tag&3 == 0 {
			if more > 0 {
				n = v + 1
			}
			if n > len(b) || n > size-len(out) {
				return nil, errPacked
			}
			out, b = append(out, b[:n]...), b[n:]
			continue
		}
		if back = v; tag&3 == 1 {
			n, back = int(tag>>2&7)+4, int(tag>>5)<<8|v
		}
		if back == 0 || back > len(out) || n > size-len(out) {
			return nil, errPacked
		}
		out = repeat(out, back, n)
	}
	return out, nil
}

// repeat appends n bytes that stand back bytes before the end, and may reach into what is appended.
func repeat(out []byte, back, n int) []byte {
	for n > 0 {
		from := len(out) - back
		k := min(n, back)
		out = append(out, out[from:from+k]...)
		n -= k
	}
	return out
}

// unlz4 unpacks a block of LZ4: literals and copies in turns.
func unlz4(b []byte, size int) ([]byte, error) {
	out := make([]byte, 0, size)
	length := func(n int) (int, bool) {
		for more := n == 15; more; {
			if len(b) == 0 || n > size {
				return 0, false
			}
			n, more, b = n+int(b[0]), b[0] == 255, b[1:]
		}
		return n, true
	}
	for len(b) > 0 {
		token := b[0]
		b = b[1:]
		n, ok := length(int(token >> 4))
		if !ok || n > len(b) || n > size-len(out) {
			return nil, errPacked
		}
		out, b = append(out, b[:n]...), b[n:]
		if len(b) == 0 {
			break
		}
		if len(b) < 2 {
			return nil, errPacked
		}
		back := int(b[0]) | int(b[1])<<8
		b = b[2:]
		n, ok = length(int(token & 15))
		if n += 4; !ok || back == 0 || back > len(out) || n > size-len(out) {
			return nil, errPacked
		}
		out = repeat(out, back, n)
	}
	return out, nil
}
