package data

import "gorae/internal/par"

// each is a function of a number below n for the threads of a pool.
type each func(i int)

// Run calls the function.
func (f each) Run(i, _ int) { f(i) }

// parallel calls f for the numbers from 0 to n − 1 on all threads. What f does for one of them must not depend on the
// others.
func parallel(n int, f func(i int)) { par.Default().Run(n, each(f)) }
