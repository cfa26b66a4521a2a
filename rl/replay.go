package rl

import "math/rand/v2"

// replayBuffer is a ring of transitions: as many as it has room for, the latest ones. Each lies behind the one before,
// so that the memory is fixed: room · (2 · numbers of an observation + 3) · 4 bytes.
type replayBuffer struct {
	room, width  int
	count        int // in it
	at           int // where the next one goes
	observations []float32
	nexts        []float32
	actions      []int32
	rewards      []float32
	discounts    []float32 // of the value of next: γⁿ, or 0 where the episode terminated
}

func newReplayBuffer(room, width int) *replayBuffer {
	return &replayBuffer{
		room: room, width: width, observations: make([]float32, room*width), nexts: make([]float32, room*width),
		actions: make([]int32, room), rewards: make([]float32, room), discounts: make([]float32, room),
	}
}

func (b *replayBuffer) add(observation, next []float32, action int32, reward, discount float32) {
	i := b.at
	copy(b.observations[i*b.width:(i+1)*b.width], observation)
	copy(b.nexts[i*b.width:(i+1)*b.width], next)
	b.actions[i], b.rewards[i], b.discounts[i] = action, reward, discount
	b.count = max(b.count, i+1)
	b.at = (i + 1) % b.room
}

// draw returns the number of a transition, each as likely as the others.
func (b *replayBuffer) draw(random *rand.Rand) int { return random.IntN(b.count) }

// save writes what is in the buffer, and no more.
func (b *replayBuffer) save(w *writer) {
	n := b.count
	w.number(uint64(n))
	w.number(uint64(b.at))
	w.floats(b.observations[:n*b.width])
	w.floats(b.nexts[:n*b.width])
	w.ints(b.actions[:n])
	w.floats(b.rewards[:n])
	w.floats(b.discounts[:n])
}

func (b *replayBuffer) restore(r *reader) {
	n, at := r.number(), r.number()
	if n > uint64(b.room) || at >= uint64(b.room) || at > n {
		r.fail()
		return
	}
	b.count, b.at = int(n), int(at)
	r.into(b.observations[:b.count*b.width])
	r.into(b.nexts[:b.count*b.width])
	r.intsInto(b.actions[:b.count])
	r.into(b.rewards[:b.count])
	r.into(b.discounts[:b.count])
}
