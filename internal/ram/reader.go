package ram

import (
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
)

// share is the part of Total that a file may take while it is read: what it is read into grows by copying, and is
// converted when it is there. all is the part that the process may hold then, a model that it has loaded included.
const (
	share = 1.0 / 3
	all   = 0.75
)

// least is what a file may always take: a small one is read also where hardly anything is left.
const least = 32 << 20

// step is how many bytes are read between two looks at the memory.
const step = 1 << 20

// Reader reads from r until what the process holds has grown by a third of what it may use: an archive that unpacks to
// a thousand times its size, a device without an end or a file that is too large give an error in place of the end of
// the process. The check asks the runtime how much is in use, so that it holds for whatever is made of the bytes.
func Reader(r io.Reader) io.Reader { return &reader{r: r, before: used()} }

type reader struct {
	r      io.Reader
	before float64 // that the process held when reading began
	left   int     // bytes until the next look
	err    error
}

func (r *reader) Read(b []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.r.Read(b)
	if r.left -= n; r.left > 0 {
		return n, err
	}
	r.left = step
	if t := Total(); t > 0 {
		if most := r.before + max(least, min(t*share, t*all-r.before)); used() > most {
			runtime.GC()
			now := used()
			if now > most {
				r.err = fmt.Errorf("reading it takes more than %s, and this process may use %s for all "+
					"its work; give less of it, or raise --memory", Words(most-r.before), Words(t))
				return 0, r.err
			}
			r.left = max(step, int((most-now)/8)) // collecting again and again would take the time
		}
	}
	return n, err
}

// used is the bytes of the heap's objects, those that are not collected yet included.
func used() float64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return float64(s[0].Value.Uint64())
}
