package prep

import (
	"strings"
	"testing"
)

// TestLayoutOfLevels: the layout of dates is the one that writes all of them; several or none are an error.
func TestLayoutOfLevels(t *testing.T) {
	for levels, want := range map[string]string{
		"2024-01-05|2024-02-29": "2006-01-02", "13.03.2024|01.04.2024": "02.01.2006", "1.4.2024|13.3.2024": "2.1.2006",
		"09:00|17:30": "15:04", "Friday|Monday": "", "Apr|May": "Jan", "13/12/2024|01/02/2024": "02/01/2006",
		"03/04/2024|05/06/2024": "", "red|blue": "", "2024-01-05|red": "", "": "",
	} {
		f := Fitted{Name: "when"}
		if levels != "" {
			f.Encoded = &oneHot{levelled: levelled{Levels: strings.Split(levels, "|")}}
		}
		got, err := f.layout()
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v; want %q", levels, got, err, want)
		}
	}
}
