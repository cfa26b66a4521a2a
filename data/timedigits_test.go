package data

import (
	"testing"
	"time"
)

// A layout that is taken apart reads what package time reads, and nothing else. At least the ways of writing that are
// most usual are taken apart.
func FuzzDigitLayout(f *testing.F) {
	var layouts []string
	for _, d := range dateLayouts {
		for _, tail := range []string{"", " 15:04", "T15:04:05", " 15", ", 15:04:05", "_15:04", " 03:04 PM",
			"T15:04:05Z07:00", " 15:04:05 -0700", "T15:04:05.000", "T15:04:05,999"} {
			layouts = append(layouts, d.layout+tail)
		}
	}
	for _, usual := range []string{time.DateOnly, time.DateTime, "2006. 1. 2.", "02.01.2006 15:04", "20060102",
		"1/2/2006"} {
		if digitLayoutOf(usual) == nil {
			f.Errorf("%s is not taken apart", usual)
		}
	}
	for _, other := range []string{time.RFC3339, "2006-002", "Jan 2, 2006", "2006Q1", "2006W01", "number", "seconds",
		"02-01-06", "2006-01-02 03:04", "15:04:05.000", "15:04:05,9", "2006-01-02 -07"} {
		if digitLayoutOf(other) != nil {
			f.Errorf("%s is taken apart", other)
		}
	}
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		f.Fatal(err)
	}
	for k, layout := range layouts {
		for _, at := range []time.Time{time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0,
			time.UTC)} {
			f.Add(uint16(k), at.Format(layout))
		}
		for _, s := range []string{"2023-02-29", "2024-02-30 24:00:00", "2024-13-01", "2024-1-1 1:02:03.5",
			"31.04.2024", "2024-01-02  03:04", "0000-00-00", " 2024-01-02", "２０２４-01-02", "2024-01-02T10:00:60",
			"20240102 1", "1/2/2024", "01/02/2024 5:06", "", "2024. 1. 2.", "2024. 12.31."} {
			f.Add(uint16(k), s)
		}
	}
	f.Fuzz(func(t *testing.T, k uint16, s string) {
		layout := layouts[int(k)%len(layouts)]
		for _, in := range []*time.Location{time.UTC, seoul} {
			want, err := time.ParseInLocation(layout, s, in)
			if l := digitLayoutOf(layout); l != nil {
				if got, ok := l.time(s, in); ok && (err != nil || got != want) {
					t.Errorf("%s: %q is %v, want %v, %v", layout, s, got, want, err)
				} else if l := len(s); !ok && err == nil && s == want.Format(layout) && want.Year() > 0 {
					t.Errorf("%s: %q of %d bytes is not read", layout, s, l)
				}
			}
		}
	})
}
