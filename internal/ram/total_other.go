//go:build !linux && !darwin && !windows

package ram

func physical() float64 { return 0 }
