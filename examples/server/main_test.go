package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"gorae/bundle"
)

// TestPredict: the iris with number 101 in Fisher's table is a virginica, number 1 a setosa; what is no record of the
// model's columns is an error with status 400.
func TestPredict(t *testing.T) {
	b, err := bundle.OpenFS(files, "iris.keras")
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(predict(b))
	defer s.Close()
	post := func(body string) (int, string) {
		r, err := http.Post(s.URL, "application/json", strings.NewReader(body))
		if err != nil {
			return 0, err.Error()
		}
		defer func() { _ = r.Body.Close() }()
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return 0, err.Error()
		}
		return r.StatusCode, string(text)
	}
	const virginica = `{"sepal_length": 6.3, "sepal_width": 3.3, "petal_length": 6, "petal_width": 2.5}`
	const setosa = `{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}`
	for _, c := range []struct {
		body   string
		status int
		want   []string
	}{
		{virginica, 200, []string{`"prediction":"virginica"`}},
		{"[" + setosa + "," + virginica + "]", 200, []string{`[{`, `"prediction":"setosa"`, `"prediction":"virginica"`}},
		{`{"sepal_length": 6.3}`, 400, []string{`record 1: no value \"sepal_width\"`}},
		{strings.Replace(setosa, "5.1", `"long"`, 1), 400, []string{"sepal_length"}},
		{strings.Replace(setosa, "5.1", `[5.1]`, 1), 400, []string{"neither a number nor a text"}},
		{"[1]", 400, []string{"record 1 is no object"}},
		{"[]", 400, []string{"no records"}},
		{"{", 400, []string{"no JSON"}},
		{strings.Repeat(" ", mostBytes+1) + setosa, 400, []string{"too large"}},
		{"[" + strings.Repeat("1,", mostRecords) + "1]", 400, []string{fmt.Sprintf("%d at most", mostRecords)}},
	} {
		status, got := post(c.body)
		for _, want := range c.want {
			if status != c.status || !strings.Contains(got, want) {
				t.Errorf("%.80s: %d %s, want %d and %s", c.body, status, got, c.status, want)
			}
		}
	}
	_, want := post(virginica)
	var all sync.WaitGroup
	for range 16 { // requests at once
		all.Go(func() {
			if _, got := post(virginica); got != want {
				t.Errorf("%s beside other requests, %s alone", got, want)
			}
		})
	}
	all.Wait()
}
