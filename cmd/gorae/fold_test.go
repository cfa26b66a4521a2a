package main

import (
	"bytes"
	"strings"
	"testing"

	"gorae/internal/lang"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"short", "best epoch 3 of 9, 0.1 s", "best epoch 3 of 9, 0.1 s"},
		{"a text behind its name", "  verdict     it cannot be told whether the network is better or worse than ridge",
			"  verdict     it cannot be told whether\n              the network is better or\n" +
				"              worse than ridge"},
		{"parts two blanks apart", "epoch 1/9  loss 0.1234  accuracy 0.9876  val_loss 0.2345",
			"epoch 1/9  loss 0.1234  accuracy 0.9876\n           val_loss 0.2345"},
		{"words", "note: the column is taken for text of many words",
			"note: the column is taken for text of\n  many words"},
		{"Hangul", "차이      우연으로 설명되는 정도입니다. 다만 차이까지는 배제할 수 없습니다",
			"차이      우연으로 설명되는 정도입니다.\n          다만 차이까지는 배제할 수\n          없습니다"},
		{"numbers with their signs", "판정  테스트 표본 269개 중 264개 (맥니마, p = 1), 글자 38.2 % 예측",
			"판정  테스트 표본 269개 중 264개\n      (맥니마, p = 1), 글자 38.2 % 예측"},
		{"a command", "  gorae predict runs/a/model.keras --input FILE --output x.csv",
			"  gorae predict runs/a/model.keras \\\n    --input FILE --output x.csv"},
		{"one long word", strings.Repeat("x", 60), strings.Repeat("x", 60)},
	} {
		got := fold(c.line, 41)
		if got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
		for _, row := range strings.Split(got, "\n") {
			if lang.Width(row) > 40 && strings.Contains(strings.TrimSpace(row), " ") {
				t.Errorf("%s: a row of %d columns", c.name, lang.Width(row))
			}
		}
	}
	var b bytes.Buffer
	tabled := folding{&b, func() int { return 41 }}
	if _, err := tabled.Write([]byte("Layer  Formula\n─────  " + strings.Repeat("─", 44) +
		"\nflat   none: it moves the features about, and that is all\n─────  " + strings.Repeat("─", 44) +
		"\nTotal params: 1\n")); err != nil {
		t.Fatal(err)
	}
	rule := "─────  " + strings.Repeat("─", 33) + "\n"
	if want := "Layer  Formula\n" + rule + "flat   none: it moves the features\n       about, and that is all\n" +
		rule +
		"Total params: 1\n"; b.String() != want {
		t.Errorf("a table:\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	f := folding{&b, func() int { return 41 }}
	moving := "\repoch 1/9 " + strings.Repeat("█", 60)
	if _, err := f.Write([]byte(moving)); err != nil || b.String() != moving {
		t.Errorf("a moving line becomes %q (%v)", b.String(), err)
	}
}
