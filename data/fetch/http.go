package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"gorae/internal/file"
)

// patience is how long nothing may arrive.
var patience = time.Minute

// errLate ends a transfer that nothing arrives of.
var errLate = errors.New("nothing has arrived for a minute")

// timer ends a transfer that nothing arrives of.
type timer struct{ t *time.Timer }

func newTimer(cancel context.CancelCauseFunc) timer {
	return timer{time.AfterFunc(patience, func() { cancel(errLate) })}
}

func (t timer) again() { t.t.Reset(patience) }
func (t timer) stop()  { t.t.Stop() }

// source opens the bytes from the n-th on. From is the place of the first that comes, which is 0 where the other end
// begins anew; body nil says that there are no more.
func (r *Request) source(ctx context.Context, n int64) (body io.ReadCloser, from, total int64, err error) {
	if r.From != "" && !isURL(r.From) {
		return r.folder(n)
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, r.origin(), nil)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("--from %s: no URL that can be asked: %w", r.From, err)
	}
	if n > 0 {
		q.Header.Set("Range", fmt.Sprintf("bytes=%d-", n))
	}
	q.Header.Set("Accept-Encoding", "identity") // the hash is that of the bytes as they are published
	client := http.Client{Transport: transport()}
	a, err := client.Do(q)
	if err != nil {
		if ctx.Err() != nil {
			return nil, 0, 0, ctx.Err()
		}
		return nil, 0, 0, r.unreachable(err)
	}
	switch a.StatusCode {
	case http.StatusOK:
		return a.Body, 0, a.ContentLength, nil
	case http.StatusPartialContent:
		first, all := contentRange(a.Header.Get("Content-Range"))
		if first == n {
			return a.Body, n, all, nil
		}
	case http.StatusRequestedRangeNotSatisfiable:
		_ = a.Body.Close() // nothing in it is needed
		if n > 0 {
			return nil, n, n, nil
		}
	}
	_ = a.Body.Close() // nothing in it is needed
	return nil, 0, 0, fmt.Errorf("%s: %s answers %s; name another mirror with --from", r.Name, r.origin(), a.Status)
}

// contentRange returns the first place of a range and the size of the whole, −1 for what is not said.
func contentRange(s string) (first, all int64) {
	s, whole, _ := strings.Cut(strings.TrimPrefix(s, "bytes "), "/")
	s, _, _ = strings.Cut(s, "-")
	first, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		first = -1
	}
	if all, err = strconv.ParseInt(whole, 10, 64); err != nil {
		all = -1
	}
	return first, all
}

// transport is that of package net/http, by the proxy of the environment, with a bound to each wait.
func transport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = patience
	t.DisableKeepAlives = true
	return t
}

// folder opens the file of a folder.
func (r *Request) folder(n int64) (body io.ReadCloser, from, total int64, err error) {
	f, err := os.Open(r.origin())
	if err != nil {
		return nil, 0, 0, fmt.Errorf("--from: %w", file.OpenError(r.origin(), err))
	}
	st, err := f.Stat()
	if err == nil && n > st.Size() {
		n = 0
	}
	if err == nil {
		_, err = f.Seek(n, io.SeekStart)
	}
	if err != nil {
		_ = f.Close() // the first error is the one to tell
		return nil, 0, 0, fmt.Errorf("--from: %s: %w", r.origin(), file.Cause(err))
	}
	return f, n, st.Size(), nil
}

// unreachable returns an error for a transfer that has ended early, in a line.
func (r *Request) unreachable(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	what := strings.TrimSpace(err.Error())
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		what = "no address is found of " + dns.Name
	case errors.As(err, &op):
		what = op.Err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		what = "the connection ended early"
	}
	return fmt.Errorf("%s: %s: %s; check the network and say it again, which goes on where it ended, or name a mirror "+
		"with --from", r.Name, r.origin(), what)
}
