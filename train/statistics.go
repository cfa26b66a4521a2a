package train

import (
	"encoding/json"
	"fmt"
	"math"

	"gorae/tensor"
)

// EpochStatistics is what activations, gradients and weights were on one fixed batch of training samples at the end of
// an epoch, in inference mode.
type EpochStatistics struct {
	Epoch   int                `json:"epoch"` // 0: before the first step
	Step    uint64             `json:"step"`  // steps done
	Loss    float64            `json:"loss"`  // of the batch, with penalties
	Layers  []LayerStatistics  `json:"layers,omitempty"`
	Weights []WeightStatistics `json:"weights,omitempty"`
}

// LayerStatistics is the activations of a layer on the batch. A unit is one place of the last axis.
type LayerStatistics struct {
	Path      string  `json:"path"`
	Units     int     `json:"units"`
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
	Min       float64 `json:"min"`
	Max       float64 `json:"max"`
	Dead      int     `json:"dead"`     // units that are 0 for every sample
	Constant  int     `json:"constant"` // units that have one value for every sample
	Alike     int     `json:"alike"`    // units that equal the first one for every sample
	NearZero  float64 `json:"near_zero"`
	NearOne   float64 `json:"near_one"` // share of the elements of which |x| > 0.99; NearZero: |x| < 0.01
	NotFinite int     `json:"not_finite,omitempty"`
}

// WeightStatistics is a trainable weight, its gradient on the batch, and its last update.
type WeightStatistics struct {
	Path      string  `json:"path"`
	Count     int     `json:"count"`
	Norm      float64 `json:"norm"`
	Deviation float64 `json:"deviation"` // of its elements
	Gradient  float64 `json:"gradient"`  // norm of the loss's gradient
	Update    float64 `json:"update"`    // norm of what the last step of the epoch added; 0 before the first one
	NotFinite int     `json:"not_finite,omitempty"`
}

// Statistics is a callback that measures activations, gradients, weights and updates on one fixed batch, before the
// first epoch and at the ends of epochs. It measures as often as its work stays below 2 % of the training's: the batch
// has 32 samples.
type Statistics struct {
	Samples int // of the batch; 0: 32, and fewer where they have many steps

	Epochs []EpochStatistics // what was measured, in order
	Failed error             // what ended the measuring; the training goes on

	fixed, last Probe
	updates     map[string]float64
	every       int
}

// Bounds of the cost of measuring.
const (
	statisticsSamples = 32
	statisticsShare   = 0.015 // of the samples that are trained on
	statisticsPasses  = 120   // samples whose steps take as long as the passes over weights and activations, about
	statisticsSteps   = 1 << 12
	statisticsValues  = 1 << 22 // elements of weights; larger networks are not measured
)

// On measures.
func (s *Statistics) On(e Event) error {
	if e.Kind == TrainBegin {
		s.Epochs, s.Failed, s.updates = nil, nil, map[string]float64{}
		if err := s.begin(e); err != nil {
			s.Failed = err
		}
	}
	if s.Failed != nil {
		return nil
	}
	for _, p := range []*Probe{&s.last, &s.fixed} {
		if p.See == nil {
			continue
		}
		if err := p.On(e); err != nil {
			s.Failed = fmt.Errorf("statistics: %w", err)
			return nil
		}
	}
	return nil
}

// begin sets the probes.
func (s *Statistics) begin(e Event) error {
	s.fixed, s.last = Probe{}, Probe{}
	total := 0
	for _, v := range e.Run.Model.TrainableWeights() {
		total += v.Value.Len()
	}
	feed := &e.Run.loop.feed
	n := (*feed).loader.Data.Len()
	if total == 0 || total > statisticsValues || n < 1 {
		return nil
	}
	samples := s.Samples
	if samples < 1 {
		samples = statisticsSamples
		for _, f := range (*feed).loader.Data.Spec().Inputs {
			if len(f.Shape) > 0 {
				samples = min(samples, max(1, statisticsSteps/max(1, f.Shape[0])))
			}
		}
	}
	samples = min(samples, n)
	s.every = max(1, int(math.Ceil(float64(samples+statisticsPasses)/(statisticsShare*float64(n)))))
	s.fixed = Probe{Watch: []Watch{{Quantity: Activations}, {Quantity: Weights}, {Quantity: WeightGradients}},
		Due: func(epoch int) bool { return epoch <= 1 || epoch%s.every == 0 || epoch == e.Epochs }, Samples: samples,
		See: s.see}
	if e.Batches > 0 {
		s.last = Probe{Watch: []Watch{{Quantity: Updates}}, Steps: e.Batches, See: s.seeUpdates}
	}
	return nil
}

// Close ends the measuring.
func (s *Statistics) Close() error {
	if err := s.last.Close(); err != nil {
		return err
	}
	return s.fixed.Close()
}

// seeUpdates keeps the norms of a step's updates until the epoch's end.
func (s *Statistics) seeUpdates(o *Observation) error {
	for _, v := range o.Values {
		s.updates[v.Path], _ = norm(v.Value)
	}
	return nil
}

// see adds what was measured.
func (s *Statistics) see(o *Observation) error {
	at := EpochStatistics{Epoch: o.Epoch, Step: o.Step, Loss: finite(o.Loss)}
	gradients := map[string]float64{}
	for _, v := range o.Values {
		if v.Quantity == WeightGradients {
			n, _ := norm(v.Value)
			gradients[v.Path] = finite(n)
		}
	}
	for _, v := range o.Values {
		switch v.Quantity {
		case Activations:
			if v.Value.DType() == tensor.Float32 && v.Value.Len() > 0 {
				at.Layers = append(at.Layers, layerStatistics(v.Path, v.Value))
			}
		case Weights:
			if _, ok := gradients[v.Path]; ok {
				n, deviation := norm(v.Value)
				w := WeightStatistics{Path: v.Path, Count: v.Value.Len(), Norm: finite(n), Deviation: finite(deviation),
					Gradient: gradients[v.Path], Update: finite(s.updates[v.Path])}
				if n-n != 0 {
					w.NotFinite = v.Stats().NotFinite
				}
				at.Weights = append(at.Weights, w)
			}
		}
	}
	s.Epochs = append(s.Epochs, at)
	return nil
}

// norm is the norm of the elements, and their deviation; NaN or infinite where an element is.
func norm(x *tensor.Tensor) (norm, deviation float64) {
	var sum, square [4]float64
	v := x.F32
	for ; len(v) >= 4; v = v[4:] {
		for k := range 4 {
			f := float64(v[k])
			sum[k], square[k] = sum[k]+f, square[k]+f*f
		}
	}
	for _, f := range v {
		sum[0], square[0] = sum[0]+float64(f), square[0]+float64(f)*float64(f)
	}
	n := float64(max(1, len(x.F32)))
	total, all := sum[0]+sum[1]+sum[2]+sum[3], square[0]+square[1]+square[2]+square[3]
	variance := all/n - total/n*total/n
	if variance < 1e-12*all/n { // equal elements, but for rounding
		variance = 0
	}
	return math.Sqrt(all), math.Sqrt(variance)
}

// finite is v, or the greatest number where it is none: JSON has no word for infinity.
func finite(v float64) float64 {
	if v-v != 0 {
		return math.MaxFloat64
	}
	return v
}

// layerStatistics measures activations [batch, …, units].
func layerStatistics(path string, x *tensor.Tensor) LayerStatistics {
	units := 1
	if k := len(x.Shape); k > 1 {
		units = x.Shape[k-1]
	}
	of := statsOf(x)
	s := LayerStatistics{Path: path, Units: units, Mean: finite(of.Mean), Deviation: finite(of.Deviation),
		Min: finite(of.Min), Max: finite(of.Max), NotFinite: of.NotFinite}
	dead, constant, alike := make([]bool, units), make([]bool, units), make([]bool, units)
	for u := range units {
		dead[u], constant[u], alike[u] = true, true, true
	}
	zero, one := 0, 0
	for from := 0; from+units <= len(x.F32); from += units {
		for u, v := range x.F32[from : from+units] {
			dead[u] = dead[u] && v == 0
			constant[u] = constant[u] && v == x.F32[u]
			alike[u] = alike[u] && v == x.F32[from]
			if v < 0 {
				v = -v
			}
			if v < 0.01 {
				zero++
			} else if v > 0.99 {
				one++
			}
		}
	}
	for u := range units {
		s.Dead, s.Constant, s.Alike = s.Dead+count(dead[u]), s.Constant+count(constant[u]), s.Alike+count(alike[u])
	}
	s.NearZero, s.NearOne = float64(zero)/float64(x.Len()), float64(one)/float64(x.Len())
	return s
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Observes implements Observer: the training's numbers do not depend on what is measured.
func (s *Statistics) Observes() {}

// State is what was measured so far.
func (s *Statistics) State() []byte {
	b, err := json.Marshal(struct {
		Epochs  []EpochStatistics
		Updates map[string]float64
	}{s.Epochs, s.updates})
	if err != nil {
		return nil // every number is finite
	}
	return b
}

// Restore takes back what State gave.
func (s *Statistics) Restore(state []byte) error {
	var was struct {
		Epochs  []EpochStatistics
		Updates map[string]float64
	}
	if err := json.Unmarshal(state, &was); err != nil {
		return fmt.Errorf("statistics: %w", err)
	}
	s.Epochs = was.Epochs
	if was.Updates != nil {
		s.updates = was.Updates
	}
	return nil
}
