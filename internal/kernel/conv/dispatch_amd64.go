//go:build !noasm

package conv

// poolMachines lists what this machine can run, the best last.
func poolMachines() []*poolMachine { return []*poolMachine{genericPool} }
