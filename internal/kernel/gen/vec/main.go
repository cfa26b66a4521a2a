// Command vec writes the assembly of package gorae/internal/kernel/vec: one
// description of each kernel.
package main

import (
	"strings"

	. "gorae/internal/kernel/gen/simd"
)

func main() {
	Write("vec", Machines, func(m *M) {
		elementwise(m)
		reductions(m)
		columns(m)
		small(m)
		moves(m)
	})
}

func unary(m *M, op string, unroll int, exact bool, f func(*M, V) V) {
	name := lower(op)
	Put(m, "unary[op"+op+"]", name, Map{
		Name: name, Doc: "is the kernel of " + op + ".", Out: []string{"dst"}, In: []string{"x"}, Unroll: unroll,
		Exact: exact,
		F:     func(m *M, in, _ []V) []V { return []V{f(m, in[0])} },
	})
}

func binary(m *M, op string, unroll int, f func(m *M, a, b V) V) {
	name := lower(op)
	Put(m, "binary[op"+op+"]", name, Map{
		Name: name, Doc: "is the kernel of " + op + ".", Out: []string{"dst"}, In: []string{"a", "b"}, Unroll: unroll,
		F: func(m *M, in, _ []V) []V { return []V{f(m, in[0], in[1])} },
	})
}

func scalar(m *M, op string, unroll int, f func(m *M, a, s V) V) {
	name := lower(op)
	Put(m, "scalar[op"+op+"]", name, Map{
		Name: name, Doc: "is the kernel of " + op + ".", Out: []string{"dst"}, In: []string{"a"},
		Scalars: []string{"s"}, Unroll: unroll,
		F: func(m *M, in, s []V) []V { return []V{f(m, in[0], s[0])} },
	})
}

// both emits the form of two vectors and, as op+"S", that of a vector and a
// scalar.
func both(m *M, op string, unroll int, f func(m *M, a, b V) V) {
	binary(m, op, unroll, f)
	scalar(m, op+"S", unroll, f)
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }
