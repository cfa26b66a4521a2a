package main

import (
	"io"
	"strings"
	"sync"
	"time"

	"gorae/internal/lang"
)

// silence is how long nothing is written before it is explained. Tests of all that stderr holds make it longer.
var silence = time.Second

// When a silence is explained again.
const (
	pipeRest = 30 * time.Second // between two lines about one work where stderr is no terminal
	lookRate = 200 * time.Millisecond
)

// status is the line at the lower end of a terminal that moves: the bar of a training, or what a command is at where it
// has been silent for a second. Elsewhere what a command is at is a line of its own, seldom. It is safe for several
// goroutines.
type status struct {
	mu     sync.Mutex
	screen io.Writer
	by     *lang.Translator // of what is explained
	bar    bool             // the screen is a terminal
	quiet  bool
	wide   int    // columns of the line on the screen, 0 while there is none
	shown  string // that line

	what  string // that the command is at; "" nothing that takes time
	since time.Time
	last  time.Time // something was written
	told  time.Time // what, on a line of its own; zero: not yet
	quit  chan struct{}
}

// newStatus returns the status line of a command, which explains silences until end.
func newStatus(screen io.Writer, by *lang.Translator) *status {
	s := &status{screen: screen, by: by, bar: terminal(screen), last: time.Now(), quit: make(chan struct{})}
	go func() {
		tick := time.NewTicker(lookRate)
		defer tick.Stop()
		for {
			select {
			case <-s.quit:
				return
			case now := <-tick.C:
				s.look(now)
			}
		}
	}()
	return s
}

// end takes the line off the screen, for good.
func (s *status) end() {
	close(s.quit)
	s.begin("")
	s.erase()
}

// hush switches explanations off.
func (s *status) hush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quiet = true
}

// begin says what follows; "" is nothing that takes time. A line on the screen stays until there is another.
func (s *status) begin(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.what, s.since, s.told = line(what), time.Now(), time.Time{}
}

// goOn says how far the same work is, which began at a time.
func (s *status) goOn(what string, since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.what, s.since = what, since
}

// look explains a silence, if it is one.
func (s *status) look(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.what == "" || s.quiet || now.Sub(s.last) < silence {
		return
	}
	if s.bar {
		columns := screenWidth(s.screen)
		if text := statusLine(s.by, s.by.Text(s.what), now.Sub(s.since), columns); text != s.shown {
			s.show(text, columns)
		}
		return
	}
	if now.Sub(s.since) >= silence && (s.told.IsZero() || now.Sub(s.told) >= pipeRest) {
		s.told = now
		s.write(statusLine(s.by, s.by.Text(s.what), now.Sub(s.since), mostText) + "\n")
	}
}

// statusLine returns what a command is at and since when, in less than so many columns: a line as wide as the screen
// would wrap.
func statusLine(by *lang.Translator, what string, since time.Duration, columns int) string {
	tail := " … " + by.Duration(since.Truncate(time.Second))
	if room := max(columns-1-lang.Width(tail), 0); lang.Width(what) > room {
		what = strings.TrimRight(lang.Cut(what, room-1), " ") + "…"
	}
	return lang.Cut(what+tail, max(columns-1, 1))
}

// show writes a line over the one before it. A screen that has become narrower than that one has wrapped it: the new
// line begins below. The caller holds the lock.
func (s *status) show(line string, columns int) {
	if s.wide >= columns {
		s.write("\n")
		s.wide = 0
	}
	n := lang.Width(line)
	s.write("\r" + line + strings.Repeat(" ", max(0, s.wide-n)))
	s.wide, s.shown = n, line
}

// clear takes the line off the screen, with the ^C that the terminal writes behind it for an interrupt. The caller
// holds the lock.
func (s *status) clear() {
	if s.wide > 0 {
		columns := screenWidth(s.screen)
		s.wide = min(s.wide+len("^C"), max(s.wide, columns-1))
		s.show("", columns)
		s.write("\r")
	}
}

// write writes to the screen; progress that nobody can see is no failure.
func (s *status) write(text string) { _, _ = io.WriteString(s.screen, text) }

// draw shows a line of the caller's own, such as a bar, and what it stands for.
func (s *status) draw(line, what string, columns int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.show(line, columns)
	now := time.Now()
	s.what, s.since, s.last = what, now, now
}

// erase takes the line off the screen.
func (s *status) erase() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
}

// guard returns a writer to the same screen, before whose text the line goes.
func (s *status) guard(w io.Writer) io.Writer { return guarded{s, w} }

type guarded struct {
	s *status
	w io.Writer
}

func (g guarded) Write(b []byte) (int, error) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.s.clear()
	g.s.last = time.Now()
	return g.w.Write(b)
}
