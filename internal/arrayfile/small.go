package arrayfile

import (
	"io"
	"os"
	"sync"
	"time"
)

// holder is a file of which parts lie in memory.
type holder interface{ leave() }

var holders struct {
	sync.Mutex
	all     []holder
	watched bool
}

// What of mapped files lies in memory is left from mostResident bytes on, which is looked at every pause. Pages that
// are left are still in the system's cache of files, as long as there is room.
const (
	mostResident = 72 << 20
	pause        = 10 * time.Millisecond
)

// keepSmall sees to it that little of a file lies in memory.
func keepSmall(h holder) {
	holders.Lock()
	defer holders.Unlock()
	holders.all = append(holders.all, h)
	if !holders.watched {
		holders.watched = true
		go watch()
	}
}

// watch runs as long as the process.
func watch() {
	m := meter{}
	m.file, _ = os.Open("/proc/self/statm") // else nothing is known
	for range time.Tick(pause) {
		if n, known := m.resident(); known && n < mostResident {
			continue
		}
		Leave()
	}
}

// Leave tells the system that no mapped page is needed.
func Leave() {
	holders.Lock()
	defer holders.Unlock()
	for _, h := range holders.all {
		h.leave()
	}
}

// meter tells how much of files lies in memory, without allocating.
type meter struct {
	file *os.File
	text [128]byte
}

// resident returns it in bytes, where the system tells: the third number of /proc/self/statm, in pages.
func (m *meter) resident() (bytes int64, known bool) {
	if m.file == nil {
		return 0, false
	}
	n, err := m.file.ReadAt(m.text[:], 0)
	if n == 0 || err != nil && err != io.EOF {
		return 0, false
	}
	field, pages := 0, int64(0)
	for _, c := range m.text[:n] {
		switch {
		case c == ' ':
			field++
		case field == 2 && c >= '0' && c <= '9':
			pages = 10*pages + int64(c-'0')
		}
	}
	return pages * int64(os.Getpagesize()), field > 2
}
