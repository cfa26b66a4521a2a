// Package yaml lets package spec read and write experiment files in YAML: a program imports it for that effect.
package yaml

import (
	"errors"

	"gorae/config"
	"gorae/internal/yamltree"
	"gorae/spec"
)

func init() { spec.Register(syntax{}) }

// syntax implements spec.Syntax.
type syntax struct{}

// Parse implements spec.Syntax.
func (syntax) Parse(file string, text []byte, set ...string) (spec.Tree, error) {
	n, err := yamltree.Parse(file, text)
	for i := 0; err == nil && i < len(set); i++ {
		err = yamltree.Set(n, set[i])
	}
	var at *yamltree.Error
	if errors.As(err, &at) {
		return nil, &spec.Located{File: at.File, Line: at.Place.Line, Column: at.Place.Col, Words: at.Place.Words,
			Err: at.Err}
	}
	if err != nil {
		return nil, err
	}
	return tree{n}, nil
}

// Marshal implements spec.Syntax.
func (syntax) Marshal(written config.Map, comments ...spec.Comment) ([]byte, error) {
	var all []yamltree.Comment
	for _, c := range comments {
		all = append(all, yamltree.Comment(c))
	}
	return yamltree.Marshal(written, all...)
}

// tree implements spec.Tree.
type tree struct{ node *yamltree.Node }

func (t tree) Map() bool            { return t.node.Kind == yamltree.Map }
func (t tree) Written() any         { return t.node.Written() }
func (t tree) Has(path string) bool { return t.node.At(path) != nil }

func (t tree) Locate(path string, key bool) *spec.Located {
	p := t.node.Locate(path, key)
	return &spec.Located{Line: p.Line, Column: p.Col, Words: p.Words}
}
