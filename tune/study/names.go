package study

import (
	"strings"

	"gorae/spec"
)

// ShortNames returns for each range the last parts of its path that tell it apart from the others.
func ShortNames(s *spec.Search) []string {
	tail := func(path string, parts int) string {
		cut := len(path)
		for ; parts > 0 && cut > 0; parts-- {
			cut = max(0, strings.LastIndexByte(path[:cut], '.'))
		}
		return strings.TrimPrefix(path[cut:], ".")
	}
	names := make([]string, len(s.Ranges))
	for parts := 1; parts < 20; parts++ {
		seen := map[string]int{}
		for i, r := range s.Ranges {
			if names[i] == "" {
				seen[tail(r.Path, parts)]++
			}
		}
		for i, r := range s.Ranges {
			if t := tail(r.Path, parts); names[i] == "" && seen[t] == 1 {
				names[i] = t
			}
		}
	}
	for i, r := range s.Ranges {
		if names[i] == "" {
			names[i] = r.Path
		}
	}
	return names
}
