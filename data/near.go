package data

// near fetches the samples that a loader reads next from the file in which a dataset has them: a window of them while
// the window before is read.
type near struct {
	gather func(samples []int)
	size   int
	of     orderKey
	from   int // the window is the samples from this place of the order up to
	to     int
	next   *fetching // of the window behind it; nil where there is none
}

// fetching is a window that is being fetched.
type fetching struct {
	of   orderKey
	from int
	done chan struct{}
}

// newNear returns nil where samples are in memory.
func newNear(spec Spec) *near {
	if spec.Gather == nil || spec.Window < 1 {
		return nil
	}
	return &near{gather: spec.Gather, size: spec.Window}
}

// reach sees to it that the samples of an order from one place up to another are at hand.
func (n *near) reach(order []int, of orderKey, from, to int) {
	if n == nil || n.of == of && n.from <= from && to <= n.to {
		return
	}
	n.of, n.from, n.to = of, from, min(len(order), from+max(n.size, to-from))
	if f := n.next; f != nil {
		if <-f.done; f.of != of || f.from != from {
			f = nil
		}
		if n.next = nil; f == nil {
			n.gather(order[n.from:n.to])
		}
	} else {
		n.gather(order[n.from:n.to])
	}
	// A batch is in one window.
	begin := n.to
	if size := to - from; begin < len(order) {
		begin = from + (n.to-from)/size*size
		n.to = begin
	}
	if begin >= len(order) {
		return
	}
	f := &fetching{of, begin, make(chan struct{})}
	n.next = f
	ids := append([]int(nil), order[begin:min(len(order), begin+max(n.size, to-from))]...) // the order is written over
	go func() {
		n.gather(ids)
		close(f.done)
	}()
}

// wait returns once nothing is fetched.
func (n *near) wait() {
	if n != nil && n.next != nil {
		<-n.next.done
	}
}
