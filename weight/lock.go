package weight

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
)

// guard is the lock of the variables that one store owns, and the count of their changes.
type guard struct {
	values  sync.RWMutex
	memory  sync.Mutex // of sessions
	version uint64     // how often values was taken for writing
	number  uint64     // several guards are always taken in the order of their numbers
}

var guards atomic.Uint64

func newGuard() *guard { return &guard{number: guards.Add(1)} }

// Locks guards the values of one or several stores: whoever reads values while training may go on holds RLock,
// whoever writes them holds Lock. It covers the variables that a store shares with others, so stores that share a
// variable exclude each other, and stores that share none do not. The guards are taken in one order
// everywhere, so two goroutines that lock several stores never wait for each other in a circle.
//
// A goroutine that holds a Lock of a store must not take another one of a store that shares variables with it; it
// takes one [Join] of all of them.
type Locks struct{ guards []*guard }

// Join returns one lock for several stores.
func Join(stores ...*Store) *Locks {
	l := &Locks{}
	for _, s := range stores {
		for _, g := range s.guards {
			l.add(g)
		}
	}
	return l
}

func (l *Locks) add(g *guard) {
	at, found := slices.BinarySearchFunc(l.guards, g, func(a, b *guard) int { return cmp.Compare(a.number, b.number) })
	if !found {
		l.guards = slices.Insert(l.guards, at, g)
	}
}

// Lock locks the values for writing. It makes a new [Locks.Version].
func (l *Locks) Lock() {
	for _, g := range l.guards {
		g.values.Lock()
		g.version++
	}
}

// Unlock ends Lock.
func (l *Locks) Unlock() {
	for _, g := range l.guards {
		g.values.Unlock()
	}
}

// RLock locks the values for reading.
func (l *Locks) RLock() {
	for _, g := range l.guards {
		g.values.RLock()
	}
}

// RUnlock ends RLock.
func (l *Locks) RUnlock() {
	for _, g := range l.guards {
		g.values.RUnlock()
	}
}

// Version changes whenever values may have changed; it is read while RLock is held. What follows
// from the weights alone (packed kernels, folded normalizations) need be computed only
// once for each version.
func (l *Locks) Version() uint64 {
	sum := uint64(0) // of counts that only grow: the sum stays the same only if all of them do
	for _, g := range l.guards {
		sum += g.version
	}
	return sum
}

// InSession runs f while nobody else uses the sessions.
func (l *Locks) InSession(f func() error) error {
	for _, g := range l.guards {
		g.memory.Lock()
	}
	defer func() {
		for _, g := range l.guards {
			g.memory.Unlock()
		}
	}()
	return f()
}
