package run

import (
	"io"
	"math"
	"path/filepath"
	"strconv"

	"gorae/chart"
	"gorae/internal/file"
	"gorae/internal/picture"
	"gorae/train"
)

// RatesFile is the name, without its extension, of the picture and the table of a search for a learning rate.
const RatesFile = "learning-rates"

// reportRates writes what the callback learning_rate_finder found.
func (p *Prepared) reportRates(dir string, r *Report) error {
	for _, c := range p.Spec.Train.Callbacks {
		f, ok := c.(*train.LearningRateFinder)
		if !ok {
			continue
		}
		rates, losses := f.Curve()
		if len(rates) == 0 {
			return nil
		}
		best, found := f.Suggestion()
		switch {
		case !found:
			r.Findings.Say("learning_rate_finder: the loss fell at none of %d learning rates from %.3g to %.3g",
				len(rates), rates[0], rates[len(rates)-1])
		case f.KeepRate:
			r.Findings.Say("learning_rate_finder: the loss fell fastest with a learning rate of %.3g", best)
		default:
			r.Findings.Say("learning_rate_finder: the training began with a learning rate of %.3g, with which the "+
				"loss fell fastest", best)
		}
		return p.drawRates(dir, r, rates, losses, best)
	}
	return nil
}

// drawRates writes the curve as a table and as a picture.
func (p *Prepared) drawRates(dir string, r *Report, rates, losses []float64, best float64) error {
	err := file.Replace(filepath.Join(dir, RatesFile+".csv"), func(w io.Writer) error {
		_, err := io.WriteString(w, "learning_rate,loss\n")
		for i := 0; i < len(rates) && err == nil; i++ {
			_, err = io.WriteString(w, strconv.FormatFloat(rates[i], 'g', -1, 64)+","+
				strconv.FormatFloat(losses[i], 'g', -1, 64)+"\n")
		}
		return err
	})
	if err != nil {
		return err
	}
	err = picture.Write(dir, RatesFile, func() (picture.Vector, error) {
		return p.ratesFigure(rates, losses, best), nil
	})
	if err == nil {
		r.Findings.Pictures = append(r.Findings.Pictures, RatesFile+".png")
	}
	return err
}

// ratesFigure draws the curve.
func (p *Prepared) ratesFigure(rates, losses []float64, best float64) chart.Figure {
	panel := chart.Panel{X: chart.Sprintf("learning rate, as a power of 10"), Y: chart.Sprintf("smoothed loss")}
	powers := make([]float64, len(rates))
	for i, v := range rates {
		if powers[i] = math.Log10(v); v == best {
			panel.Marks = append(panel.Marks, chart.Mark{X: powers[i], Y: losses[i],
				Text: strconv.FormatFloat(v, 'g', 3, 64)})
		}
	}
	panel.Lines = []chart.Line{{Name: chart.Sprintf("smoothed loss"), X: powers, Y: losses, Color: chart.Blue}}
	return chart.Figure{Title: chart.Sprintf("%s: loss by learning rate", p.Name), Panels: []chart.Panel{panel}}
}
