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
	r.keep(picture)
	return r.behind.PNG(w, picture)
}

func (r *recorder) SVG(w io.Writer, picture any) error {
	r.keep(picture)
	return r.behind.SVG(w, picture)
}

func (r *recorder) keep(picture any) {
	if chart.Sprintf("epoch") == "에포크" {
		r.kinds = append(r.kinds, reflect.TypeOf(picture).Name())
		r.add(reflect.ValueOf(picture))
	}
}

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
// the user's, of layers and of metrics, also where the training was in English.
func TestKoreanPictures(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	r := &recorder{}
	r.behind = chart.Register(r)
	defer chart.Register(r.behind)
	names := regexp.MustCompile(`loss|accuracy|exact_match|f1_m[a-z]*|rmse|mae|dL/dh|Grad-CAM|gru|` +
		`(separable_)?conv2d(_\d)?|batch_normalization(_\d)?|activation(_\d)?|add(_\d)?|dense(_\d)?|[a-z]+_pooling2d(_\d)?|` +
		`dropout(_\d)?|titanic|airline-passengers|Passengers|two-digits|digits|\.npz|zero|one`)
	latin := regexp.MustCompile(`[A-Za-z]{2,}`)
	for _, c := range []struct {
		args, out, want string
		kinds           []string
	}{
		{"train " + examples + "/titanic.yaml --set train.epochs=2", "titanic", "테스트 표본 178개",
			[]string{"Figure", "Confusion"}},
		{"train " + examples + "/airline-passengers.yaml --set train.epochs=2", "airline", "테스트 구간의 예측",
			[]string{"Figure", "Heat"}},
		{"train " + examples + "/two-digits.yaml --set train.epochs=1", "two", "신경망이 받는 학습 표본",
			[]string{"Figure", "Sheet", "Labels"}},
		{"explain ko/two/model.keras --input " + examples + "/two-digits.npz --output seen", "", "클래스의 근거(Grad-CAM)",
			[]string{"Sheet"}},
		{"train " + examples + "/U7-codes/digits.yaml --set train.epochs=1", "codes", "테스트 부분 표본의 코드",
			[]string{"Figure"}},
	} {
		for _, language := range []string{"ko", "en"} {
			args := append(strings.Fields(c.args), "--lang", language)
			if c.out != "" {
				args = append(args, "--out", language+"/"+c.out)
			} else if language == "en" {
				continue // what is no run is drawn for the one who asks
			}
			r.texts, r.kinds = nil, nil
			if status, _, told := korean(t, args); status != 0 {
				t.Fatalf("%s: gorae %s: %s", language, c.args, told)
			}
			for _, kind := range c.kinds {
				if !slices.Contains(r.kinds, kind) {
					t.Errorf("%s: gorae %s: no %s", language, c.args, kind)
				}
			}
			if !strings.Contains(strings.Join(r.texts, "\n"), c.want) {
				t.Errorf("%s: gorae %s: nothing says %s", language, c.args, c.want)
			}
			for _, s := range r.texts {
				if latin.MatchString(names.ReplaceAllString(s, "")) {
					t.Errorf("%s: gorae %s: %q", language, c.args, s)
				}
			}
		}
	}
}
