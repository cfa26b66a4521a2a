package par

// each is a function of a number for the threads of a pool.
type each func(i int)

// Run calls the function.
func (f each) Run(i, _ int) { f(i) }

// Each calls f for the numbers from 0 to n − 1 on all threads of the default pool. What f does for one number must not
// depend on what it does for others.
func Each(n int, f func(i int)) { Default().Run(n, each(f)) }
