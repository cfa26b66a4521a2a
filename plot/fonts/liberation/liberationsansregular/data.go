// Package liberationsansregular holds the font Liberation Sans.
package liberationsansregular

import _ "embed" // of the font

// TTF is the font, as a TrueType file.
//
//go:embed LiberationSans-Regular.ttf
var TTF []byte
