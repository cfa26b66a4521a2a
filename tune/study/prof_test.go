package study_test

import (
	"context"
	"testing"

	_ "gorae/data/source/all"
	"gorae/spec"
	_ "gorae/task/all"
	"gorae/tune/study"
)

func TestProf(t *testing.T) {
	s, err := spec.ReadSearch("/work/long/tune/t/d.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := study.Run(context.Background(), s, study.Options{Out: t.TempDir() + "/x", Trials: 12}); err != nil {
		t.Fatal(err)
	}
}
