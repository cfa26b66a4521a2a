package tensorboard

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"gorae/internal/file"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the checksum of a record's part: CRC-32C, turned by 15 bits and moved, so that checksums of what holds
// checksums are no special numbers.
func masked(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

// appendRecord appends an event as a record.
func appendRecord(to, event []byte) []byte {
	head := len(to)
	to = binary.LittleEndian.AppendUint64(to, uint64(len(event)))
	to = binary.LittleEndian.AppendUint32(to, masked(to[head:]))
	to = append(to, event...)
	return binary.LittleEndian.AppendUint32(to, masked(event))
}

// whole is the end of the last record that is whole and lies within the first limit bytes.
func whole(r io.Reader, limit int64) int64 {
	in, end := bufio.NewReader(r), int64(0)
	var head [12]byte
	var body []byte
	for {
		if _, err := io.ReadFull(in, head[:]); err != nil || binary.LittleEndian.Uint32(head[8:]) != masked(head[:8]) {
			return end
		}
		n := binary.LittleEndian.Uint64(head[:])
		if n > uint64(limit-end) || end+int64(n)+16 > limit {
			return end
		}
		if uint64(cap(body)) < n+4 {
			body = make([]byte, n+4)
		}
		body = body[:n+4]
		if _, err := io.ReadFull(in, body); err != nil || binary.LittleEndian.Uint32(body[n:]) != masked(body[:n]) {
			return end
		}
		end += int64(n) + 16
	}
}

// Times and sizes at which what has been gathered is written, so that TensorBoard shows a training as it goes.
const (
	flushEvery = 2 * time.Second
	flushBytes = 1 << 16
)

// events is an event file that grows. Only whole records are written, in one call for those that were gathered, so
// that a process that is killed leaves at most one record that is cut off: TensorBoard passes over it, and a resumed
// run removes it.
type events struct {
	path    string
	f       file.Growing
	end     int64  // what is in the file
	pending []byte // records that are not in it yet
	event   message
	summary message
	flushed time.Time
	synced  bool
}

// create makes an event file, which begins with the version of its form.
func create(dir, name string) (*events, error) {
	if err := file.MakeDir(dir); err != nil {
		return nil, fmt.Errorf("%s: cannot make this directory: %w", dir, file.Cause(err))
	}
	path := filepath.Join(dir, name)
	f, err := file.NewJournal(path)
	if err != nil {
		return nil, err
	}
	e := &events{path: path, f: f}
	now := e.begin(0)
	e.event = e.event.text(3, "brain.Event:2").bytes(10, message{}.text(1, "gorae"))
	e.record()
	e.flushed = now
	return e, e.flush()
}

// reopen goes on with an event file behind its record that ends at byte end, or behind its last whole record before
// it; nil where the file is gone.
func reopen(path string, end int64) (*events, error) {
	f, err := file.OpenJournal(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e := &events{path: path, f: f, flushed: time.Now()}
	e.end = whole(f, end)
	if err = f.Truncate(e.end); err == nil {
		_, err = f.Seek(e.end, io.SeekStart)
	}
	if err != nil {
		_ = f.Close() // the first error is the one to tell
		return nil, e.failed(err)
	}
	return e, nil
}

func (e *events) failed(err error) error {
	return fmt.Errorf("%s: not written: %w", e.path, file.Cause(err))
}

// begin begins an event of a step.
func (e *events) begin(step int64) time.Time {
	now := time.Now()
	e.event = e.event[:0].double(1, float64(now.UnixMicro())/1e6).number(2, step)
	return now
}

// record ends the event.
func (e *events) record() { e.pending = appendRecord(e.pending, e.event) }

// value adds an event of one value of a summary.
func (e *events) value(step int64, v message) error {
	now := e.begin(step)
	e.summary = e.summary[:0].bytes(1, v)
	e.event = e.event.bytes(5, e.summary)
	e.record()
	if len(e.pending) >= flushBytes || now.Sub(e.flushed) >= flushEvery {
		e.flushed = now
		return e.flush()
	}
	return nil
}

// graph adds an event with the bytes of a GraphDef.
func (e *events) graph(g []byte) {
	e.begin(0)
	e.event = e.event.bytes(4, g)
	e.record()
}

// flush writes what has been gathered.
func (e *events) flush() error {
	if len(e.pending) == 0 {
		return nil
	}
	n, err := e.f.Write(e.pending)
	e.end, e.synced = e.end+int64(n), false
	e.pending = e.pending[:copy(e.pending, e.pending[n:])]
	if err != nil {
		return e.failed(err)
	}
	return nil
}

// sync makes what was added survive a power failure.
func (e *events) sync() error {
	if err := e.flush(); err != nil || e.synced {
		return err
	}
	if err := e.f.Sync(); err != nil {
		return e.failed(err)
	}
	e.synced = true
	return nil
}

// close ends the writing.
func (e *events) close() error {
	return cmp.Or(e.flush(), e.f.Close())
}
