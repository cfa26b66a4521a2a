package nfc

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// TestForms: 1,000 strings of awkward characters against Python's unicodedata, and
// forms C and D of each other.
func TestForms(t *testing.T) {
	b, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases [][3]string
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 1000 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		if got := C(c[0]); got != c[1] {
			t.Errorf("C(%+q) = %+q, want %+q", c[0], got, c[1])
		}
		if got := D(c[0]); got != c[2] {
			t.Errorf("D(%+q) = %+q, want %+q", c[0], got, c[2])
		}
		if got := C(c[2]); got != c[1] {
			t.Errorf("C(D(%+q)) = %+q, want %+q", c[0], got, c[1])
		}
	}
}

func TestPlainIsFree(t *testing.T) {
	s := "찐자웃기고재미잇다, naïve café"
	if n := testing.AllocsPerRun(10, func() { _ = C(s) }); n != 0 {
		t.Errorf("%v allocations for text that is in form C", n)
	}
}

func ExampleC() {
	fmt.Println(C("cafe\u0301") == "café", C("\u1112\u1161\u11ab"), len([]rune(D("한"))))
	// Output:
	// true 한 3
}
