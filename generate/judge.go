package generate

import (
	"context"
	"math"

	"gorae/model"
)

// Verdict is how well a network foretells a text: nats are natural units of surprise, −ln p.
type Verdict struct {
	Tokens int     // foretold
	Nats   float64 // mean of −ln p over the tokens
	Right  float64 // share of tokens that were the likeliest
}

// Perplexity is e^Nats: among how many equally likely tokens the network would be as unsure.
func (v Verdict) Perplexity() float64 { return math.Exp(v.Nats) }

// How a text is cut to be judged: stretches that are read side by side, so many steps at a time.
const (
	judgeRows  = 16
	judgeSteps = 64
)

// Judge reads a text's ids from end to end with a network that gives probabilities, or logits, for
// every step or the last and works step by step: the text is cut into 16 stretches of equal length (a short one
// is left whole), each is read from its beginning with an empty memory, and up to 16 ids at the end
// are left over. The error is model.Stream's where the network does not work step by step.
func Judge(ctx context.Context, m *model.Model, ids []int32, logits bool) (Verdict, error) {
	rows := judgeRows
	if len(ids) < judgeRows*4*judgeSteps {
		rows = 1
	}
	length := (len(ids) - 1) / rows // ids foretold in each stretch
	var v Verdict
	steps := judgeSteps
	if len(m.OutputTypes(1)[0].Shape) == 2 {
		steps = 1 // it gives what follows the last step alone
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
				v.add(y, ids[r*length+at+k+1], logits)
			}
		}
	}
	v.Nats /= float64(v.Tokens)
	v.Right /= float64(v.Tokens)
	return v, nil
}

// add takes what the network gave before the token id.
func (v *Verdict) add(y []float32, id int32, logits bool) {
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
		nats = -math.Log(math.Max(float64(y[id]), 1e-7)) // as Keras keeps probabilities from 0
	}
	v.Tokens++
	v.Nats += nats
	if best == int(id) {
		v.Right++
	}
}
