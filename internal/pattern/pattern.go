// Package pattern holds regular expressions that are compiled when they are first used. A package variable made by
// regexp.MustCompile costs its compilation at each start of a program, and makes the linker keep package regexp in
// programs that never match anything; a Pattern costs nothing until it is used.
package pattern

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression in the syntax of package regexp: pattern.Pattern{Expr: `\d+`}. It must not be copied
// after its first use.
type Pattern struct {
	Expr string

	once sync.Once
	re   *regexp.Regexp
}

// Regexp returns the compiled expression. It panics where Expr is not one.
func (p *Pattern) Regexp() *regexp.Regexp {
	p.once.Do(func() { p.re = regexp.MustCompile(p.Expr) })
	return p.re
}

// Regexp is a compiled expression.
type Regexp = regexp.Regexp

// Search compiles an expression that a user gave, which is to be found somewhere in a text.
func Search(expr string) (*Regexp, error) { return regexp.Compile(expr) }

// Compile compiles an expression that a user gave, of a whole text.
func Compile(expr string) (*Regexp, error) { return regexp.Compile("^(?:" + expr + ")$") }
