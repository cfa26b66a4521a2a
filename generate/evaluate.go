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
// whole), each read from an empty state; up to 16 ids at the end are left over. A network that does not work step by
// step is an error of model.Stream.
func Evaluate(ctx context.Context, m *model.Model, ids []int32, logits bool) (Evaluation, error) {
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
	v.Nats /= float64(v.Tokens)
	v.Accuracy /= float64(v.Tokens)
	return v, nil
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
