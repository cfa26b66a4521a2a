package lang

import (
	"strings"
	"testing"
)

// POSIX.1-2017, Base Definitions, section 8.2: LC_ALL comes before the variable of the category, that before LANG, and
// one that is empty counts as not set.
func TestOf(t *testing.T) {
	for vars, want := range map[string]Language{
		"":                                       English,
		"LANG=ko_KR.UTF-8":                       Korean,
		"LANG=ko":                                Korean,
		"LANG=ko_KR.utf8@modifier":               Korean,
		"LANG=ko_KR.eucKR":                       English, // Korean in UTF-8 would not be legible there
		"LANG=de_DE.UTF-8":                       English,
		"LANG=C.UTF-8":                           English,
		"LANG=POSIX":                             English,
		"LANG=ko_KR.UTF-8 LC_MESSAGES=C":         English,
		"LANG=C LC_MESSAGES=ko_KR.UTF-8":         Korean,
		"LANG=C LC_MESSAGES=C LC_ALL=ko_KR":      Korean,
		"LANG=ko_KR LC_MESSAGES=ko_KR LC_ALL=C":  English,
		"LANG=ko_KR.UTF-8 LC_ALL= LC_MESSAGES=":  Korean,
		"LANG=en_US.UTF-8 LC_ALL=ko_KR.UTF-8":    Korean,
		"LANG=ko_KR.UTF-8 LC_ALL=en_US.UTF-8":    English,
		"LANG=ko_KR.UTF-8 LC_NUMERIC=en_US.utf8": Korean,
	} {
		set := map[string]string{}
		for _, v := range strings.Fields(vars) {
			name, value, _ := strings.Cut(v, "=")
			set[name] = value
		}
		if got := Of(func(name string) string { return set[name] }); got != want {
			t.Errorf("%s: %s, want %s", vars, got, want)
		}
	}
	for _, name := range []string{"ko", "KO", "ko-KR", "en", "en_US"} {
		if _, err := Parse(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", "fr", "korean", "C"} {
		if _, err := Parse(name); err == nil {
			t.Errorf("%q is a language", name)
		}
	}
}

// The forms of particles are those of the National Institute of Korean Language's rules (한국어 어문 규범); numbers are
// read as Sino-Korean ones, abbreviations by the names of their letters.
func TestParticles(t *testing.T) {
	for text, want := range map[string]string{
		"나이":       "나이는 나이가 나이를 나이와 나이로",
		"열":        "열은 열이 열을 열과 열로",
		"값":        "값은 값이 값을 값과 값으로",
		"3":        "3은 3이 3을 3과 3으로",
		"10":       "10은 10이 10을 10과 10으로",
		"21":       "21은 21이 21을 21과 21로",
		"2":        "2는 2가 2를 2와 2로",
		"0.5":      "0.5는 0.5가 0.5를 0.5와 0.5로",
		"1e+06":    "1e+06은 1e+06이 1e+06을 1e+06과 1e+06으로",
		"5 %":      "5 %는 5 %가 5 %를 5 %와 5 %로",
		`"Age"`:    `"Age"는 "Age"가 "Age"를 "Age"와 "Age"로`,
		`"열"`:      `"열"은 "열"이 "열"을 "열"과 "열"로`,
		"LSTM":     "LSTM은 LSTM이 LSTM을 LSTM과 LSTM으로",
		"URL":      "URL은 URL이 URL을 URL과 URL로",
		"GRU":      "GRU는 GRU가 GRU를 GRU와 GRU로",
		"adam":     "adam은 adam이 adam을 adam과 adam으로",
		"label":    "label은 label이 label을 label과 label로",
		"accuracy": "accuracy는 accuracy가 accuracy를 accuracy와 accuracy로",
		"":         "는 가 를 와 로",
	} {
		var got []string
		for _, verb := range "은이을과로" {
			form, ok := particle(verb, text)
			if !ok {
				t.Fatalf("no particle %c", verb)
			}
			got = append(got, text+form)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s, want %s", strings.Join(got, " "), want)
		}
	}
}

// translated by a catalogue of a test's own.
func TestText(t *testing.T) {
	k, err := newTranslator(koreanTag, []entry{
		{english: "%s: no such file; check the path%s", other: "%s: 파일이 없습니다. 경로를 확인하십시오%m"},
		{english: "; did you mean %s?", other: "; %s을(를) 쓰려고 했습니까?"},
		{english: "%s is no number", other: "%s은(는) 수가 아닙니다"},
		{english: "the %s holds %d rows", other: "%m의 행은 %s개입니다"},
		{english: "%s of %s", other: "%[2]s의 %[1]s"},
		{english: "read at %s by %q", other: "%[2]s이(가) %[1]s에 읽음"},
		{english: "test", other: "테스트", file: labels},
		{english: "95 %% of ${x}", other: "${x}의 95 %%"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for english, want := range map[string]string{
		"":                                      "",
		"nothing of this kind":                  "nothing of this kind",
		"a.csv: no such file; check the path":   "a.csv: 파일이 없습니다. 경로를 확인하십시오",
		"나이 is no number":                       "나이는 수가 아닙니다",
		"the test holds 3 rows":                 "테스트의 행은 3개입니다",
		"the table holds 1,024 rows":            "table의 행은 1,024개입니다",
		"the test holds many rows":              "the test holds many rows",
		"7 of 9":                                "9의 7",
		"the end of the world":                  "the end of the world",
		`read at noon by "Kim"`:                 `"Kim"이 noon에 읽음`,
		"x.yaml:3:4: model[0]: 나이 is no number": "x.yaml:3:4: model[0]: 나이는 수가 아닙니다",
		"age is no number; 값 is no number":      "age는 수가 아닙니다. 값은 수가 아닙니다",
		"age is no number (a is no number)":     "age는 수가 아닙니다 (a는 수가 아닙니다)",
		"95 % of ${x}":                          "${x}의 95 %",
		"b.csv: no such file; check the path; did you mean a.csv?": "b.csv: 파일이 없습니다. 경로를 확인하십시오" +
			". a.csv를 쓰려고 했습니까?",
	} {
		if got := k.Text(english); got != want {
			t.Errorf("%s: %q, want %q", english, got, want)
		}
	}
	var none *Translator
	if got := none.Text("age is no number") + none.Lines("\na"); got != "age is no number\na" {
		t.Errorf("without a translator: %q", got)
	}
}

// TestSentences: sentences of reports that shorter formats, or greedy arguments, would tear apart.
func TestSentences(t *testing.T) {
	k, err := For(Korean)
	if err != nil {
		t.Fatal(err)
	}
	for english, want := range map[string]string{
		"the network is worse than logistic regression: 244 of 269 test samples right against 263 (McNemar's exact " +
			"test, p < 0.001; corrected for 2 baselines p < 0.001)": "신경망이 로지스틱 회귀보다 나쁩니다: 테스트 표본 269개 중 " +
			"244개 정답, 비교 대상은 263개 (맥니마 정확 검정, p < 0.001; 기준 모델 2개에 대해 보정하면 p < 0.001)",
		"the network is worse than the 10 principal components: rmse 0.1804 against 0.14 on 269 test samples (paired " +
			"t test, p < 0.001; corrected for 2 baselines p < 0.001)": "신경망이 주성분 10개보다 나쁩니다: rmse 0.1804, 비교 " +
			"대상은 0.14, 테스트 표본 269개 (대응표본 t 검정, p < 0.001; 기준 모델 2개에 대해 보정하면 p < 0.001)",
		"environment CartPole-v1: samples of (4,) → one of 2 actions": "환경 CartPole-v1: (4,) 모양의 표본 → 행동 2개 중 하나",
		"(100 episodes, not seen by this network until now)":          "(에피소드 100번, 이 신경망이 지금까지 보지 않은 데이터)",
		"(fixed rule; test samples)":                                  "(정해진 규칙; 테스트 표본)",
		"two.npz: samples of (8, 16, 1) → labels (10 labels, any number to a sample): 534 images to train on, 185 " +
			"to validate, 179 to test": "two.npz: (8, 16, 1) 모양의 표본 → labels(레이블 10개, 표본마다 몇 개든). 학습 534장, 검증 185, " +
			"테스트 179",
		"p: samples of (None, None, 1) → the picture without gaussian 4, mask 0.1": "" +
			"p: (None, None, 1) 모양의 표본 → gaussian 4, mask 0.1 없는 이미지",
		"predicts species (3 classes) from data of the kind tabular": "" +
			"species(클래스 3개) 예측, tabular 데이터",
		"2 different words: a 577, b 314; missing in 2": "서로 다른 단어 2개: a 577, b 314; 결측 2개",
		"(mean; test samples)":                          "(평균; 테스트 표본)",
		"a.npz: samples of (3, None) and (8,) → label":  "a.npz: (3, None)과 (8,) 모양의 표본 → 레이블",
		"it cannot be told whether the network is better or worse than ridge regression: rmse " +
			"3.78 against 4.473 on 69 test samples that equal no training sample (paired t test, " +
			"p = 0.141)": "" +
			"신경망이 릿지 회귀보다 나은지 나쁜지 알 수 없습니다: rmse 3.78, 비교 대상은 4.473, 학습 표본과 같지 않은 테스트 표본 69개 " +
			"(대응표본 t 검정, p = 0.141)",
		"the samples are nearer to test pictures than blurred training pictures: distance " +
			"0.4696 against 2.9628, that of real ones 0.2248 (95 % interval of the difference " +
			"-2.58 to -2.41, by the jackknife)": "" +
			"표본이 흐린 학습 이미지보다 테스트 이미지에 더 가깝습니다: distance 0.4696, 비교 대상은 2.9628, 실제 이미지는 0.2248 " +
			"(차이의 95% 구간 -2.58 ~ -2.41, 잭나이프)",
	} {
		if got := k.Text(english); got != want {
			t.Errorf("%s:\n%s, want\n%s", english, got, want)
		}
	}
}

// Widths are those of Unicode's East Asian Width (UAX 11): Hangul takes two columns.
func TestWidth(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "가나": 4, "a가 %": 5, "é": 1, "█░…": 3, "ｗ": 2} {
		if got := Width(s); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
	if got := Cut("가나다", 5); got != "가나" {
		t.Errorf("%q", got)
	}
}

// TestLines: cells stay in their columns where the translation leaves room; a line that comes in pieces is one line.
func TestLines(t *testing.T) {
	k, err := For(Korean)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	w := NewWriter(&b, k)
	for _, s := range []string{"  training    loss 0.5   (10 r", "ows)\n  test        loss 0.25\n", "warning: the targ",
		"et is missing"} {
		if n, err := w.Write([]byte(s)); n != len(s) || err != nil {
			t.Fatal(n, err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if want := "  학습        loss 0.5   (10행)\n  테스트      loss 0.25\n경고: 타깃이 없습니다"; b.String() != want {
		t.Errorf("%s\nwant\n%s", b.String(), want)
	}
}

// FuzzText: any text has a translation, if only itself, and keeps no time to speak of.
func FuzzText(f *testing.F) {
	k, err := For(Korean)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"a: b; c (d), e", strings.Repeat("(", 50), strings.Repeat("a: ", 50) + "b",
		"\x00\xff%d %!"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1000 {
			return
		}
		k.Text(s)
		k.Lines(s)
	})
}
