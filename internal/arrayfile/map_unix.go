//go:build linux || darwin || freebsd

package arrayfile

import (
	"os"

	"golang.org/x/sys/unix"
)

const mapping = true

// mapped returns a part of a file in memory, read-only.
func mapped(f *os.File, at int64, n int) ([]byte, error) {
	return unix.Mmap(int(f.Fd()), at, n, unix.PROT_READ, unix.MAP_SHARED)
}

// leave tells the system that mapped pages are not needed. They are read from the file once more when they are.
func leave(b []byte) { _ = unix.Madvise(b, unix.MADV_DONTNEED) } // advice
