package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/diagnose"
	"gorae/run"
)

type diagnoseWords struct {
	Path    string   `arg:"" name:"run" help:"Run directory, finished or failed; or an experiment file, of which only what can be known before a training is checked."`
	Set     []string `sep:"none" placeholder:"PATH=VALUE" help:"Of an experiment file: change a setting."`
	Threads int      `placeholder:"N" help:"Threads to use; all cores if left out."`
	Network bool     `name:"allow-network" help:"Let the experiment open URLs and databases."`
	Replay  bool     `negatable:"" default:"true" help:"Take 50 steps of a suspected training again, as they were and with the change of the finding: the first, and those after the last checkpoint."`
	Repair  bool     `help:"Try the remedies on validation samples, several seeds each, keep what helps, and write the improved experiment beside the record of every try."`
	Seeds   int      `default:"3" help:"With --repair: trainings of each try."`
	JSON    bool     `help:"Print one JSON object."`
}

// Help is shown by gorae diagnose --help.
func (diagnoseWords) Help() string {
	return `Each finding has a code, a grade (fault: the outcome shows harm; tip), the numbers that it rests on, a
picture in the run directory, the reason, a remedy, and the change of the experiment that carries it out. Causes stand
before what follows of them. "ignore: [CODE]" in the experiment file mutes a code. docs/diagnose.md lists all of them.`
}

// Run diagnoses.
func (w *diagnoseWords) Run(o *environment) error {
	if err := threads(w.Threads); err != nil {
		return err
	}
	t, err := w.open(o)
	if err != nil {
		return err
	}
	o.at("looking for faults")
	d, err := diagnose.Run(o.ctx, t)
	if err != nil {
		return err
	}
	if w.Replay && t.Dir != "" {
		o.at("replaying the first steps")
		if err := d.Prove(o.ctx, t); err != nil {
			return err
		}
	}
	if t.Dir != "" {
		if err := d.Write(t.Dir); err != nil {
			d.Warnings = append(d.Warnings, err.Error())
		}
	}
	if err := o.note(d.Warnings); err != nil {
		return err
	}
	var repair *diagnose.Repaired
	if w.Repair {
		if repair, err = w.repair(o, t); err != nil {
			return err
		}
	}
	if w.JSON {
		return json.NewEncoder(o.stdout).Encode(struct {
			*diagnose.Diagnosis
			Repair *diagnose.Repaired `json:"repair,omitempty"`
		}{d, repair})
	}
	text := w.words(t, d)
	if repair != nil {
		text += repairWords(repair, t.Dir)
	}
	_, err = fmt.Fprint(o.report, text)
	return err
}

// repair tries the remedies; each try is said on stderr.
func (w *diagnoseWords) repair(o *environment, t *run.Trained) (*diagnose.Repaired, error) {
	if t.Dir == "" {
		return nil, usageError{fmt.Errorf("--repair mends a run, and %s is an experiment; train it first", w.Path)}
	}
	stopped := "stopped; no repair was written; to begin again: " + line(program+" diagnose "+quote(w.Path)+" --repair")
	interrupted.set(trainingPatience, stopped)
	o.at("trying remedies")
	r, err := diagnose.Repair(o.ctx, t, diagnose.RepairOptions{Seeds: w.Seeds, Random: true,
		Said: func(a diagnose.Attempt) {
			kept := "left"
			if a.Kept {
				kept = "kept"
			}
			fmt.Fprintf(o.stderr, "%s: %s: gain in skill %+.4f ± %.4f\n", kept, line(strings.Join(a.Change, " ")),
				a.Gain,
				a.Noise)
		}})
	if o.ctx.Err() != nil {
		return nil, errors.New(stopped)
	} else if err != nil {
		return nil, err
	}
	return r, r.Write(t.Dir)
}

// repairWords says what came of a repair.
func repairWords(r *diagnose.Repaired, dir string) string {
	var b strings.Builder
	if len(r.Change) == 0 {
		fmt.Fprintf(&b, "repair: none of %d remedies helps beyond its noise (skill on validation samples %.4f)\n",
			len(r.Attempts), r.Before)
	} else {
		fmt.Fprintf(&b, "repair: skill on validation samples %.4f, before %.4f (mean of %d seeds or more)\n",
			r.After, r.Before,
			r.Seeds)
		for _, c := range r.Change {
			fmt.Fprintf(&b, "  --set %s\n", quote(c))
		}
	}
	if r.TestAfter != nil && len(r.Change) > 0 {
		fmt.Fprintf(&b, "  skill on test samples, looked at once: %.4f, before %.4f\n", *r.TestAfter, *r.TestBefore)
	}
	if x := r.Random; x != nil && x.Trainings > 0 {
		if x.Beaten {
			fmt.Fprintf(&b, "  a random search of %d trainings came to %.4f on validation samples\n", x.Trainings,
				x.After)
		} else {
			fmt.Fprintf(&b, "  a random search of %d trainings came to %.4f on validation samples: the repair did "+
				"not beat "+
				"it\n", x.Trainings, x.After)
		}
	}
	fmt.Fprintf(&b, "  repaired    %s\n", quote(filepath.Join(dir, diagnose.RepairedFile)))
	return b.String()
}

// open opens the run, or prepares the experiment.
func (w *diagnoseWords) open(o *environment) (*run.Trained, error) {
	st, err := os.Stat(w.Path)
	if err == nil && !st.IsDir() || err != nil && strings.HasSuffix(w.Path, ".yaml") {
		f, err := run.Read(w.Path, w.Set...)
		if err != nil {
			return nil, err
		}
		f.AllowNetwork = w.Network
		p, err := run.Prepare(o.ctx, f)
		if err != nil {
			return nil, err
		}
		return &run.Trained{Prepared: p}, nil
	}
	if len(w.Set) > 0 {
		return nil, usageError{fmt.Errorf("--set changes an experiment file, and %s is a run", w.Path)}
	}
	return run.Open(o.ctx, w.Path, run.CompareOptions{AllowNetwork: w.Network})
}

// words is the report.
func (w *diagnoseWords) words(t *run.Trained, d *diagnose.Diagnosis) string {
	var b strings.Builder
	b.WriteString(verdictWords(w.Path, d))
	for i := range d.Findings {
		findingWords(&b, &d.Findings[i], t.Dir)
	}
	if d.After > 0 {
		fmt.Fprintf(&b, "%d more checks need a training: %s train %s\n", d.After, program, quote(w.Path))
	}
	if t.Dir != "" && len(d.Findings) > 0 {
		fmt.Fprintf(&b, "  findings    %s\n", quote(filepath.Join(t.Dir, diagnose.File)))
	}
	return b.String()
}

// verdictWords counts faults and tips.
func verdictWords(name string, d *diagnose.Diagnosis) string {
	faults, tips := 0, 0
	for _, f := range d.Findings {
		if f.Grade == diagnose.Fault {
			faults++
		} else {
			tips++
		}
	}
	if faults+tips == 0 {
		return fmt.Sprintf("%s: no findings; %d checks\n", quote(name), d.Checks)
	}
	return fmt.Sprintf("%s: faults: %d, tips: %d; %d checks\n", quote(name), faults, tips, d.Checks)
}

// findingWords writes a finding with all that belongs to it.
func findingWords(b *strings.Builder, f *diagnose.Finding, dir string) {
	findingLine(b, f)
	for _, e := range f.Evidence {
		if e.Limit != 0 {
			fmt.Fprintf(b, "    evidence  %s: %.4g (limit %.4g)\n", e.Name, e.Value, e.Limit)
		} else {
			fmt.Fprintf(b, "    evidence  %s: %.4g\n", e.Name, e.Value)
		}
	}
	fmt.Fprintf(b, "    why       %s\n", f.Why)
	fmt.Fprintf(b, "    remedy    %s\n", line(f.Remedy))
	if len(f.Change) > 0 {
		var sets []string
		for _, c := range f.Change {
			sets = append(sets, "--set "+quote(c))
		}
		fmt.Fprintf(b, "    change by %s\n", line(strings.Join(sets, " ")))
	}
	if f.Proof != nil {
		fmt.Fprintf(b, "    proof     %s\n", f.Proof.Words)
	}
	if f.Picture != "" && dir != "" {
		fmt.Fprintf(b, "    picture   %s\n", quote(filepath.Join(dir, f.Picture+".png")))
	}
	for _, e := range f.Effects {
		fmt.Fprintf(b, "    explains  %s (%s)\n", e.Code, line(e.What))
	}
}

// findingLine writes grade, code and sentence of a finding.
func findingLine(b *strings.Builder, f *diagnose.Finding) {
	if f.Grade == diagnose.Fault {
		fmt.Fprintf(b, "  fault  %s: %s\n", f.Code, line(f.What))
	} else {
		fmt.Fprintf(b, "  tip    %s: %s\n", f.Code, line(f.What))
	}
}

// diagnosed is the short form at the end of a training: a line for each fault, and its remedy.
func (w *trainWords) diagnosed(o *environment, ready *run.Prepared, dir string) (*diagnose.Diagnosis, error) {
	t, err := run.TrainedOf(ready, dir)
	if err != nil {
		return nil, err
	}
	o.at("looking for faults")
	d, err := diagnose.Run(o.ctx, t)
	if err != nil {
		return nil, err
	}
	return d, d.Write(dir)
}

// shortFindings is the lines of the faults, and how many tips there are.
func shortFindings(d *diagnose.Diagnosis, dir string) string {
	if d == nil || len(d.Findings) == 0 {
		return ""
	}
	var b strings.Builder
	tips := 0
	for i := range d.Findings {
		f := &d.Findings[i]
		if f.Grade == diagnose.Tip {
			tips++
			continue
		}
		findingLine(&b, f)
		fmt.Fprintf(&b, "    remedy    %s\n", line(f.Remedy))
	}
	if tips > 0 {
		fmt.Fprintf(&b, "  tips        %d: %s diagnose %s\n", tips, program, quote(dir))
	}
	return b.String()
}
