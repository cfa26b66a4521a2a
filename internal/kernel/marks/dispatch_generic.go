//go:build !amd64 || noasm

package marks

// variants lists what this machine can run, the best last.
func variants() []*variant { return []*variant{generic} }
