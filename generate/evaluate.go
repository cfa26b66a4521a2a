package generate

import (
	"context"
	"fmt"
	"math"

	"gorae/model"
	"gorae/tensor"
)

// Evaluation is how well a language model predicts a text.
type Evaluation struct {
	Tokens   int     // tokens predicted
	Nats     float64 // cross-entropy: the mean of −ln p over the tokens, in nats
	Accuracy float64 // share of tokens to which the model gave the greatest probability
}

// Perplexity is e^Nats: the number of equally likely tokens with the same cross-entropy.
func (v Evaluation) Perplexity() float64 { return math.Exp(v.Nats) }

// A text is cut into evaluateRows stretches that are read side by side, evaluateSteps steps at a time.
const (
	evaluateRows  = 16
	evaluateSteps = 64
)

// Evaluate reads the ids of a text from end to end with a network that returns probabilities, or logits, for every step
// or for the last, and that works step by step. The text is cut into 16 stretches of equal length (a short text is left
// whole), each read from an empty state; up to 16 ids at the end are left over. A causal network, such as a
// transformer, reads windows that overlap by half, so that every token but those of the first half window has at
// least half a window before it. Any other network is an error of model.Stream.
func Evaluate(ctx context.Context, m *model.Model, ids []int32, logits bool) (Evaluation, error) {
	if Windowed(m) {
		return evaluateWindows(ctx, m, ids, logits)
	}
	rows := evaluateRows
	if len(ids) < evaluateRows*4*evaluateSteps {
		rows = 1
	}
	length := (len(ids) - 1) / rows // ids predicted in each stretch
	var v Evaluation
	steps := evaluateSteps
	if len(m.OutputTypes(1)[0].Shape) == 2 {
		steps = 1 // the network predicts what follows the last step alone
	}
	s, err := m.Stream(rows, steps)
	if err != nil {
		return v, err
	}
	x := s.X[0]
	for at := 0; at < length; at += steps {
		if err := ctx.Err(); err != nil {
			return v, err
		}
		n := min(steps, length-at)
		for r := range rows {
			for k := range n {
				id := ids[r*length+at+k]
				if i := r*steps + k; x.I32 != nil {
					x.I32[i] = id
				} else {
					x.F32[i] = float32(id)
				}
			}
		}
		if err := s.Next(); err != nil {
			return v, err
		}
		classes := len(s.Y[0].F32) / (rows * steps)
		for r := range rows {
			for k := range n {
				y := s.Y[0].F32[(r*steps+k)*classes:][:classes]
				if i := nonFinite(y); i >= 0 {
					return v, fmt.Errorf("the network's output %d for what follows token %d of the text is %s", i,
						r*length+at+k+1, tensor.Say(y[i]))
				}
				v.add(y, ids[r*length+at+k+1], logits)
			}
		}
	}
	return v.mean(), nil
}

// mean divides what was added up by the number of tokens.
func (v Evaluation) mean() Evaluation {
	v.Nats /= float64(v.Tokens)
	v.Accuracy /= float64(v.Tokens)
	return v
}

// Windowed reports whether a network reads a text by windows that may overlap: it is causal, has an output for each
// step, and does not remember what was before a window.
func Windowed(m *model.Model) bool {
	if _, err := m.Stream(1, 1); err == nil {
		return false
	}
	in, out := m.InputTypes(1), m.OutputTypes(1)
	return len(in) == 1 && len(out) == 1 && len(in[0].Shape) == 2 && len(out[0].Shape) == 3 && m.Causal()
}

// evaluateWindows reads windows that overlap by half.
func evaluateWindows(ctx context.Context, m *model.Model, ids []int32, logits bool) (v Evaluation, err error) {
	width := m.InputTypes(1)[0].Shape[1]
	classes := m.OutputTypes(1)[0].Shape[2]
	total := len(ids) - 1 // of tokens that are predicted
	done := 0
	for done < total {
		if err := ctx.Err(); err != nil {
			return v, err
		}
		// Each window predicts the tokens from done on; the first has no window before it.
		var starts, from []int
		next := done
		for len(starts) < evaluateRows && next < total {
			at := max(0, min(next-width/2, total-width))
			starts, from = append(starts, at), append(from, next)
			next = min(total, at+width)
		}
		x := tensor.New(m.InputTypes(1)[0].DType, len(starts), width)
		for r, at := range starts {
			for k := range min(width, total-at) { // what is behind the end of the text does not count
				if x.I32 != nil {
					x.I32[r*width+k] = ids[at+k]
				} else {
					x.F32[r*width+k] = float32(ids[at+k])
				}
			}
		}
		y, err := m.Predict(ctx, x)
		if err != nil {
			return v, err
		}
		for r, at := range starts {
			end := total
			if r+1 < len(from) {
				end = from[r+1]
			}
			for t := from[r]; t < min(end, at+width); t++ {
				p := y[0].F32[(r*width+t-at)*classes:][:classes]
				if i := nonFinite(p); i >= 0 {
					return v, fmt.Errorf("the network's output %d for what follows token %d of the text is %s", i, t+1,
						tensor.Say(p[i]))
				}
				v.add(p, ids[t+1], logits)
			}
		}
		done = next
	}
	return v.mean(), nil
}

// add counts the prediction y for the token id.
func (v *Evaluation) add(y []float32, id int32, logits bool) {
	best := 0
	for i, p := range y {
		if p > y[best] {
			best = i
		}
	}
	nats := 0.0
	if logits {
		sum := 0.0
		for _, z := range y {
			sum += math.Exp(float64(z) - float64(y[best]))
		}
		nats = math.Log(sum) + float64(y[best]) - float64(y[id])
	} else {
		nats = -math.Log(math.Max(float64(y[id]), 1e-7)) // as Keras bounds probabilities away from 0
	}
	v.Tokens++
	v.Nats += nats
	if best == int(id) {
		v.Accuracy++
	}
}
