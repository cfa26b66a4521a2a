package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"gorae/internal/lang"
)

// stoppedEarly is the error of a command that was stopped by Ctrl-C.
const stoppedEarly = "stopped before the end; no file was written"

// How long a command that was told to stop may take: training until the batch at hand and the checkpoint after it are
// done, other work until it looks at its context.
const (
	trainingPatience = 20 * time.Second
	otherPatience    = 500 * time.Millisecond
)

// stopping is the sequence of actions for a command that does not end after an interrupt.
type stopping struct {
	mu   sync.Mutex
	wait time.Duration
	text string
	by   *lang.Translator
	line *status // on the screen; nil: none
}

// interrupted is that of the command at hand.
var interrupted stopping

// reset begins a command whose words go by a translator, and whose status line is taken off before it is told that the
// command ends.
func (s *stopping) reset(by *lang.Translator, line *status) {
	s.set(otherPatience, stoppedEarly)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.by, s.line = by, line
}

func (s *stopping) set(wait time.Duration, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wait, s.text = wait, text
}

func (s *stopping) patience() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.wait, otherPatience)
}

func (s *stopping) say(stderr io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line != nil {
		s.line.hush()
		s.line.erase()
	}
	// Should stderr be closed, there is nobody left to tell.
	_, _ = fmt.Fprintf(lang.NewWriter(stderr, s.by), "gorae: %s\n", s.text)
}
