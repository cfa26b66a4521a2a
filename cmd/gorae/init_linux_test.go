package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pseudoTerminal is a terminal of 80 columns and the program's side of it.
func pseudoTerminal(t *testing.T) (user, program *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("there are no pseudo-terminals: ", err)
	}
	t.Cleanup(func() { _ = user.Close() })
	fd := int(user.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	if err := unix.IoctlSetWinsize(int(program.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 25, Col: 80}); err != nil {
		t.Fatal(err)
	}
	return user, program
}

// TestInitAsks: on a terminal init asks for the column to predict, the question before the answer, in the language of
// the terminal; Enter takes the last column, and the first kind of task
// where a column leaves it open; --target and --task ask nothing.
func TestInitAsks(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "shop.csv", "area,age,price\n"+strings.Repeat("40,3,110.5\n62,11,150\n35,2,99\n80,30,171\n55,7,140\n", 12))
	const question = "which one is to be predicted? none groups the rows [price]"
	const korean = "어느 열을 예측합니까? none은 행을 군집으로 나눕니다 [price]"
	for _, c := range []struct {
		name, answer, asks, says string
		args                     []string
	}{
		{"a column", "age\n\n", question, "what is predicted: age (5 classes)", nil},
		{"Enter", "\n\n", question, "what is predicted: price (a number)", nil},
		{"Korean", "area\n\n", korean, "area", []string{"--lang", "ko"}},
		{"given", "", "", "what is predicted: area (5 classes)", []string{"--target", "area", "--task",
			"classification"}},
	} {
		user, program := pseudoTerminal(t)
		screen, asked := make(chan string, 1), make(chan struct{})
		go func() {
			var all strings.Builder
			scan := bufio.NewScanner(user)
			for scan.Scan() {
				fmt.Fprintln(&all, scan.Text())
				if c.asks != "" && strings.Contains(scan.Text(), c.asks) {
					close(asked)
				}
			}
			screen <- all.String()
		}()
		done := make(chan int, 1)
		go func() {
			args := append([]string{"init", "shop.csv", "--force"}, c.args...)
			done <- execute(t.Context(), args, program, program, program)
			_ = program.Close() // the user reads to the end
		}()
		if c.asks != "" {
			select {
			case <-asked:
			case status := <-done:
				t.Fatalf("%s: ended with %d without a question: %s", c.name, status, <-screen)
			case <-time.After(time.Minute):
				t.Fatalf("%s: no question within a minute", c.name)
			}
			if _, err := user.WriteString(c.answer); err != nil {
				t.Fatal(err)
			}
		}
		status, shown := <-done, strings.Join(strings.Fields(<-screen), " ")
		if status != 0 || !strings.Contains(shown, c.says) || c.asks == "" && strings.Contains(shown, question) {
			t.Errorf("%s: status %d, %q, want %q", c.name, status, shown, c.says)
		}
	}
}
