package train

import (
	"testing"

	"gorae/metric"
	"gorae/tensor"
)

// A step allocates nothing once its plan is compiled, callbacks and metrics included.
func TestStepAllocatesNothing(t *testing.T) {
	m := classifier()
	d := digits(t, 0, 200)
	d.Weights = tensor.New(tensor.Float32, 200)
	for i := range d.Weights.F32 {
		d.Weights.F32[i] = 1
	}
	c := lessons(1)
	c.Metrics = append(c.Metrics, metric.SparseTopKCategoricalAccuracy{K: 3})
	c.ClassWeight = map[int]float64{3: 2}
	c.Callbacks = []Callback{Lambda{}}
	tr, err := NewTrainer(m, c)
	if err != nil {
		t.Fatal(err)
	}
	l := tr.loop()
	if err := l.begin(d); err != nil {
		t.Fatal(err)
	}
	stream, err := l.feed.loader.Stream(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	step := func() {
		b, err := stream.Next()
		if err == nil {
			err = tr.learn(len(b.Samples), l.feed.of(b))
		}
		if err == nil {
			err = l.tell(Event{Kind: BatchEnd, Metrics: tr.meter.now()})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 2 * l.feed.loader.Steps() {
		step() // both sizes of batch are compiled
	}
	if n := testing.AllocsPerRun(50, step); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
}
