// Package plot draws what happened: learning curves as PNG and as SVG. It takes
// numbers and gives pictures; it knows no models and no training.
//
// Text is drawn on machines without fonts: Liberation Sans (Latin, Greek, Cyrillic) and a Hangul font are part of the
// package. Other scripts take a font found on the machine, and a character that no font has is a box. An SVG keeps its
// text as text and carries the Hangul characters that it uses.
package plot
