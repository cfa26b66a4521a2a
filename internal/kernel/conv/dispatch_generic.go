//go:build !(amd64 || arm64) || noasm

package conv

// variants lists what this machine can run, the best last.
func variants() []*variant { return []*variant{portable} }
