// Package plot draws what happened: learning curves as PNG and as SVG. It takes
// numbers and gives pictures; it knows no models and no training.
//
// An SVG keeps its text as text, so that Hangul and every other script appears in
// the fonts of whoever looks at it. A PNG needs the glyphs when it is drawn: text
// beyond Latin, Greek and Cyrillic takes a font found on the machine.
package plot
