package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gorae/internal/lang"
)

var figures = regexp.MustCompile(`-?[0-9][0-9,.]*`)

// unnumbered returns a screen without what depends on the machine: numbers, whose last digits depend on its instruction
// set, and what follows from their widths.
func unnumbered(s string) string {
	s = figures.ReplaceAllString(s, "0")
	return regexp.MustCompile(`\s+`).ReplaceAllString(strings.TrimSpace(s), " ")
}

// blocks returns the screens of a page: its code blocks without a language.
func blocks(t *testing.T, page string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../..", page))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i, part := range strings.Split(string(b), "```") {
		if text, ok := strings.CutPrefix(part, "\n"); ok && i%2 == 1 {
			out = append(out, text)
		}
	}
	return out
}

// TestKoreanScreens: a training, an evaluation, errors and help in Korean, of which README.ko.md shows some.
func TestKoreanScreens(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	shown := blocks(t, "README.ko.md")
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("LC_ALL", "ko_KR.UTF-8")
	put(t, "wrong.yaml", "data: {source: embed:titanic, target: Survived}\nmodel:\n  - dense: {unit: 64}\n")
	for _, c := range []struct {
		args   string
		status int
		report string // on stdout
		told   string // on stderr, in part
	}{
		{"train " + examples + "/titanic.yaml --out runs/titanic", 0, shown[0], `
알림: 뺐습니다: PassengerId (행의 번호), Ticket (서로 다른 값이 485개인 글); features: {COLUMN: TRANSFORM}을 쓰면 남습니다
embed:titanic: (13,) 모양의 표본 → Survived(클래스 2개). 학습 579행, 검증 134, 테스트 178
runs/titanic: 매개변수 481개
에포크   1/100  loss 0.6278  accuracy 0.6425  val_loss 0.5253  val_accuracy 0.7910  0.00초`},
		{"train " + examples + "/titanic.yaml --out runs/titanic", 1, "",
			"gorae: runs/titanic: 이미 실행이 들어 있습니다. --resume으로 이어서 학습하거나 --out으로 다른 이름을 지정하십시오"},
		{"evaluate runs/titanic/model.keras --data embed:titanic", 0, `
타깃 Survived(클래스 2개)
행 891개 중 579개를 학습에 썼고, 47개는 입력과 타깃이 그것과 같습니다(123개는 실행의 검증 부분, 142개는 테스트 부분). 지표는 이미 아는 데이터의 값입니다
학습에 쓰지 않은 행 265개의 accuracy: 0.8151
loss 0.3962  (95 %: 0.3612 ~ 0.4342)
accuracy 0.8384  (95 %: 0.8128 ~ 0.8611)
  기준 모델   loss 0.6659  accuracy 0.6162   (최빈 클래스)
  기준 모델   loss 0.4466  accuracy 0.8070   (로지스틱 회귀, L2 벌점 5.8)
  판정        없음. 행 891개 가운데 626개를 신경망이 학습에서 이미 보았습니다
`, ""},
		{"train wrong.yaml", 1, "", shown[1]},
		{"evaluate runs/titanic/model.keras --data nope.csv", 1, "",
			"gorae: nope.csv: 그런 파일이 없습니다. 경로를 확인하십시오"},
		{"train --set train.epochs=x", 2, "",
			"gorae: --set train.epochs=x: train.epochs: \"x\"는 정수가 아닙니다. 0 이상을 지정하십시오"},
		{"train --epoch 3", 2, "", "gorae: --epoch는 없는 옵션입니다. gorae help train을 보십시오"},
		{"help", 0, `사용법: gorae <command> [flags]

프로그램 하나로 하는 딥러닝: 데이터 파일로 신경망을 학습하고 예측합니다.
`, ""},
		{"help layers dense", 0, `dense: 층, Keras의 keras.layers.Dense
Dense는 y = act(x·kernel + bias)입니다, x [batch, ..., m] → y [batch, ..., Units].
`, ""},
		{"help metric batch_norm", 0, `metrics에는 이름이 "batch_norm"인 것이 없습니다. 다음을 찾고 있습니까?
  gorae help layers batch_normalization
      BatchNormalization은 축 Axis의 특성, 곧 채널마다 y =
`, ""},
	} {
		status, report, told := korean(t, strings.Fields(c.args))
		if status != c.status {
			t.Fatalf("%s: status %d\n%s", c.args, status, told)
		}
		if got, want := unnumbered(report), unnumbered(c.report); !strings.HasPrefix(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.args, got, want)
		}
		if got, want := unnumbered(told), unnumbered(c.told); !strings.Contains(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.args, got, want)
		}
	}
}

func korean(t *testing.T, args []string) (status int, report, told string) {
	t.Helper()
	var out, errs strings.Builder
	status = execute(t.Context(), args, strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

// TestKoreanHelp: help fits 80 columns, of which Hangul takes two each; what no language changes stays.
func TestKoreanHelp(t *testing.T) {
	t.Setenv("COLUMNS", "80")
	for _, args := range []string{"--help", "train --help", "predict --help", "data inspect --help", "help"} {
		_, report, told := korean(t, append(strings.Fields(args), "--lang", "ko"))
		if told != "" || !strings.Contains(report, "옵션:") || strings.Contains(report, filler) {
			t.Errorf("%s: %s%s", args, report, told)
		}
		for line := range strings.Lines(report) {
			if n := lang.Width(strings.TrimRight(line, "\n")); n > 80 && strings.Contains(line, "  ") {
				t.Errorf("%s: %d columns: %s", args, n, line)
			}
		}
	}
}

// TestLanguageOfTheEnvironment: --lang comes before the locale, and outputs for programs are the same in any language.
func TestLanguageOfTheEnvironment(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("LC_ALL", "")
	t.Setenv("LC_MESSAGES", "")
	for _, c := range []struct{ locale, args, want string }{
		{"ko_KR.UTF-8", "summary nothing.keras", "gorae: nothing.keras: 그런 파일이 없습니다"},
		{"ko_KR.UTF-8", "summary nothing.keras --lang en", "gorae: nothing.keras: no such file"},
		{"en_US.UTF-8", "summary nothing.keras --lang=ko", "gorae: nothing.keras: 그런 파일이 없습니다"},
		{"fr_FR.UTF-8", "summary nothing.keras", "gorae: nothing.keras: no such file"},
		{"C", "summary nothing.keras --lang fr", `gorae: --lang: "fr" is no language of the output; give en or ko`},
	} {
		t.Setenv("LANG", c.locale)
		if _, _, told := korean(t, strings.Fields(c.args)); !strings.HasPrefix(told, c.want) {
			t.Errorf("LANG=%s gorae %s: %s, want %s", c.locale, c.args, told, c.want)
		}
	}
	t.Setenv("LANG", "C")
	for _, args := range []string{"data list --json", "data inspect embed:titanic --json", "schema"} {
		_, english, _ := korean(t, strings.Fields(args))
		_, other, _ := korean(t, append(strings.Fields(args), "--lang", "ko"))
		if english != other || english == "" {
			t.Errorf("gorae %s depends on the language:\n%s\n%s", args, english, other)
		}
	}
}

// TestKoreanBar: the bar's line is shorter than the screen in columns, of which Hangul takes two each.
func TestKoreanBar(t *testing.T) {
	by, err := lang.For(lang.Korean)
	if err != nil {
		t.Fatal(err)
	}
	for columns := range 200 {
		line := barLine(by, event(4), time.Minute, columns)
		if n := lang.Width(line); n >= max(columns, 2) {
			t.Fatalf("%d columns: %d: %s", columns, n, line)
		}
	}
	want := "에포크  3/50  " + strings.Repeat("█", 12) + strings.Repeat("░", 12) + " 50/100  metric_0 0.2500  1분 0초 남음"
	if got := barLine(by, event(4), time.Minute, 80); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
