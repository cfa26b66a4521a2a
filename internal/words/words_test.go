package words

import "testing"

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Plural(1, "window"), "1 window"}, {Plural(0, "window"), "0 windows"}, {Plural(2, "window"), "2 windows"},
		{Percent(0.001), "<1 %"}, {Percent(0.5), "50 %"}, {Percent(0.999), ">99 %"}, {Percent(1), "100 %"},
		{FileName("a/b: c"), "a-b--c"}, {FileName("고래"), "고래"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
