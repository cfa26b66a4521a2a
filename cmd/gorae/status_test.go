package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gorae/internal/lang"
)

// afterSecond has silences explained as in the command, during a test.
func afterSecond(t *testing.T) {
	before := silence
	t.Cleanup(func() { silence = before })
	silence = time.Second
}

// TestStatusOnTerminal: a silence of a second is explained by a line that counts the seconds, is drawn anew only where
// it has changed, and goes before other text.
func TestStatusOnTerminal(t *testing.T) {
	afterSecond(t)
	var screen strings.Builder
	s := &status{screen: &screen, bar: true, last: time.Now()}
	s.begin("reading a.csv")
	begun := s.since
	for _, ms := range []int{200, 900, 1100, 1300, 2500} {
		s.look(begun.Add(time.Duration(ms) * time.Millisecond))
	}
	if _, err := s.guard(&screen).Write([]byte("note\n")); err != nil {
		t.Fatal(err)
	}
	s.look(s.last.Add(silence / 2))
	s.begin("")
	s.look(s.last.Add(time.Hour))
	want := "\rreading a.csv … 1s\rreading a.csv … 2s\r" + strings.Repeat(" ", 18+len("^C")) + "\rnote\n"
	if screen.String() != want {
		t.Errorf("%q\nwant %q", screen.String(), want)
	}
	s.begin("more")
	s.hush()
	s.look(s.last.Add(time.Hour))
	if screen.String() != want {
		t.Error("--quiet is not quiet")
	}
}

// TestStatusInPipe: where stderr is no terminal the line is one of its own, once for each work, and again after a
// while.
func TestStatusInPipe(t *testing.T) {
	afterSecond(t)
	var pipe strings.Builder
	s := &status{screen: &pipe, last: time.Now()}
	s.begin("reading a.csv")
	begun := s.since
	for sec := 0.5; sec < 40; sec += 0.5 {
		s.look(begun.Add(time.Duration(sec * float64(time.Second))))
	}
	s.begin("fitting the baselines")
	s.look(s.since.Add(2 * time.Second))
	s.goOn("epoch 1/2, batch 3/4", begun)
	s.look(s.told.Add(time.Second))
	want := "reading a.csv … 1s\nreading a.csv … 31s\nfitting the baselines … 2s\n"
	if pipe.String() != want {
		t.Errorf("%q\nwant %q", pipe.String(), want)
	}
}

// TestStatusLine: the line is shorter than the screen, at any width.
func TestStatusLine(t *testing.T) {
	for columns := range 120 {
		got := statusLine(nil, "reading "+strings.Repeat("a", 60), 61*time.Second, columns)
		if n := utf8.RuneCountInString(got); n >= max(columns, 2) {
			t.Errorf("%d columns: %d characters", columns, n)
		}
	}
	if got := statusLine(nil, "reading a.csv", 61*time.Second, 80); got != "reading a.csv … 1m1s" {
		t.Error(got)
	}
	if got := statusLine(nil, "데이터를 읽는 중", 3*time.Second, 16); got != "데이터를… … 3s" { // 8 + 1 + 5 columns
		t.Error(got)
	}
	if n := lang.Width("고래 gorae …"); n != 4+1+5+1+1 {
		t.Error(n)
	}
	if got := statusLine(nil, "reading a long name.csv", 61*time.Second, 20); got != "reading a l… … 1m1s" {
		t.Error(got)
	}
}
