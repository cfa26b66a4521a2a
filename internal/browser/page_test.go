//go:build browser

package browser

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed check.js
var check string

// view is how a page is looked at.
type view struct {
	name          string
	width, height int64
	dark          bool
	print         bool
}

var views = []view{
	{name: "wide", width: 1280, height: 900},
	{name: "narrow", width: 360, height: 740},
	{name: "dark", width: 1280, height: 900, dark: true},
	{name: "print", width: 688, height: 970, print: true}, // A4 within margins of 14 mm
}

// problem is what the script has found wrong with a page.
type problem struct {
	Kind string `json:"kind"`
	What string `json:"what"`
}

// start starts Chromium for a test.
func start(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// events collects errors of a page and requests that it makes.
type events struct {
	lock  sync.Mutex
	found []string
}

func (e *events) add(format string, args ...any) {
	e.lock.Lock()
	defer e.lock.Unlock()
	e.found = append(e.found, fmt.Sprintf(format, args...))
}

// listen collects the events of a page whose requests may begin with one of some addresses.
func listen(ctx context.Context, allowed ...string) (*events, error) {
	e := &events{}
	return e, chromedp.Listen(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			what := ev.ExceptionDetails.Text
			if x := ev.ExceptionDetails.Exception; x != nil {
				what += " " + x.Description
			}
			e.add("an exception: %s", what)
		case *log.EventEntryAdded:
			if ev.Entry.Level == log.EntryLevelError {
				e.add("an error: %s", ev.Entry.Text)
			}
		case *network.EventRequestWillBeSent:
			for _, a := range allowed {
				if strings.HasPrefix(ev.Request.URL, a) {
					return
				}
			}
			e.add("a request: %.100s", ev.Request.URL)
		}
	})
}

// emulate shows a page on another medium, in light or dark colours.
func emulate(v view) chromedp.Action[chromedp.Void] {
	p := emulation.SetEmulatedMediaParams{Media: "screen",
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}}
	if v.dark {
		p.Features[0].Value = "dark"
	}
	if v.print {
		p.Media = "print"
	}
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, p)
		return err
	})
}

// enable has errors and requests reported.
func enable(ctx context.Context, t *chromedp.Target) error {
	if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
		return err
	}
	_, err := cdp.Call(ctx, t, log.Enable, cdp.Empty{})
	return err
}

// sheet is the size of a sheet in a PDF.
var sheet = regexp.MustCompile(`/MediaBox ?\[ ?0 0 ([0-9.]+) ([0-9.]+) ?\]`)

// look opens an address in every view and reports what is wrong. before, if not nil, is done once the page is there.
func look(t *testing.T, address string, before chromedp.Action[chromedp.Void], allowed ...string) {
	t.Helper()
	for _, v := range views {
		t.Run(v.name, func(t *testing.T) {
			ctx := start(t)
			found, err := listen(ctx, append(allowed, address, "data:")...)
			if err != nil {
				t.Fatal(err)
			}
			err = chromedp.Do(ctx, chromedp.Func(enable), chromedp.EmulateViewport(v.width, v.height), emulate(v),
				chromedp.Navigate(address))
			if err == nil && before != nil {
				err = chromedp.Do(ctx, before)
			}
			if err != nil {
				t.Fatal(err)
			}
			problems, err := chromedp.Run(ctx, chromedp.Evaluate[[]problem](check))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range problems {
				t.Errorf("%s: %s", p.Kind, p.What)
			}
			if v.print {
				pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(func(p *page.PrintToPDFParams) {
					p.PreferCSSPageSize = new(true)
				}))
				if err != nil || len(pdf) < 1000 {
					t.Errorf("a PDF of %d bytes: %v", len(pdf), err)
				}
				sheets := sheet.FindAllSubmatch(pdf, -1)
				if len(sheets) == 0 {
					t.Error("no sheet in the PDF")
				}
				for _, s := range sheets { // in points of 1/72 inch
					wide, _ := strconv.ParseFloat(string(s[1]), 64)
					high, _ := strconv.ParseFloat(string(s[2]), 64)
					if math.Abs(wide-595.3) > 1 || math.Abs(high-841.9) > 1 {
						t.Errorf("a sheet of %v × %v points, no A4", wide, high)
					}
				}
			}
			found.lock.Lock()
			defer found.lock.Unlock()
			for _, f := range found.found {
				t.Error(f)
			}
		})
	}
}
