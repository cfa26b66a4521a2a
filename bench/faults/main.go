// Faults plants faults in sound experiments, lets gorae diagnose look for them, and counts what it finds:
//
//	GORAE_SHARED=FOLDER go run ./bench/faults [-calibrate] [-repair] [-out FILE]
//
// FOLDER has the data sets. A faulty experiment counts only if the fault does harm: over 10 seeds the skill on the test
// samples is lower than that of the sound experiment (Welch's t test, p < 0.05, and Cohen's d ≥ 0.5), or if it is
// structural. Thresholds were chosen with -calibrate, on other data and seeds than are judged without. Results are kept
// in FILE, so that a second call goes on where the first one ended.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"gorae/diagnose"
	"gorae/run"
	"gorae/spec"
	_ "gorae/task/all"
)

var (
	calibrate = flag.Bool("calibrate", false, "use the data and seeds that thresholds are chosen on")
	repair    = flag.Bool("repair", false, "also repair the faults, beside a random search")
	most      = flag.Int("most", 2, "bases that a fault is planted in")
	rest      = flag.Bool("rest", true, "make the runs that are missing; without, only what there is counts")
	only      = flag.String("only", "", "a plant or a base alone, by its name")
	seeds     = flag.Int("seeds", 10, "seeds of each experiment")
	begin     = flag.Uint64("first", 0, "the first seed; 0: 9000, or 1000 with -calibrate")
	sound     = flag.Int("sound", 0, "sound runs; 0: 200 or more")
	share     = flag.String("share", "1/1", "which of how many shares of the work: several processes can do one each")
	keep      = flag.String("keep", "", "folder in which runs are kept: those that are there are diagnosed "+
		"again, and not "+
		"trained")
	out = flag.String("out", "", "file of the results; faults-judge.jsonl or faults-calibrate.jsonl in the "+
		"temporary folder")
)

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := bench(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

// result is one run.
type result struct {
	Base  string   `json:"base"`
	Plant string   `json:"plant"` // "" of a sound run
	Seed  uint64   `json:"seed"`
	Skill float64  `json:"skill"` // on the test samples
	Codes []string `json:"codes"` // of findings in their order, effects behind; faults begin with !
	Error string   `json:"error,omitempty"`
	// Random is, of a repair, the skill of a random search; Codes are then the changes that were kept.
	Random    float64  `json:"random,omitempty"`
	Trainings int      `json:"trainings,omitempty"` // of each of both
	Tries     []string `json:"tries,omitempty"`     // of the repair
}

func (r *result) key() string { return fmt.Sprintf("%s|%s|%d", r.Base, r.Plant, r.Seed) }

// store is the results so far.
type store struct {
	path string
	all  map[string]*result
}

func open(path string) (*store, error) {
	s := &store{path, map[string]*result{}}
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return s, nil
	} else if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		r := &result{}
		if json.Unmarshal(lines.Bytes(), r) == nil { // the last line may be cut
			s.all[r.key()] = r
		}
	}
	return s, lines.Err()
}

func (s *store) put(r *result) error {
	s.all[r.key()] = r
	f, err := os.OpenFile(s.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	b, err := json.Marshal(r)
	if err == nil {
		_, err = f.Write(append(b, '\n'))
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// codes lists the codes of findings, and behind them those of their effects.
func codes(all []diagnose.Finding) (list []string) {
	for _, f := range all {
		code := f.Code
		if f.Grade == diagnose.Fault {
			code = "!" + code
		}
		list = append(list, code)
	}
	for _, f := range all {
		list = append(list, codes(f.Effects)...)
	}
	return list
}

// try trains an experiment and diagnoses it.
func try(ctx context.Context, b base, p *plant, seed uint64) *result {
	r := &result{Base: b.name, Seed: seed}
	if p != nil {
		r.Plant = p.name
	}
	dir, done, err := r.folder()
	if err != nil {
		r.Error = err.Error()
		return r
	}
	defer done()
	if err := r.try(ctx, b, p, dir); err != nil {
		r.Error = err.Error()
	}
	return r
}

// folder returns the folder of a run, and what to do with it at the end: nothing where runs are kept.
func (r *result) folder() (string, func(), error) {
	if *keep == "" {
		dir, err := os.MkdirTemp("", "faults")
		return dir, func() { os.RemoveAll(dir) }, err
	}
	name := strings.NewReplacer(" ", "-", ",", "").Replace(fmt.Sprintf("%s_%s_%d", r.Base, r.Plant, r.Seed))
	dir := filepath.Join(*keep, name)
	return dir, func() {}, os.MkdirAll(dir, 0o755)
}

func (r *result) try(ctx context.Context, b base, p *plant, dir string) error {
	_, d, err := r.trained(ctx, b, p, dir)
	if err != nil {
		return err
	}
	r.Codes, r.Skill = codes(d.Findings), max(-1, d.Outcome.Unseen)
	if r.Skill != r.Skill {
		r.Skill = -1 // the training failed
	}
	if len(d.Warnings) > 0 {
		r.Error = d.Warnings[0]
	}
	return nil
}

// prepared writes and prepares an experiment, with a fault unless p is nil.
func (r *result) prepared(ctx context.Context, b base, p *plant, dir string) (*run.Prepared, error) {
	e, err := b.begin(r.Seed)
	if err != nil {
		return nil, err
	}
	if p != nil {
		p.plant(e)
	}
	text, err := e.write(dir)
	if err != nil {
		return nil, err
	}
	f, err := spec.Parse("", b.name, []byte(text), append(e.sets, fmt.Sprintf("seed=%d", r.Seed))...)
	if err != nil {
		return nil, fmt.Errorf("%w in\n%s", err, text)
	}
	return run.Prepare(ctx, f)
}

// trained trains an experiment, with a fault unless p is nil, and diagnoses it.
func (r *result) trained(ctx context.Context, b base, p *plant, dir string) (*run.Trained, *diagnose.Diagnosis, error) {
	prepared, err := r.prepared(ctx, b, p, dir)
	if err != nil {
		return nil, nil, err
	}
	at := filepath.Join(dir, "run")
	if ended(at) {
		t, err := run.Open(ctx, at, run.CompareOptions{})
		if err != nil {
			return nil, nil, err
		}
		d, err := diagnose.Run(ctx, t)
		return t, d, err
	}
	if err := os.RemoveAll(at); err != nil { // of a run that was killed
		return nil, nil, err
	}
	_, failed := run.Run(ctx, prepared, run.Options{Out: at})
	t, err := run.TrainedOf(prepared, at)
	if err != nil {
		return nil, nil, err
	}
	if failed != nil && t.Failure == nil {
		return nil, nil, failed
	}
	d, err := diagnose.Run(ctx, t)
	return t, d, err
}

// ended reports whether a folder has a run that has come to its end, or has failed.
func ended(dir string) bool {
	for _, name := range []string{run.MetricsFile, run.FailureFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// first is the first seed: those of the judgement are others than those of -calibrate.
func first() uint64 {
	if *begin > 0 {
		return *begin
	}
	if *calibrate {
		return 1000
	}
	return 9000
}

func bench(ctx context.Context) error {
	if os.Getenv("GORAE_SHARED") == "" {
		return errors.New("GORAE_SHARED is not set; give the folder that has the data sets")
	}
	path := *out
	if path == "" {
		path = filepath.Join(os.TempDir(), map[bool]string{true: "faults-calibrate.jsonl",
			false: "faults-judge.jsonl"}[*calibrate])
	}
	s, err := open(path)
	if err != nil {
		return err
	}
	var of []base
	for _, b := range bases() {
		if b.judge != *calibrate {
			of = append(of, b)
		}
	}
	var at, shares int
	if _, err := fmt.Sscanf(*share, "%d/%d", &at, &shares); err != nil || at < 1 || at > shares {
		return fmt.Errorf("-share %s: give one such as 1/2", *share)
	}
	mine := func(k int) bool { return k%shares == at-1 }
	for k, b := range of {
		if !mine(k) {
			continue
		}
		n := *seeds
		if *sound > 0 {
			n = *sound
		} else {
			n = max(n, (200+len(of)-1)/len(of))
		}
		for k := range n {
			if err := s.run(ctx, b, nil, first()+uint64(k)); err != nil {
				return err
			}
		}
	}
	for k := range *seeds { // all faults with one seed, then with the next: what is there at any time is whole
		for _, p := range plants() {
			for _, b := range p.among(of) {
				if !mine(slices.IndexFunc(of, func(o base) bool { return o.name == b.name })) ||
					s.harmless(&p, b.name, k) {
					continue
				}
				if err := s.run(ctx, b, &p, first()+uint64(k)); err != nil {
					return err
				}
			}
		}
	}
	if *repair && *rest {
		if err := s.repairs(ctx, of, mine); err != nil {
			return err
		}
	}
	if err := s.report(os.Stdout, of); err != nil {
		return err
	}
	s.repaired(os.Stdout, of)
	return nil
}

// run makes a run that is not there yet.
func (s *store) run(ctx context.Context, b base, p *plant, seed uint64) error {
	r := &result{Base: b.name, Seed: seed}
	if p != nil {
		r.Plant = p.name
	}
	if *only != "" && *only != b.name && *only != r.Plant {
		return nil
	}
	if s.all[r.key()] != nil || !*rest {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.put(try(ctx, b, p, seed))
}
