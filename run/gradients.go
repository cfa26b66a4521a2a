package run

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"gorae/chart"
	"gorae/graph"
	"gorae/internal/file"
	"gorae/internal/picture"
	"gorae/layer"
	"gorae/model"
	"gorae/train"
)

// Across is how the gradient of a recurrent layer changes on its way back through a sequence: vanishing or exploding
// gradients.
type Across struct {
	Layer string `json:"layer"`
	Kind  string `json:"kind"`  // SimpleRNN, LSTM, …; "" where it is none of Keras's
	Epoch int    `json:"epoch"` // after which it was measured; 0: before training
	// Ratio is the norm at the step that is read first (From, from 1) by that at the step read last (To).
	Ratio float64 `json:"ratio"`
	From  int     `json:"from"`
	To    int     `json:"to"`
}

// vanishRatio is the factor across a sequence from which a gradient counts as vanished or exploded.
const vanishRatio = 1e4

// Unstable reports whether the gradient vanishes or explodes on its way back.
func (a Across) Unstable() bool { return a.Ratio < 1/vanishRatio || a.Ratio > vanishRatio }

// when names the measurement for the picture: before training, or after epoch N.
func (a Across) when() string {
	if a.Epoch == 0 {
		return "before training"
	}
	return fmt.Sprintf("after epoch %d", a.Epoch)
}

// gradientNorms returns the probe of gradient norms for recurrent models; nil for others.
func (p *Prepared) gradientNorms() *train.GradientNorms {
	if _, ok := p.how.(*supervised); !ok || !p.recurrent() || p.Spec.Train.Several() != nil {
		return nil
	}
	return &train.GradientNorms{}
}

// across returns the last measurement of each loop up to the epoch whose weights are kept.
func (p *Prepared) across(norms []train.StepNorms, kept int) []Across {
	var out []Across
	at := map[string]int{}
	for _, n := range norms {
		ratio, from, to, ok := n.Across()
		if !ok || math.IsInf(ratio, 0) || n.Epoch > kept {
			continue
		}
		i, seen := at[n.Layer]
		if !seen {
			i = len(out)
			at[n.Layer], out = i, append(out, Across{})
		}
		out[i] = Across{Layer: n.Layer, Kind: p.kindOf(n.Layer), Epoch: n.Epoch, Ratio: ratio, From: from + 1,
			To: to + 1}
	}
	return out
}

// recurrent reports whether the model has a loop over steps.
func (p *Prepared) recurrent() bool {
	t := model.NewTrace(false)
	t.Tapping = true
	if err := graph.Catch(func() {
		var xs []*graph.Node
		for i, ty := range p.Model.InputTypes(1) {
			xs = append(xs, t.Graph.Input(strconv.Itoa(i), ty))
		}
		p.Model.Trace(t, xs...)
	}); err != nil {
		return false
	}
	return len(t.Taps) > 0
}

// kindOf returns the class of the recurrent layer at a path, "" where it is not one by itself.
func (p *Prepared) kindOf(path string) string {
	name, rest, _ := strings.Cut(path, "/")
	for _, i := range p.Model.Layers() {
		if i.Name() != name {
			continue
		}
		l := i.Layer
		if w, ok := l.(layer.Wrapper); ok {
			for _, p := range w.Wrapped() {
				if p.Path == rest {
					l = p.Layer
				}
			}
		}
		return layer.RecurrentKind(l)
	}
	return ""
}

// reportGradients writes the gradient norms of a recurrent model as a table and a picture, and adds their ratio across
// the sequence to the report. What the report says of the baselines comes first.
func (p *Prepared) reportGradients(dir string, measured *train.GradientNorms, r *Report) error {
	if measured == nil {
		return nil
	}
	if measured.Failed != nil {
		p.Notes = append(p.Notes, measured.Failed.Error())
	}
	norms := measured.Norms
	if len(norms) == 0 {
		return nil
	}
	across := p.across(norms, r.BestEpoch)
	if err := r.Findings.Add("gradients", across); err != nil {
		return err
	}
	if err := file.Replace(filepath.Join(dir, NormsFile+".csv"),
		func(w io.Writer) error { return writeNorms(w, norms) }); err != nil {
		return err
	}
	err := picture.Write(dir, NormsFile, func() (picture.Vector, error) {
		return heat(chart.Sprintf("%s: gradient by time step", p.Name), norms, across), nil
	})
	if err == nil {
		r.Findings.Pictures = append(r.Findings.Pictures, NormsFile+".png")
	}
	return err
}

// heat returns a picture with a heat map for each recurrent loop and a row for each measurement. The row that a
// sentence of the report is about is outlined, and the title of the map says so.
func heat(title string, norms []train.StepNorms, across []Across) chart.Heat {
	h := chart.Heat{Title: title, X: chart.Sprintf("time step"), Y: chart.Sprintf("after epoch"),
		Scale: chart.Sprintf("norm of dL/dh")}
	at := map[string]int{}
	for _, n := range norms {
		i, seen := at[n.Layer]
		if !seen {
			i = len(h.Maps)
			at[n.Layer] = i
			title := n.Layer
			if n.Reverse {
				title = chart.Sprintf("%s (reads the last step first)", title)
			}
			h.Maps = append(h.Maps, chart.HeatMap{Title: title})
		}
		m := &h.Maps[i]
		m.Names, m.Rows = append(m.Names, strconv.Itoa(n.Epoch)), append(m.Rows, n.Norm)
		for _, a := range across {
			if a.Layer == n.Layer && a.Epoch == n.Epoch && a.Unstable() {
				m.Mark, m.Title = len(m.Rows), chart.Sprintf("%s; outlined: %s", m.Title, a.when())
			}
		}
	}
	return h
}

// writeNorms writes a line for each step: epoch,layer,step,norm; no norm where no sample has the step.
func writeNorms(w io.Writer, norms []train.StepNorms) error {
	if _, err := fmt.Fprintln(w, "epoch,layer,step,norm"); err != nil {
		return err
	}
	for _, n := range norms {
		for t, v := range n.Norm {
			text := ""
			if !math.IsNaN(v) {
				text = strconv.FormatFloat(v, 'g', 6, 64)
			}
			if _, err := fmt.Fprintf(w, "%d,%s,%d,%s\n", n.Epoch, n.Layer, t+1, text); err != nil {
				return err
			}
		}
	}
	return nil
}
