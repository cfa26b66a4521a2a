//go:build browser

package browser

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"gorae/board"
	"gorae/internal/lang"
)

// TestBoard: a board with runs of which two are chosen looks right in every view; a run that is written while the page
// is open appears, a note that is typed is kept, and a run that is deleted is gone.
func TestBoard(t *testing.T) {
	dir := t.TempDir()
	for i, epochs := range []int{2, 3} {
		from := trained(t, dir, fmt.Sprintf("data: {source: embed:digits, features: minmax}\nmodel: [dense: 10]\n"+
			"train: {epochs: %d}\n", epochs))
		if err := os.Rename(from, filepath.Join(dir, fmt.Sprintf("digits-%d", i+1))); err != nil {
			t.Fatal(err)
		}
	}
	s, err := board.New(board.Options{Dir: dir, Words: (*lang.Translator)(nil), Language: "en", Version: "0",
		Every: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.Handler(s))
	t.Cleanup(func() { s.Close(); server.Close() })
	choose := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		return until(ctx, `(() => { const b = document.querySelectorAll("tbody input[type=checkbox]");
			for (const x of b) if (!x.checked) x.click();
			return b.length > 1 && document.querySelectorAll("#curves svg").length > 1; })()`)
	})
	look(t, server.URL, choose)

	ctx := start(t)
	found, err := listen(ctx, server.URL, "data:")
	if err != nil {
		t.Fatal(err)
	}
	steps := []string{
		`document.querySelectorAll("tbody tr").length === 2`,
		// A note is written when the field is left.
		`(() => { const n = document.querySelector("tr[data-id='digits-1'] input[data-keep=note]"); if (!n) return false;
			n.value = "the first <b>"; n.dispatchEvent(new Event("change")); return true; })()`,
		`document.querySelector("tr[data-id='digits-1'] input[data-keep=note]")?.value === "the first <b>"`,
		// Sorting turns the order round.
		`(() => { document.querySelector("thead button").click(); return true; })()`,
		`document.querySelector("tbody tr td:nth-child(2)").textContent === "digits-2"`,
		// Pictures of the chosen runs stand side by side.
		`(() => { for (const x of document.querySelectorAll("tbody input[type=checkbox]")) if (!x.checked) x.click();
			return true; })()`,
		`document.querySelectorAll("#picture option").length > 1`,
		`(() => { const p = document.getElementById("picture"); p.value = p.options[1].value;
			p.dispatchEvent(new Event("change")); return true; })()`,
		`document.querySelectorAll("#pictures img").length === 2`,
		`[...document.querySelectorAll("#pictures img")].every((i) => i.complete && i.naturalWidth > 0)`,
		`new Set([...document.querySelectorAll("#pictures img")].map((i) => i.getBoundingClientRect().top)).size === 1`,
		// A hidden run is not listed, until hidden ones are asked for and it is shown again.
		`(() => { [...document.querySelectorAll("button")].find((b) =>
			b.getAttribute("aria-label") === "Hide: digits-1").click(); return true; })()`,
		`document.querySelectorAll("tbody tr").length === 1`,
		`(() => { document.getElementById("hidden").click(); return true; })()`,
		`document.querySelectorAll("tbody tr").length === 2`,
		`(() => { [...document.querySelectorAll("button")].find((b) =>
			b.getAttribute("aria-label") === "Show: digits-1").click(); return true; })()`,
		`(() => { document.getElementById("hidden").click(); return true; })()`,
		`document.querySelectorAll("tbody tr").length === 2`,
	}
	if err := chromedp.Do(ctx, chromedp.Func(enable), chromedp.EmulateViewport(1280, 900),
		chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	for _, step := range steps {
		if err := until(ctx, step); err != nil {
			t.Fatal(err)
		}
	}
	from := trained(t, dir, "data: {source: embed:iris}\ntrain: {epochs: 2}\n")
	if err := os.Rename(from, filepath.Join(dir, "iris-1")); err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{
		`document.querySelectorAll("tbody tr").length === 3`,
		`(() => { window.confirm = () => true; [...document.querySelectorAll("button")].find((b) =>
			b.getAttribute("aria-label") === "Delete: iris-1").click(); return true; })()`,
		`document.querySelectorAll("tbody tr").length === 2`,
	} {
		if err := until(ctx, step); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "iris-1")); !os.IsNotExist(err) {
		t.Errorf("the deleted run: %v", err)
	}
	b, err := os.ReadFile(filepath.Join(dir, board.NotesFile))
	if err != nil || !strings.Contains(string(b), "the first") {
		t.Errorf("%s: %s, %v", board.NotesFile, b, err)
	}
	found.lock.Lock()
	defer found.lock.Unlock()
	for _, f := range found.found {
		t.Error(f)
	}
}

// until waits until an expression is true.
func until(ctx context.Context, expression string) error {
	for range 400 {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if err != nil {
			return fmt.Errorf("%s: %w", expression, err)
		}
		if ok {
			return nil
		}
		time.Sleep(25 * time.Millisecond)
	}
	return fmt.Errorf("never true: %s", expression)
}
