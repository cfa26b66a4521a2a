//go:build !unix && !windows

package main

import "os"

// terminalWidth returns 0: the system does not tell.
func terminalWidth(*os.File) int { return 0 }
