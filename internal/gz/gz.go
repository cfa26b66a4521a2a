// Package gz reads files that may be packed with gzip: the one place that looks for gzip's first bytes.
package gz

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"

	"gorae/internal/ram"
)

// Is reports whether a file that begins with head is packed with gzip.
func Is(head []byte) bool { return len(head) >= 2 && head[0] == 0x1f && head[1] == 0x8b }

// Reader returns what r holds, unpacked if it is packed, through a buffer of at least size bytes. Packed data that end
// too early or are damaged give an error that says so, and so does content for which this process has too little memory
// ([ram.Reader]).
func Reader(r io.Reader, size int) (*bufio.Reader, error) {
	br := bufio.NewReaderSize(ram.Reader(r), size)
	if head, _ := br.Peek(2); !Is(head) { // a shorter file is not packed; its error comes again when it is read
		return br, nil
	}
	z, err := gzip.NewReader(br)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(ram.Reader(unpacked{z}), size), nil
}

type unpacked struct{ z *gzip.Reader }

func (u unpacked) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("the gzip file is damaged or was cut off (%w); fetch it again", err)
	}
	return n, err
}
