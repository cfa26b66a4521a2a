//go:build !linux

package mem

func advise([]float32) {}
