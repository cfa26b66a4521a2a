package train

import (
	"fmt"
	"math"

	"gorae/config"
	"gorae/tensor"
)

// EarlyStopping ends a run when a metric has not improved for Patience epochs.
// An improvement is one by more than MinDelta over the best value so far; if
// Baseline is given, only one that beats Baseline too begins the waiting anew. Keras's
// callback of that name, with its defaults.
type EarlyStopping struct {
	Monitor            string   `keras:"monitor,default=val_loss"`
	MinDelta           float64  `keras:"min_delta,min=0"`
	Patience           int      `keras:"patience,main,min=0,what=number of epochs"`
	Mode               string   `keras:"mode,default=auto,oneof=auto|min|max"`
	Baseline           *float64 `keras:"baseline"`
	RestoreBestWeights bool     `keras:"restore_best_weights"`
	StartFromEpoch     int      `keras:"start_from_epoch,min=0,what=number of epochs"`
	_                  struct{} `keras:"verbose~0"`

	watch watch
	wait  int
	best  float64
	at    int // the best epoch, from 1; 0 before there is one
	saved []tensor.Named
}

// On looks at each epoch's end, and puts the best weights back when the run is over.
func (s *EarlyStopping) On(e Event) (err error) {
	switch e.Kind {
	case TrainBegin:
		if err := config.Check(s); err != nil {
			return config.Under("early_stopping", err)
		}
		*s = config.Filled(*s)
		if s.watch, err = watchOf(e.Run, "early_stopping", s.Monitor, s.Mode); err != nil {
			return err
		}
		s.wait, s.best, s.at, s.saved = 0, s.watch.worst(), 0, nil
	case EpochEnd:
		s.epoch(e)
	case TrainEnd:
		if s.RestoreBestWeights && len(s.saved) > 0 {
			return e.Run.RestoreWeights(s.saved)
		}
	}
	return nil
}

func (s *EarlyStopping) epoch(e Event) {
	if e.Epoch <= s.StartFromEpoch {
		return
	}
	v := e.Metrics.Of(s.Monitor)
	better := s.watch.better(v, s.best, s.MinDelta)
	if s.RestoreBestWeights && (better || len(s.saved) == 0) {
		s.saved, s.at = e.Run.SaveWeights(s.saved), e.Epoch
	}
	s.wait++
	if better {
		s.best, s.at = v, e.Epoch
		if s.Baseline == nil || s.watch.better(v, *s.Baseline, s.MinDelta) {
			s.wait = 0
		}
		return
	}
	if s.wait >= s.Patience && e.Epoch > 1 {
		e.Run.Stop()
	}
}

// State is the waiting time, the best value and its weights.
func (s *EarlyStopping) State() []byte {
	var w writer
	w.u64(uint64(s.wait))
	w.f64(s.best)
	w.u64(uint64(s.at))
	w.tensors(s.saved)
	return w.b
}

// Restore takes back what State gave.
func (s *EarlyStopping) Restore(state []byte) error {
	r := reader{b: state}
	s.wait, s.best, s.at, s.saved = r.number(), r.f64(), r.number(), r.tensors()
	return r.err
}

// ReduceLROnPlateau multiplies the learning rate by Factor when a metric has not
// improved for Patience epochs, and then leaves it alone for Cooldown epochs.
// Keras's callback of that name, with its defaults.
type ReduceLROnPlateau struct {
	Monitor  string   `keras:"monitor,default=val_loss"`
	Factor   float64  `keras:"factor,default=0.1,above=0,below=1"`
	Patience *int     `keras:"patience,main,default=10,min=0,what=number of epochs"`
	Mode     string   `keras:"mode,default=auto,oneof=auto|min|max"`
	MinDelta *float64 `keras:"min_delta,default=0.0001,min=0"`
	Cooldown int      `keras:"cooldown,min=0,what=number of epochs"`
	MinLR    float64  `keras:"min_lr,min=0"`
	_        struct{} `keras:"verbose~0"`

	watch      watch
	wait, cool int
	best       float64
}

// On looks at each epoch's end.
func (p *ReduceLROnPlateau) On(e Event) (err error) {
	switch e.Kind {
	case TrainBegin:
		if err := config.Check(p); err != nil {
			return config.Under("reduce_lr_on_plateau", err)
		}
		*p = config.Filled(*p)
		if p.watch, err = watchOf(e.Run, "reduce_lr_on_plateau", p.Monitor, p.Mode); err != nil {
			return err
		}
		p.wait, p.cool, p.best = 0, 0, p.watch.worst()
	case EpochEnd:
		return p.epoch(e)
	}
	return nil
}

func (p *ReduceLROnPlateau) epoch(e Event) error {
	v := e.Metrics.Of(p.Monitor)
	if p.cool > 0 {
		p.cool--
		p.wait = 0
	}
	if p.watch.better(v, p.best, *p.MinDelta) {
		p.best, p.wait = v, 0
		return nil
	}
	if p.cool > 0 {
		return nil
	}
	if p.wait++; p.wait < *p.Patience {
		return nil
	}
	if rate := e.Run.LearningRate(); !(rate <= float64(float32(p.MinLR))) {
		if err := e.Run.SetLearningRate(math.Max(rate*p.Factor, p.MinLR)); err != nil {
			return fmt.Errorf("reduce_lr_on_plateau: %w", err)
		}
		p.cool, p.wait = p.Cooldown, 0
	}
	return nil
}

// State is the waiting time and the best value.
func (p *ReduceLROnPlateau) State() []byte {
	var w writer
	w.u64(uint64(p.wait))
	w.u64(uint64(p.cool))
	w.f64(p.best)
	return w.b
}

// Restore takes back what State gave.
func (p *ReduceLROnPlateau) Restore(state []byte) error {
	r := reader{b: state}
	p.wait, p.cool, p.best = r.number(), r.number(), r.f64()
	return r.err
}
