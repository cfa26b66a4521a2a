//go:build browser

package browser

import (
	_ "embed"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"gorae/board"
	"gorae/chart"
	"gorae/internal/lang"
)

//go:embed english.js
var english string

// names are texts that are the same in all languages: those of the data and files of the test, Keras's names of layers
// and metrics, paths of settings, instruction sets, and commands.
var names = regexp.MustCompile(`^(` +
	`area|rooms|quarter of the town|remark|price|north|south <b>.*|a remark, .*|prices with a rather long name.csv.*|` +
	`level|upright with a rather lo.*|class|Month|Passengers|digits?|p\d\d|embed:(digits|airline)(:\d+)?|` +
	`(pictures|table|series|digits|study)( · gorae)?|\S*/\d+( · gorae)?|` +
	`\(None, [^)]*\)|Dense|Conv2D|Flatten|InputLayer|Average|Model|Dropout|(dense|conv2d|flatten|input_layer|network|` +
	`dropout)(_\d+)?|(val_)?(loss|accuracy|rmse|mae|r2)|SHA-256|avx512|avx2|neon|generic|data\.source|` +
	`gorae train \S*|(data|model|split|train|seed)[.[].*|seed` +
	`)$`)

// settings are values of experiment files, in the columns of a board.
var settings = regexp.MustCompile(`^(minmax|zscore|onehot|indicator|difference|none|random|time|month|grey|true|relu|` +
	`classification|regression|sparse_categorical_crossentropy|mean_squared_error|/\S*…)$`)

// files are the names of picture files, which stand below the pictures.
var files = regexp.MustCompile(`^((실행|탐색)의 그림 )?(mistakes|right|samples|forecast|history|parallel-coordinates|slices)$`)

// TestKoreanPages: on reports of classes, numbers, a series, pictures and a study, and on a board, all that is read or
// read out is Korean but for names and values.
func TestKoreanPages(t *testing.T) {
	by, err := lang.For(lang.Korean)
	if err != nil {
		t.Fatal(err)
	}
	chart.Translate(chart.Language{Code: "ko", Sprintf: by.Sprintf})
	defer chart.Translate(chart.English)
	dir, runs := t.TempDir(), t.TempDir()
	held := func(t *testing.T, address, ready string, allowed ...*regexp.Regexp) {
		t.Helper()
		ctx := opened(t, address, views[0])
		if err := until(ctx, ready); err != nil {
			t.Fatal(err)
		}
		n := 0
	texts:
		for _, text := range evaluated[[]string](t, ctx, english) {
			n++
			for _, r := range allowed {
				if r.MatchString(text) {
					continue texts
				}
			}
			t.Errorf("in English: %s", text)
		}
		if n < 10 {
			t.Errorf("%d texts without Hangul", n)
		}
	}
	for name, text := range map[string]string{
		"digits": "data: {source: embed:digits, features: minmax}\nmodel: [dense: 10]\ntrain: {epochs: 3}\n",
		"table":  fmt.Sprintf("data: {source: %q, target: price}\ntrain: {epochs: 4}\n", table(t, dir)),
		"series": "data: {source: embed:airline, target: Passengers, time: Month, series: {window: 12}}\n" +
			"train: {epochs: 4}\n",
		"pictures": fmt.Sprintf("data: {source: %q}\nmodel: [{conv2d: {filters: 4, kernel_size: 3}}, flatten, "+
			"dense: 2]\ntrain: {epochs: 3}\n", folder(t)),
	} {
		at := filepath.Join(runs, name)
		if err := os.Rename(trained(t, dir, text), at); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { held(t, written(t, by, at), "true", names, files) })
	}
	t.Run("two", func(t *testing.T) {
		held(t, written(t, by, filepath.Join(runs, "digits"), filepath.Join(runs, "pictures")), "true", names, files)
	})
	t.Run("study", func(t *testing.T) { held(t, written(t, by, searched(t)), "true", names, files) })
	t.Run("board", func(t *testing.T) {
		s, err := board.New(board.Options{Dir: runs, Words: by, Language: "ko", Version: "0",
			Every: 50 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(s)
		t.Cleanup(func() { s.Close(); server.Close() })
		held(t, server.URL, `document.querySelectorAll("#runs tbody tr").length === 4`, names, settings)
	})
}
