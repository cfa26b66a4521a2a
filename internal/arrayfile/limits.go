package arrayfile

// Sizes in bytes from which on files are used; tests set others.
var (
	least       = 64 << 10 // of an array that is put into a scratch file
	mostHeld    = 48 << 20 // of records up to which all are in memory
	windowBytes = 12 << 20 // of the records of a window of an arrangement
)

// Tune sets the least size of an array in a scratch file, the greatest size of records that are in memory, and the size
// of a window of others, for tests of packages above. The sizes are those of before once the result is called.
func Tune(array, held, window int) (restore func()) {
	a, h, w := least, mostHeld, windowBytes
	least, mostHeld, windowBytes = array, held, window
	return func() { least, mostHeld, windowBytes = a, h, w }
}
