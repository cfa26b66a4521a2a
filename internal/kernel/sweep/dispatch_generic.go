//go:build !(amd64 || arm64) || noasm

package sweep

// variants lists what this machine can run, the best last.
func variants() []*variant { return []*variant{generic} }
