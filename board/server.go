package board

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorae/chart/inline"
	"gorae/internal/file"
	"gorae/internal/picture"
	"gorae/report"
	"gorae/run"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// Options are the settings of a server.
type Options struct {
	Dir      string   // the folder of the runs
	Hosts    []string // the names by which it may be asked for, beside those of the loopback address
	ReadOnly bool     // notes are not changed, and runs not deleted
	Words    report.Words
	Language string // en, ko
	Version  string
	// Every is the time between two looks at the folder while a page listens; 0: a second.
	Every time.Duration
}

// Server answers the requests of the page. It is an http.Handler.
type Server struct {
	o     Options
	runs  *library
	notes *notes
	mux   *http.ServeMux
	page  []byte
	token string // that the page sends with what changes something: other pages do not know it
	watch *watcher
}

// New returns a server for a folder. The folder must be there; it may be empty.
func New(o Options) (*Server, error) {
	st, err := os.Stat(o.Dir)
	if err != nil {
		return nil, file.OpenError(o.Dir, err)
	}
	if !st.IsDir() {
		return nil, fmt.Errorf("%s: a file, not a directory; name the folder of the runs", o.Dir)
	}
	if o.Every == 0 {
		o.Every = time.Second
	}
	s := &Server{o: o, runs: &library{dir: o.Dir, read: map[string]*cached{}}, token: rand.Text()}
	if s.notes, err = readNotes(o.Dir); err != nil {
		return nil, err
	}
	if err := s.render(); err != nil {
		return nil, err
	}
	s.watch = newWatcher(o.Every, s.table)
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("GET /{$}", s.servePage)
	s.mux.HandleFunc("GET /runs", s.serveRuns)
	s.mux.HandleFunc("GET /events", s.watch.serve)
	s.mux.HandleFunc("GET /curves", s.serveCurves)
	s.mux.HandleFunc("GET /report", s.serveReport)
	s.mux.HandleFunc("GET /picture", s.servePicture)
	s.mux.HandleFunc("POST /note", s.changing(s.note))
	s.mux.HandleFunc("POST /hide", s.changing(s.hide))
	s.mux.HandleFunc("POST /delete", s.changing(s.delete))
	return s, nil
}

// Close ends the answers to listening pages.
func (s *Server) Close() { s.watch.close() }

// render makes the page, which is the same for all.
func (s *Server) render() error {
	t, err := template.New("board").Funcs(template.FuncMap{
		"t":      s.o.Words.Sprintf,
		"style":  func() template.CSS { return template.CSS(report.Style + pageStyle) },
		"script": func() template.JS { return template.JS(pageScript) },
	}).Parse(pageText)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{"Language": s.o.Language, "Dir": s.o.Dir, "Token": s.token,
		"ReadOnly": s.o.ReadOnly, "Version": s.o.Version})
	s.page = b.Bytes()
	return err
}

// ServeHTTP implements http.Handler. A request to another host name than the server's is refused: a page elsewhere may
// have its own name lead to this address.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.known(r.Host) {
		s.refuse(w, http.StatusForbidden, "unknown host name")
		return
	}
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "+
		"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	s.mux.ServeHTTP(w, r)
}

// refuse answers with an error in the language of the page.
func (s *Server) refuse(w http.ResponseWriter, status int, format string, args ...any) {
	http.Error(w, s.o.Words.Lines(fmt.Sprintf(format, args...)), status)
}

func (s *Server) known(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if ip := net.ParseIP(host); ip != nil {
		return true // a name that leads elsewhere is no address
	}
	return strings.EqualFold(host, "localhost") || slices.ContainsFunc(s.o.Hosts, func(h string) bool {
		return strings.EqualFold(h, host)
	})
}

func (s *Server) servePage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(s.page) // the browser has gone
}

// table is the answer to a request for the runs.
type table struct {
	Runs     []line   `json:"runs"`
	Studies  []Study  `json:"studies"`
	Settings []string `json:"settings"` // in which the runs differ
}

// line is a run with its values of the settings that differ.
type line struct {
	Run
	Values []string `json:"values"`
}

func (s *Server) table() (*table, error) {
	dirs, studies, err := s.runs.find()
	if err != nil {
		return nil, errors.New(s.o.Words.Lines(err.Error()))
	}
	runs := s.runs.runs(dirs)
	s.notes.put(runs)
	t := &table{Runs: make([]line, len(runs)), Studies: s.runs.studies(studies), Settings: differing(runs)}
	for i := range t.Studies {
		t.Studies[i].Error = s.o.Words.Lines(t.Studies[i].Error)
	}
	for i, r := range runs {
		r.Error = s.o.Words.Lines(r.Error)
		t.Runs[i] = line{Run: r, Values: make([]string, len(t.Settings))}
		for k, path := range t.Settings {
			t.Runs[i].Values[k] = r.Settings[path]
		}
	}
	return t, nil
}

func (s *Server) serveRuns(w http.ResponseWriter, _ *http.Request) {
	t, err := s.table()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(t) // the browser has gone
}

// chosen returns the runs that a request names, of those that are there, or the studies where it is told so.
func (s *Server) chosen(w http.ResponseWriter, r *http.Request, orStudies bool) ([]string, bool) {
	ids := r.URL.Query()["run"]
	there, studies, err := s.runs.find()
	if err != nil {
		s.refuse(w, http.StatusInternalServerError, "%v", err)
		return nil, false
	}
	if orStudies {
		there = append(there, studies...)
	}
	for _, id := range ids {
		if !slices.Contains(there, id) {
			s.refuse(w, http.StatusNotFound, "no run %q", id)
			return nil, false
		}
	}
	if len(ids) == 0 {
		s.refuse(w, http.StatusBadRequest, "name a run: ?run=…")
		return nil, false
	}
	return ids, true
}

func (s *Server) serveCurves(w http.ResponseWriter, r *http.Request) {
	ids, ok := s.chosen(w, r, false)
	if !ok {
		return
	}
	weight, err := strconv.ParseFloat(r.URL.Query().Get("smoothing"), 64)
	if err != nil || !(weight >= 0 && weight < 1) {
		weight = 0
	}
	panels, err := s.runs.curves(ids, weight, r.URL.Query().Get("log") == "1")
	if err != nil {
		s.refuse(w, http.StatusInternalServerError, "%v", err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	for _, p := range panels {
		_, _ = fmt.Fprintf(w, "<figure>%s</figure>", inline.Panel(p)) // the browser has gone
	}
}

// mostReported is how many runs a page of package report has side by side.
const mostReported = 16

func (s *Server) serveReport(w http.ResponseWriter, r *http.Request) {
	ids, ok := s.chosen(w, r, true)
	if !ok {
		return
	}
	var dirs []string
	for _, id := range ids[:min(len(ids), mostReported)] {
		dirs = append(dirs, filepath.Join(s.o.Dir, filepath.FromSlash(id)))
	}
	p, err := report.Read(r.Context(), dirs, report.Options{Words: s.o.Words, Language: s.o.Language,
		Version: s.o.Version, NoData: true})
	var b bytes.Buffer
	if err == nil {
		err = p.Write(&b)
	}
	if err != nil {
		s.refuse(w, http.StatusUnprocessableEntity, "%v", err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w) // the browser has gone
}

// servePicture sends a picture of a run. A vector picture may hold scripts, which the policy forbids.
func (s *Server) servePicture(w http.ResponseWriter, r *http.Request) {
	ids, ok := s.chosen(w, r, false)
	if !ok {
		return
	}
	name := r.URL.Query().Get("file")
	dir := filepath.Join(s.o.Dir, filepath.FromSlash(ids[0]))
	if !slices.Contains(pictures(dir), name) {
		s.refuse(w, http.StatusNotFound, "no picture %q", name)
		return
	}
	b, err := os.ReadFile(picture.Find(s.o.Language, dir, name))
	if err != nil {
		s.refuse(w, http.StatusNotFound, "%v", file.OpenError(name, err))
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; font-src data:; sandbox")
	w.Header().Set("Content-Type", mime.TypeByExtension(filepath.Ext(name)))
	_, _ = w.Write(b) // the browser has gone
}

// change is the body of a request that changes something.
type change struct {
	Run    string `json:"run"`
	Note   string `json:"note"`
	Hidden bool   `json:"hidden"`
}

// changing checks a request that changes something, and does it.
func (s *Server) changing(do func(change) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.o.ReadOnly {
			s.refuse(w, http.StatusForbidden, "this board is read-only")
			return
		}
		if r.Header.Get("X-Board-Token") != s.token {
			s.refuse(w, http.StatusForbidden, "the page is of another board; load it again")
			return
		}
		var c change
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 2*mostNote)).Decode(&c); err != nil {
			s.refuse(w, http.StatusBadRequest, "%v", err)
			return
		}
		there, _, err := s.runs.find()
		if err == nil && !slices.Contains(there, c.Run) {
			s.refuse(w, http.StatusNotFound, "no run %q", c.Run)
			return
		}
		if err == nil {
			err = do(c)
		}
		if err != nil {
			s.refuse(w, http.StatusUnprocessableEntity, "%v", err)
			return
		}
		s.watch.poke()
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *Server) note(c change) error {
	if len(c.Note) > mostNote {
		return fmt.Errorf("a note of %d bytes; at most %d", len(c.Note), mostNote)
	}
	return s.notes.change(c.Run, func(n *note) { n.Text = strings.TrimSpace(c.Note) })
}

func (s *Server) hide(c change) error {
	return s.notes.change(c.Run, func(n *note) { n.Hidden = c.Hidden })
}

// delete removes the directory of a run that nothing is writing to.
func (s *Server) delete(c change) error {
	dir := filepath.Join(s.o.Dir, filepath.FromSlash(c.Run))
	unlock, err := file.Lock(dir)
	if err != nil {
		return err
	}
	err = file.RemoveDir(dir, run.ExperimentFile)
	unlock()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.notes.change(c.Run, func(n *note) { *n = note{} })
}
