package board_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"gorae/board"
	"gorae/internal/lang"
)

// A server is a handler; a program may put it behind its own paths and its own address.
func Example() {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s, err := board.New(board.Options{Dir: dir, Words: (*lang.Translator)(nil), Language: "en", Version: "1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	server := httptest.NewServer(s)
	defer server.Close()
	answer, err := http.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	fmt.Println(answer.StatusCode, answer.Header.Get("Content-Type"))
	// Output: 200 text/html; charset=utf-8
}
