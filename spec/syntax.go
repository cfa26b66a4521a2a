package spec

import (
	"errors"

	"gorae/config"
)

// Syntax is the text of experiment files. Package spec/yaml registers YAML; a program that reads no experiment, such as
// one that only predicts, links none.
type Syntax interface {
	// Parse reads a file and carries out assignments (path=value) in their order. A mistake is a [*Located].
	Parse(file string, text []byte, set ...string) (Tree, error)
	// Marshal returns a text that Parse reads as the same value.
	Marshal(written config.Map, comments ...Comment) ([]byte, error)
}

// Tree is the content of an experiment file with its places.
type Tree interface {
	// Map reports whether the content is a map.
	Map() bool
	// Written returns the content for [config.Decoder].
	Written() any
	// Has reports whether there is something at a path.
	Has(path string) bool
	// Locate returns the place of a path, as deep as the content goes: that of the key, or of the value.
	Locate(path string, key bool) *Located
}

// syntax is the registered one.
var syntax Syntax

var errNoSyntax = errors.New("this program links no syntax of experiment files; import gorae/spec/yaml")

// Register sets the syntax of experiment files. It is called by the init function of a package, before anything is
// read.
func Register(s Syntax) { syntax = s }
