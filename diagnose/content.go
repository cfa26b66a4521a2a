package diagnose

import (
	"slices"

	"gorae/chart"
	"gorae/data"
	"gorae/prep/text"
	"gorae/task"
)

// contentDetectors see faults of pictures and texts.
func contentDetectors() []Detector {
	// What looks like other faults where little of a text is left.
	poor := []string{"data/conflicting-labels", "data/wrong-labels", "split/copied-rows", "dynamics/stalled", "result/"}
	return []Detector{
		{Doc{Code: "data/blank-pictures", Kinds: []int{21}, Before: true,
			Why: "there is nothing on them that could tell their classes: they are noise to learn from, and " +
				"to test on",
			Remedy:   "look at the pictures that are named, and leave blank ones out",
			Explains: []string{"data/conflicting-labels", "data/wrong-labels"}}, blankPictures},
		{Doc{Code: "data/unknown-words", Kinds: []int{22},
			Why:      "words that are not in the vocabulary are one and the same to the network, or nothing at all",
			Remedy:   "make the vocabulary larger",
			Explains: poor}, unknownWords},
		{Doc{Code: "data/cut-texts", Kinds: []int{23},
			Why:      "what stands behind the cut is not seen, in training and in use",
			Remedy:   "make the length that of most texts",
			Explains: poor}, cutTexts},
	}
}

// Bounds of blank pictures.
const (
	blankShare  = 0.01
	blankLeast  = 3
	blankSpread = 0.01 // of the median deviation of a picture's pixels
)

// contrasts returns the greatest pixel less the least of each picture: as the table has them where there is one, since
// columns that are scaled by themselves leave nothing of one colour.
func (c *Case) contrasts(p *part) []float64 {
	spreads := make([]float64, p.n)
	for i := range spreads {
		table := c.pixels()
		if table == nil || i >= len(p.numbers) {
			spreads[i] = float64(slices.Max(p.row(i)) - slices.Min(p.row(i)))
			continue
		}
		spreads[i] = table.High - table.Low
		if row, ok := table.Row(p.numbers[i]); ok {
			spreads[i] = slices.Max(row) - slices.Min(row)
		}
	}
	return spreads
}

func blankPictures(c *Case) ([]Finding, error) {
	if c.windows() || c.takesIDs() {
		return nil, nil
	}
	p, err := c.part(task.Train)
	if err != nil || p == nil || p.x == nil || p.n < 20 || len(p.shape) != 3 && !(len(p.shape) == 1 && c.pictures(p)) {
		return nil, err
	}
	spreads := c.contrasts(p)
	limit := blankSpread * middle(spreads)
	var blank []int
	for i, s := range spreads {
		if s <= limit {
			blank = append(blank, i)
		}
	}
	share := float64(len(blank)) / float64(p.n)
	if middle(spreads) == 0 || len(blank) < blankLeast || share < blankShare {
		return nil, nil
	}
	grade := Tip
	for _, i := range blank { // of several classes: they contradict each other
		if p.y != nil && c.classes() != nil && p.y[i] != p.y[blank[0]] {
			grade = Fault
		}
	}
	f := found(grade, "", "%d of %d training pictures are of one colour all over", len(blank), p.n).
		with("share of blank pictures", share, blankShare)
	if p.numbers != nil {
		var rows []any
		for k := range 5 {
			rows = append(rows, p.numbers[blank[min(k, len(blank)-1)]]+1)
		}
		f.Remedy = sprintRows(rows)
	}
	return []Finding{f.drawn(func() Drawing {
		return histogram(chart.Sprintf("contrast of the pictures"), chart.Sprintf("greatest pixel minus least"),
			spreads)
	})}, nil
}

// texts reports whether a column of texts is learnt from.
func (c *Case) texts() bool {
	reads, ok := c.Fitted.(task.Worded)
	if !ok {
		return false
	}
	_, v := reads.Vocabulary()
	return v != nil
}

// mostTexts is the number of training texts that are looked at.
const mostTexts = 2000

// trainingTexts returns up to so many texts of the training part and what they are encoded by; ok is false where there
// are none.
func (c *Case) trainingTexts() (column string, texts []string, v *text.Vocabulary, err error) {
	reads, ok := c.Fitted.(task.Worded)
	if !ok || c.Report == nil || !c.look().Weak {
		return "", nil, nil, nil
	}
	column, v = reads.Vocabulary()
	t, err := c.tableOnce()
	if err != nil || t == nil || v == nil {
		return "", nil, nil, err
	}
	col, err := t.Column(column)
	if err != nil || col.Kind != data.Category {
		return "", nil, nil, nil
	}
	numbers := c.Numbers(task.Train)
	for k := 0; k < len(numbers); k += max(1, len(numbers)/mostTexts) {
		texts = append(texts, col.Level(numbers[k]))
	}
	return column, texts, v, nil
}

// contentGrade is Fault where the network knows nothing of new texts.
func (c *Case) contentGrade() Grade {
	if o := c.look(); o.Harmed() || o.Unseen < hardlyAny && !o.Brief {
		return Fault
	}
	return Tip
}

// Bounds of vocabularies.
const (
	unknownShare = 0.5 // of the words
	cutShare     = 0.2 // of the texts
	manyWords    = "20000"
)

func unknownWords(c *Case) ([]Finding, error) {
	column, texts, v, err := c.trainingTexts()
	if err != nil || len(texts) < 20 || v.Spec.Ngrams > 1 {
		return nil, err
	}
	unknown, all := 0, 0
	var shares []float64
	for _, s := range texts {
		ids, n := v.Encode(s), 0
		for _, id := range ids {
			n += one(id == text.Unknown)
		}
		unknown, all = unknown+n, all+len(ids)
		shares = append(shares, float64(n)/float64(max(1, len(ids))))
	}
	share := float64(unknown) / float64(max(1, all))
	if share < unknownShare {
		return nil, nil
	}
	grade := c.contentGrade()
	f := found(grade, column, "%.3g %% of the words of %s are not in the vocabulary of %d", 100*share, column,
		v.Size()).
		with("share of unknown words", share, unknownShare).with("words of the vocabulary", float64(v.Size()), 0).
		set(columnKey(column) + ".text.words=" + manyWords)
	return []Finding{f.drawn(func() Drawing {
		return histogram(chart.Sprintf("unknown words of the texts"), chart.Sprintf("share of the words"), shares)
	})}, nil
}

func cutTexts(c *Case) ([]Finding, error) {
	column, texts, v, err := c.trainingTexts()
	if err != nil || len(texts) < 20 || !v.Spec.Ids() {
		return nil, err
	}
	var lengths []float64
	cut := 0
	for _, s := range texts {
		n := len(v.Encode(s))
		lengths = append(lengths, float64(n))
		cut += one(n > v.Spec.Length)
	}
	share := float64(cut) / float64(len(texts))
	if share < cutShare {
		return nil, nil
	}
	grade := c.contentGrade()
	slices.Sort(lengths)
	longest := int(lengths[len(lengths)*19/20])
	f := found(grade, column, "%.3g %% of the texts of %s are longer than %d words and are cut", 100*share, column,
		v.Spec.Length).
		with("share of texts that are cut", share, cutShare).with("words of a text of 95 %", float64(longest),
		float64(v.Spec.Length)).set(columnKey(column) + ".text.length=" + itoa(longest))
	if of := c.Spec.Train.Bucket; of != nil && *of {
		f = f.set("train.bucket=null") // it was found right for texts of one length
	}
	return []Finding{f.drawn(func() Drawing {
		return histogram(chart.Sprintf("lengths of the texts"), chart.Sprintf("words"), lengths)
	})}, nil
}
