package golden

import (
	"flag"
	"os"
	"testing"
)

// TestMain checks the lists after a run of all tests.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if all := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == ""; all &&
		code == 0 && !testing.Short() && os.Getenv("GORAE_SHARED") != "" {
		code = stale()
	}
	os.Exit(code)
}
