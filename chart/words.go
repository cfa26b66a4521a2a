package chart

import "image/color"

// Word is a word at a point of a panel; words of one kind have one colour.
type Word struct {
	X, Y float64
	Text string
	Kind int
}

// wordColors are colours that people with any colour vision tell apart (Okabe and Ito 2008), dark enough for letters.
var wordColors = []color.NRGBA{Blue, Orange, {0, 120, 90, 255}, {160, 60, 120, 255}, {30, 30, 30, 255},
	{150, 110, 0, 255}, {40, 110, 160, 255}, Grey}

// Color returns the colour of the word's kind.
func (w Word) Color() color.Color {
	return wordColors[(w.Kind%len(wordColors)+len(wordColors))%len(wordColors)]
}
