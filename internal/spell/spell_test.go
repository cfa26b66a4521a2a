package spell

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"Survived", "Pclass", "Sex", "Age", "batch_size", "고래"}
	for _, c := range []struct{ word, want string }{
		{"Survivde", "Survived"}, {"survived", "Survived"}, {"Suvived", "Survived"},
		{"sexx", "Sex"}, {"batchsize", "batch_size"}, {"batch-size", "batch_size"},
		{"고레", "고래"}, {"Zylinder", ""}, {"", ""}, {"xyz", ""}, {"b", ""}, {"-", ""}, {"ag", "Age"}, {"AGE", "Age"},
	} {
		if got := Nearest(c.word, known); got != c.want {
			t.Errorf("Nearest(%q) = %q, want %q", c.word, got, c.want)
		}
	}
	if got := Hint("Agee", known); got != `; did you mean "Age"?` {
		t.Errorf("Hint: %s", got)
	}
	if got := Nearest("a", nil); got != "" {
		t.Errorf("no known words, yet %q", got)
	}
}
