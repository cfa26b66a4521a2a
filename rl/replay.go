package rl

import "math/rand/v2"

// replayBuffer is a ring of transitions: as many as it has room for, the latest ones. A transition is one record, so
// that drawing one at random reads memory in one place; the memory is fixed, room · (2 · numbers of an observation + 3)
// · 4 bytes.
type replayBuffer struct {
	room, width int
	count       int // in it
	at          int // where the next one goes
	records     []float32
}

// replayed is a transition of a buffer.
type replayed struct {
	observation, next []float32
	action            int32
	reward            float32 // of n steps
	discount          float32 // of the value of next: γⁿ, or 0 where the episode terminated
}

func newReplayBuffer(room, width int) *replayBuffer {
	b := &replayBuffer{room: room, width: width}
	b.records = make([]float32, room*b.stride())
	return b
}

// stride is the length of a record: observation, next, reward, discount, action.
func (b *replayBuffer) stride() int { return 2*b.width + 3 }

func (b *replayBuffer) add(t replayed) {
	n, w := b.stride(), b.width
	r := b.records[b.at*n : (b.at+1)*n]
	copy(r[:w], t.observation)
	copy(r[w:2*w], t.next)
	r[2*w], r[2*w+1], r[2*w+2] = t.reward, t.discount, float32(t.action)
	b.count = max(b.count, b.at+1)
	b.at = (b.at + 1) % b.room
}

// get returns transition i, whose slices are the buffer's.
func (b *replayBuffer) get(i int) replayed {
	n, w := b.stride(), b.width
	r := b.records[i*n : (i+1)*n]
	return replayed{r[:w], r[w : 2*w], int32(r[2*w+2]), r[2*w], r[2*w+1]}
}

// draw returns a transition, each with the same probability.
func (b *replayBuffer) draw(random *rand.Rand) replayed { return b.get(random.IntN(b.count)) }

// save writes what is in the buffer, and no more.
func (b *replayBuffer) save(w *writer) {
	w.number(uint64(b.count))
	w.number(uint64(b.at))
	w.floats(b.records[:b.count*b.stride()])
}

func (b *replayBuffer) restore(r *reader) {
	n, at := r.number(), r.number()
	if n > uint64(b.room) || at >= uint64(b.room) || at > n {
		r.fail()
		return
	}
	b.count, b.at = int(n), int(at)
	r.into(b.records[:b.count*b.stride()])
}
