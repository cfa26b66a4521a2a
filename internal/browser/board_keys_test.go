//go:build browser

package browser

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"gorae/board"
	"gorae/internal/lang"
)

// TestBoardKeys: everything on a board is reached by Tab and Shift+Tab, with a mark that is seen, and done by keys
// alone; the focus stays where it is when the table is drawn anew, and goes to the row that follows where a run is
// hidden or deleted.
func TestBoardKeys(t *testing.T) {
	dir := t.TempDir()
	for i, epochs := range []int{2, 3, 4} {
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
	server := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); server.Close() })
	const listed = `document.querySelectorAll("#runs tbody tr").length === `
	for _, v := range views {
		if v.print {
			continue
		}
		t.Run(v.name, func(t *testing.T) {
			ctx := opened(t, server.URL, v)
			to, keys, becomes := keyboard(t, ctx)
			becomes(listed + "3")
			walked(t, ctx)
			to(`e.ariaLabel === "Select: digits-1"`)
			keys(" ")
			becomes(`document.querySelectorAll("#curves svg").length > 1`)
			walked(t, ctx)
		})
	}

	ctx := opened(t, server.URL, views[0])
	if err := dialogs(ctx); err != nil {
		t.Fatal(err)
	}
	to, keys, becomes := keyboard(t, ctx)
	becomes(listed + "3")
	first := func(id string) {
		t.Helper()
		becomes(`document.querySelector("#runs tbody tr td:nth-child(2)")?.textContent === "` + id + `"`)
	}
	// on is where the focus must be, and be seen.
	on := func(label string) {
		t.Helper()
		becomes(`document.activeElement.matches(":focus-visible") && (document.activeElement.ariaLabel ??
			document.activeElement.textContent) === "` + label + `"`)
	}

	// Filters.
	to(`e.id === "search"`)
	keys("digits-2")
	becomes(listed + "1")
	keys(kb.Escape)
	becomes(listed + "3")
	to(`e.id === "inputs"`)
	keys(" ")
	becomes(`![...document.querySelectorAll("#runs th")].some((h) => h.textContent === "train.epochs")`)
	keys(" ")
	becomes(`[...document.querySelectorAll("#runs th")].some((h) => h.textContent === "train.epochs")`)

	// Sorting: the same button once more turns the order round.
	to(`e.textContent === "train.epochs"`)
	keys(kb.Enter)
	first("digits-1")
	on("train.epochs")
	keys(" ")
	first("digits-3")
	on("train.epochs")
	becomes(`document.activeElement.parentElement.ariaSort === "descending"`)
	for _, head := range []string{"Note", "state of the run", "train.epochs"} {
		to(`(e.ariaLabel ?? e.textContent) === "` + head + `"`)
		keys(kb.Enter)
		on(head)
		becomes(`document.activeElement.parentElement.ariaSort === "ascending"`)
	}
	keys(kb.Enter)
	first("digits-3")

	// Runs side by side, in curves and pictures. A run that appears meanwhile leaves the focus where it is.
	to(`e.ariaLabel === "Select: digits-3"`)
	keys(" ")
	becomes(`document.querySelectorAll("#curves svg").length > 1`)
	from := trained(t, dir, "data: {source: embed:iris}\ntrain: {epochs: 2}\n")
	if err := os.Rename(from, filepath.Join(dir, "iris-1")); err != nil {
		t.Fatal(err)
	}
	becomes(listed + "4")
	on("Select: digits-3")
	to(`e.ariaLabel === "Select: digits-2"`)
	keys(" ")
	becomes(`document.querySelector("#curves").textContent.includes("digits-2")`)
	curves := func() string { return evaluated[string](t, ctx, `document.querySelector("#curves").innerHTML`) }
	for _, c := range []struct{ id, key string }{{"smoothing", kb.ArrowRight}, {"log", " "}} {
		before := curves()
		to(`e.id === "` + c.id + `"`)
		keys(c.key)
		for range 400 {
			if curves() != before {
				break
			}
			time.Sleep(25 * time.Millisecond)
		}
		if curves() == before {
			t.Errorf("%s changes nothing by keys", c.id)
		}
	}
	to(`e.id === "report"`)
	becomes(`document.activeElement.href.endsWith("report?run=digits-2&run=digits-3")`)
	to(`e.id === "picture"`)
	keys(kb.ArrowDown)
	becomes(`document.querySelectorAll("#pictures img").length === 2`)

	// A note is written by Enter, and the focus stays in it.
	to(`e.ariaLabel === "Note: digits-1"`)
	keys("the first", kb.Enter)
	written := func(want string) {
		t.Helper()
		for range 400 {
			b, err := os.ReadFile(filepath.Join(dir, board.NotesFile))
			if err == nil && strings.Contains(string(b), want) {
				return
			}
			time.Sleep(25 * time.Millisecond)
		}
		t.Errorf("%s never has %s", board.NotesFile, want)
	}
	written("the first")
	on("Note: digits-1")
	keys(" one", kb.Tab)
	written("the first one")
	on("Hide: digits-1")

	// Hiding and deleting. The runs stand in the order 3, 2, 1, iris.
	press(t, ctx, kb.Tab, chromedp.ModifierShift)
	press(t, ctx, kb.Tab)
	on("Hide: digits-1")
	keys(kb.Enter)
	becomes(listed + "3")
	on("Hide: iris-1")
	to(`e.id === "hidden"`)
	keys(" ")
	becomes(listed + "4")
	to(`e.ariaLabel === "Show: digits-1"`)
	keys(" ")
	on("Hide: digits-1")
	to(`e.ariaLabel === "Delete: iris-1"`)
	keys(kb.Enter)
	becomes(listed + "3")
	on("Delete: digits-1")
	if _, err := os.Stat(filepath.Join(dir, "iris-1")); !os.IsNotExist(err) {
		t.Errorf("the deleted run: %v", err)
	}
}

// dialogs has the questions of a page answered with yes, as Enter does.
func dialogs(ctx context.Context) error {
	return chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		return chromedp.Listen(ctx, func(ev any) {
			if _, ok := ev.(*page.EventJavascriptDialogOpening); ok {
				go func() {
					_, _ = cdp.Call(ctx, t, page.HandleJavaScriptDialog,
						page.HandleJavaScriptDialogParams{Accept: true}) // else the run is still there
				}()
			}
		})
	}))
}
