package board

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// watcher looks at the folder while pages listen, and tells all of them what has changed.
type watcher struct {
	every time.Duration
	look  func() (*table, error)
	wake  chan struct{}
	ended chan struct{}

	lock      sync.Mutex
	listeners map[chan []byte]bool
	last      []byte
	running   bool
	closed    bool
}

func newWatcher(every time.Duration, look func() (*table, error)) *watcher {
	return &watcher{every: every, look: look, wake: make(chan struct{}, 1), ended: make(chan struct{}),
		listeners: map[chan []byte]bool{}}
}

// close ends all answers.
func (w *watcher) close() {
	w.lock.Lock()
	defer w.lock.Unlock()
	if !w.closed {
		w.closed = true
		close(w.ended)
	}
}

// poke has the folder looked at now.
func (w *watcher) poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// serve answers a page with an event for each change, from the present state on.
func (w *watcher) serve(to http.ResponseWriter, r *http.Request) {
	to.Header().Set("Content-Type", "text/event-stream")
	to.WriteHeader(http.StatusOK)
	events := w.listen()
	defer w.leave(events)
	control := http.NewResponseController(to)
	for {
		select {
		case <-r.Context().Done():
			return
		case <-w.ended:
			return
		case e := <-events:
			if _, err := to.Write(e); err != nil || control.Flush() != nil {
				return // the browser has gone
			}
		}
	}
}

// listen adds a page. A page that is slow misses states between, never the last.
func (w *watcher) listen() chan []byte {
	w.lock.Lock()
	defer w.lock.Unlock()
	events := make(chan []byte, 1)
	w.listeners[events] = true
	if w.last != nil && w.running {
		events <- w.last
	}
	if !w.running {
		w.running, w.last = true, nil
		go w.loop()
	}
	return events
}

func (w *watcher) leave(events chan []byte) {
	w.lock.Lock()
	delete(w.listeners, events)
	w.lock.Unlock()
	w.poke() // the loop ends where none is left
}

func (w *watcher) loop() {
	ticks := time.NewTicker(w.every)
	defer ticks.Stop()
	for w.tell(w.event()) {
		select {
		case <-ticks.C:
		case <-w.wake:
		case <-w.ended:
			return
		}
	}
}

// event is the present state as an event.
func (w *watcher) event() []byte {
	t, err := w.look()
	name, body := "runs", any(t)
	if err != nil {
		name, body = "failure", err.Error()
	}
	text, err := json.Marshal(body)
	if err != nil {
		name, text = "failure", []byte(`"the state of the runs cannot be written"`)
	}
	return fmt.Appendf(nil, "event: %s\ndata: %s\n\n", name, text)
}

// tell sends an event to all pages if it is another than the last, and reports whether any listens.
func (w *watcher) tell(event []byte) bool {
	w.lock.Lock()
	defer w.lock.Unlock()
	if len(w.listeners) == 0 {
		w.running = false
		return false
	}
	if bytes.Equal(event, w.last) {
		return true
	}
	w.last = event
	for events := range w.listeners {
		select {
		case <-events: // the page has not taken the one before
		default:
		}
		events <- event
	}
	return true
}
