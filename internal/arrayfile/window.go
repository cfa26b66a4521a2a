package arrayfile

// window is records side by side. Where the order ascends they are those of the file; else those of the order's places,
// chunk by chunk of the file, and of each chunk in the order in which they are read: the next one of a chunk lies
// behind the last one.
type window struct {
	number int // from 1; 0 without
	bytes  []byte
	place  int      // of the order, at which next stands
	next   []uint32 // by chunk: which record of the window is read next
}

// number is the number of the window with the record of a place.
func (a *Arrangement) number(place int) int {
	if a.laid {
		return place/a.each + 1
	}
	return int(a.ids[place])/a.each + 1
}

// held returns a window, if it is in memory.
func (a *Arrangement) held(number int) *window {
	if w := &a.windows[number%2]; w.number == number {
		return w
	}
	return nil
}

// take returns which record of a window a place has; in one that was laid, the place at which it stands.
func (a *Arrangement) take(w *window, place int) int {
	id := a.ids[place]
	if !a.laid {
		return int(id) - (w.number-1)*a.each
	}
	next := &w.next[id>>a.shift]
	at := *next
	*next, w.place = at+1, place+1
	return int(at)
}

// turn lets a window that was laid stand at one of its places.
func (a *Arrangement) turn(w *window, place int) {
	first := (w.number - 1) * a.each
	if w.place-place > place-first {
		a.begin(w)
	}
	for ; w.place < place; w.place++ {
		w.next[a.ids[w.place]>>a.shift]++
	}
	for ; w.place > place; w.place-- {
		w.next[a.ids[w.place-1]>>a.shift]--
	}
}

// begin lets a window that was laid stand at its first place.
func (a *Arrangement) begin(w *window) {
	w.place = (w.number - 1) * a.each
	w.next = append(w.next[:0], a.firsts[(w.number-1)*a.count:][:a.count]...)
}

// load reads a window, unless it is there.
func (a *Arrangement) load(number int) {
	a.loading.Lock()
	defer a.loading.Unlock()
	a.mu.Lock()
	n, from, b := a.of.n, a.of.file, a.free
	if a.laid {
		n, from = len(a.ids), a.own
	}
	first := (number - 1) * a.each
	n = min(a.each, n-first)
	there := a.closed || n <= 0 || a.held(number) != nil
	a.mu.Unlock()
	if there {
		return
	}
	size := a.of.size
	if cap(b) < n*size {
		b = make([]byte, a.each*size)
	}
	b = b[:n*size]
	if _, err := from.ReadAt(b, int64(first)*int64(size)); err != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	w := &a.windows[number%2]
	a.free, w.bytes, w.number = w.bytes, b, number
	if a.laid {
		a.begin(w)
	}
}
