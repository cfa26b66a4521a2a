//go:build browser

package browser

import (
	"context"
	_ "embed"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed walk.js
var walk string

// focus is where the focus is: the number of what has it, by the order of the document; −1 of something that should not
// have it, −2 of nothing.
type focus struct {
	At    int      `json:"at"`
	Name  string   `json:"name"`
	Wrong []string `json:"wrong"`
}

// opened opens an address in Chromium with light or dark colours.
func opened(t *testing.T, address string, v view) context.Context {
	t.Helper()
	ctx := start(t)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(v.width, v.height), emulate(v),
		chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// press presses keys and releases them.
func press(t *testing.T, ctx context.Context, keys string, modifiers ...chromedp.Modifier) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...))); err != nil {
		t.Fatal(err)
	}
}

// evaluated is the value of an expression.
func evaluated[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// walked walks through a page by Tab and back by Shift+Tab, and reports what the focus leaves out, where it is not seen
// and where it is caught.
func walked(t *testing.T, ctx context.Context) {
	t.Helper()
	names := evaluated[[]string](t, ctx, walk)
	if len(names) < 8 {
		t.Fatalf("%d elements take the focus: %q", len(names), names)
	}
	for evaluated[focus](t, ctx, "focusNow()").At != -2 { // from where it is to the end of the page
		press(t, ctx, kb.Tab)
	}
	for _, back := range []bool{false, true} {
		var modifiers []chromedp.Modifier
		if back {
			modifiers = append(modifiers, chromedp.ModifierShift)
		}
		for k := range names {
			want := k
			if back {
				want = len(names) - 1 - k
			}
			press(t, ctx, kb.Tab, modifiers...)
			f := evaluated[focus](t, ctx, "focusNow()")
			if f.At != want {
				t.Fatalf("back %v, step %d: the focus is on %s, want %s", back, k+1, f.Name, names[want])
			}
			for _, w := range f.Wrong {
				t.Errorf("%s %s", f.Name, w)
			}
		}
		// From the last element the focus leaves the page.
		press(t, ctx, kb.Tab, modifiers...)
		if f := evaluated[focus](t, ctx, "focusNow()"); f.At != -2 {
			t.Fatalf("back %v: after the last element the focus is on %s", back, f.Name)
		}
	}
}

// keyboard returns what a person does with keys: to presses Tab until an expression is true of the element e that has
// the focus; keys presses one key after the other; becomes waits until an expression is true.
func keyboard(t *testing.T, ctx context.Context) (to func(string), keys func(...string), becomes func(string)) {
	t.Helper()
	keys = func(all ...string) {
		t.Helper()
		for _, k := range all {
			press(t, ctx, k)
		}
	}
	to = func(what string) {
		t.Helper()
		for range 200 {
			keys(kb.Tab)
			if evaluated[bool](t, ctx, "((e) => "+what+")(document.activeElement)") {
				return
			}
		}
		t.Fatalf("the focus never comes to %s", what)
	}
	becomes = func(what string) {
		t.Helper()
		if err := until(ctx, what); err != nil {
			t.Fatal(err)
		}
	}
	return to, keys, becomes
}

// TestReportKeys: pages of pictures, a table and a series, on which every control is reached by Tab and by Shift+Tab in
// the order of the document, with a mark that is seen; the link past the contents, the colours, what is folded and wide
// tables are worked by keys.
func TestReportKeys(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"pictures": fmt.Sprintf("data: {source: %q}\nmodel: [{conv2d: {filters: 4, kernel_size: 3}}, flatten, "+
			"dense: 2]\ntrain: {epochs: 2}\n", folder(t)),
		"table": fmt.Sprintf("data: {source: %q, target: price}\ntrain: {epochs: 2}\n", table(t, dir)),
		"series": "data: {source: embed:airline, target: Passengers, time: Month, series: {window: 12}}\n" +
			"train: {epochs: 2}\n",
	} {
		t.Run(name, func(t *testing.T) {
			address := written(t, nil, trained(t, dir, text))
			for _, v := range views {
				if !v.print {
					t.Run(v.name, func(t *testing.T) { walked(t, opened(t, address, v)) })
				}
			}
			worked(t, opened(t, address, views[1]))
		})
	}
}

// worked works the controls of a report in a narrow window.
func worked(t *testing.T, ctx context.Context) {
	t.Helper()
	to, keys, becomes := keyboard(t, ctx)
	keys(kb.Tab, kb.Enter)
	becomes(`location.hash === "#main"`)
	keys(kb.Tab)
	becomes(`document.getElementById("main").contains(document.activeElement)`)
	to(`e.id === "theme"`)
	keys(kb.Enter)
	becomes(`document.documentElement.dataset.theme === "dark"`)
	keys(" ")
	becomes(`document.documentElement.dataset.theme === "light"`)
	to(`e.matches("a[href$='-data']")`)
	keys(kb.Enter)
	becomes(`Math.abs(document.querySelector("section[id$='-data']").getBoundingClientRect().top) < 60`)
	keys(kb.Tab)
	becomes(`document.querySelector("section[id$='-data']").contains(document.activeElement)`)
	for _, key := range []string{kb.Enter, " "} { // what is folded opens, and takes the focus next
		to(`e.matches("details:not([open]) > summary")`)
		keys(key)
		becomes(`document.activeElement.parentElement.open`)
		keys(kb.Tab)
		becomes(`document.activeElement.closest("details[open]") !== null && document.activeElement.tagName !== "SUMMARY"`)
	}
	to(`e.matches(".scroll") && e.scrollWidth > e.clientWidth + 1`)
	for range 100 { // a machine that is busy may drop the first keys of a scrolling
		if keys(kb.ArrowRight); evaluated[bool](t, ctx, `document.activeElement.scrollLeft > 0`) {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Error("a wide table does not scroll by keys")
}
