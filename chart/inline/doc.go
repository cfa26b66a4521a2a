// Package inline draws the figures of package chart for web pages: SVG elements whose colours are those of the page, by
// the classes and custom properties of [Style], so that they follow a light and a dark page and its print. Lines differ
// by colour, by dashes and by the marks of their points, so that they can be told apart in black and white, and each
// picture has a title and a description for screen readers. Nothing in it is a reference to another file.
package inline

import _ "embed"

// Style is the style sheet of the pictures. It reads the custom properties --ink (text and axes), --faint (grid) and
// --paper (background) of the page.
//
//go:embed style.css
var Style string
