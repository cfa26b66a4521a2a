package main

import (
	"io"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gorae/chart"
)

// recorder is a painter that keeps the texts of pictures in Korean: not of those in English for reports in English.
type recorder struct {
	texts  []string
	kinds  []string
	behind chart.Painter
}

func (r *recorder) PNG(w io.Writer, picture any) error {
	if chart.Sprintf("epoch") == "에포크" {
		r.kinds = append(r.kinds, reflect.TypeOf(picture).Name())
		r.add(reflect.ValueOf(picture))
	}
	return r.behind.PNG(w, picture)
}

func (r *recorder) SVG(w io.Writer, picture any) error { return r.behind.SVG(w, picture) }

// add adds the strings of a value.
func (r *recorder) add(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		r.texts = append(r.texts, v.String())
	case reflect.Slice:
		for i := range v.Len() {
			r.add(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			r.add(v.Field(i))
		}
	}
}

// TestKoreanPictures: in Korean every text of the pictures of a run and of an explanation is Korean, but for names of
// the user's, of layers and of metrics.
func TestKoreanPictures(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("LC_ALL", "ko_KR.UTF-8")
	r := &recorder{}
	r.behind = chart.Register(r)
	defer chart.Register(r.behind)
	names := regexp.MustCompile(`loss|accuracy|exact_match|f1_m[a-z]*|rmse|mae|dL/dh|Grad-CAM|gru|` +
		`(separable_)?conv2d(_\d)?|batch_normalization(_\d)?|activation(_\d)?|add(_\d)?|dense(_\d)?|[a-z]+_pooling2d(_\d)?|` +
		`dropout(_\d)?|titanic|airline-passengers|Passengers|two-digits|digits|\.npz|zero|one`)
	latin := regexp.MustCompile(`[A-Za-z]{2,}`)
	for _, c := range []struct {
		args, want string
		kinds      []string
	}{
		{"train " + examples + "/titanic.yaml --out titanic --set train.epochs=2", "테스트 표본 178개",
			[]string{"Figure", "Confusion"}},
		{"train " + examples + "/airline-passengers.yaml --out airline --set train.epochs=2", "테스트 구간의 예측",
			[]string{"Figure", "Heat"}},
		{"train " + examples + "/two-digits.yaml --out two --set train.epochs=1", "신경망이 받는 학습 표본",
			[]string{"Figure", "Sheet", "Labels"}},
		{"explain two/model.keras --input " + examples + "/two-digits.npz --output seen", "클래스의 근거(Grad-CAM)",
			[]string{"Sheet"}},
		{"train " + examples + "/U7-codes/digits.yaml --out codes --set train.epochs=1", "테스트 부분 표본의 코드",
			[]string{"Figure"}},
	} {
		r.texts, r.kinds = nil, nil
		if status, _, told := korean(t, strings.Fields(c.args)); status != 0 {
			t.Fatalf("gorae %s: %s", c.args, told)
		}
		for _, kind := range c.kinds {
			if !slices.Contains(r.kinds, kind) {
				t.Errorf("gorae %s: no %s", c.args, kind)
			}
		}
		if !strings.Contains(strings.Join(r.texts, "\n"), c.want) {
			t.Errorf("gorae %s: nothing says %s", c.args, c.want)
		}
		for _, s := range r.texts {
			if latin.MatchString(names.ReplaceAllString(s, "")) {
				t.Errorf("gorae %s: %q", c.args, s)
			}
		}
	}
}
