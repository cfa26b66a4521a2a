//go:build !cgo

package main

import _ "unsafe" // for go:linkname

// The runtime calls the function that _cgo_init points to before it reserves any memory, and leaves it to that function
// to set the thread's base address (rt0_go in runtime/asm_amd64.s). In programs with cgo the function is C's, in others
// the pointer is nil. Here it points to gorae_before_runtime (entry_linux_amd64.s), which ends the program with one
// line and status 1 where the limit of the address space is too low for Go's runtime to begin: nothing that is written
// in Go could say so.
//
//go:linkname before gorae_before_runtime
var before byte

//go:linkname _cgo_init _cgo_init
var _cgo_init = &before
