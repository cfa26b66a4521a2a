//go:build !(amd64 || arm64) || noasm

package sgns

// variants lists what this machine can run, the best last.
func variants() []*variant { return []*variant{generic} }
