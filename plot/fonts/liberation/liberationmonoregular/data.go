// Package liberationmonoregular holds Liberation Sans in place of a font in which nothing is written.
package liberationmonoregular

import "codeberg.org/go-fonts/liberation/liberationsansregular"

// TTF is the font, as a TrueType file.
var TTF = liberationsansregular.TTF
