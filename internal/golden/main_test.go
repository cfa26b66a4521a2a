package golden

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// page is the file with the counts, which a run of all tests compares, and with GORAE_GOLDEN=write writes.
const page = "../../docs/keras.md"

// TestMain checks the lists and the page after a run of all tests.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if all := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == ""; all &&
		code == 0 && !testing.Short() && os.Getenv("GORAE_SHARED") != "" {
		code = max(stale(), counted())
	}
	os.Exit(code)
}

// counted is 1 where the page does not have the counts of the run.
func counted() int {
	text := counts()
	if os.Getenv("GORAE_GOLDEN") == "write" {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			fmt.Println(err)
			return 1
		}
		return 0
	}
	if have, err := os.ReadFile(page); err != nil || string(have) != text {
		fmt.Println("docs/keras.md is not what GORAE_GOLDEN=write go test ./internal/golden writes")
		return 1
	}
	return 0
}
