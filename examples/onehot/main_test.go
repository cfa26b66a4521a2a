package main

import "testing"

func TestRun(t *testing.T) {
	if err := run(200, 20, 40, 4, 64); err != nil {
		t.Error(err)
	}
	if err := run(100, 20, 40, 4, 64); err == nil {
		t.Error("100 documents are enough for twice 64")
	}
}

func TestDraw(t *testing.T) {
	x, y := draw(50, 300, 100)
	own := 0
	for i, id := range x.I32 {
		if id < 0 || id >= 100 {
			t.Fatalf("word %d of a vocabulary of 100", id)
		}
		if id < 20 {
			own++
			if topic := float32(id / 10); topic != y.F32[i/300] {
				t.Fatalf("word %d in a document of topic %v", id, y.F32[i/300])
			}
		}
	}
	if n := len(x.I32) / 20; own < n*8/10 || own > n*12/10 {
		t.Errorf("%d of %d words belong to a topic, want about %d", own, len(x.I32), n)
	}
}
