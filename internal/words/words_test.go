package words

import "testing"

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Plural(1, "window"), "1 window"}, {Plural(0, "window"), "0 windows"}, {Plural(2, "window"), "2 windows"},
		{Percent(0), "<1 %"}, {Percent(0.001), "<1 %"}, {Percent(0.126), "13 %"}, {Percent(0.5), "50 %"},
		{Percent(0.999), ">99 %"}, {Percent(1), "100 %"},
		{FileName("a/b: c"), "a-b--c"}, {Plural(0.5, "hour"), "0.5 hours"},
		{Plural(1.0, "hour"), "1 hour"}, {Count(2, "class", "classes"), "2 classes"},
		{Count(1, "class", "classes"), "1 class"},
		{Figure(59052.3), "59052"}, {Figure(-1234.5), "-1234"}, {Figure(0.012345), "0.01235"},
		{Figure(16.347), "16.35"},
		{Clip("a\n b", 3), "a b"}, {Clip("고래 떼", 3), "고래 …"}, {FileName("고래"), "고래"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
