package word2vec

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"gorae/internal/par"
	"gorae/internal/words"
	"gorae/stat"
)

// Pair is two words and how alike people find them.
type Pair struct {
	A, B  string
	Score float64
}

// mostQuestion is the greatest length of a line of a benchmark, in bytes.
const mostQuestion = 1 << 16

// ReadPairs reads a benchmark of word similarity: lines of two words and a number, separated by blanks, tabs or commas,
// such as WordSim-353, SimLex-999 and MEN. A first line whose third field is no number is a header; lines that begin
// with # are passed over. name is that of the file, for errors.
func ReadPairs(r io.Reader, name string) ([]Pair, error) {
	var out []Pair
	s := lines(r)
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.FieldsFunc(line, func(c rune) bool { return c == ' ' || c == '\t' || c == ',' || c == ';' })
		if len(f) < 3 {
			return nil, fmt.Errorf("%s:%d: %d fields; two words and a number are wanted", name, n, len(f))
		}
		x, err := strconv.ParseFloat(f[2], 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			if n == 1 {
				continue
			}
			return nil, fmt.Errorf("%s:%d: %q is no number; two words and a number are wanted", name, n,
				words.Clip(f[2], 40))
		}
		out = append(out, Pair{f[0], f[1], x})
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: it holds no pair of words", name)
	}
	return out, nil
}

func lines(r io.Reader) *bufio.Scanner {
	s := bufio.NewScanner(r)
	s.Buffer(nil, mostQuestion)
	return s
}

// lookup returns the number of a word of a benchmark: as it is written, or else in lower case.
func (v *Vectors) lookup(word string) (int, bool) {
	if id, ok := v.id[word]; ok {
		return id, true
	}
	id, ok := v.id[strings.ToLower(word)]
	return id, ok
}

// Similarity is how the cosines of word pairs agree with what people say of them.
type Similarity struct {
	Spearman float64 // the rank correlation over the pairs both words of which have vectors; NaN below two
	Covered  int     // such pairs
	Pairs    int     // all
}

// Cosines returns the cosine and people's score of each pair both words of which have vectors.
func (v *Vectors) Cosines(pairs []Pair) (cosines, scores []float64) {
	for _, p := range pairs {
		i, ok := v.lookup(p.A)
		j, ok2 := v.lookup(p.B)
		if ok && ok2 {
			cosines, scores = append(cosines, v.Cosine(i, j)), append(scores, p.Score)
		}
	}
	return cosines, scores
}

// Similarity compares cosines with people's scores.
func (v *Vectors) Similarity(pairs []Pair) Similarity {
	s := Similarity{Pairs: len(pairs), Spearman: math.NaN()}
	x, y := v.Cosines(pairs)
	s.Covered = len(x)
	if r, err := stat.Spearman(x, y); err == nil {
		s.Spearman = r
	}
	return s
}

// Question asks for the word that is to C as B is to A.
type Question struct {
	Section    string
	A, B, C, D string // D is the answer
}

// ReadQuestions reads analogies as word2vec's questions-words.txt has them: lines of four words, with lines ": name"
// before each section.
func ReadQuestions(r io.Reader, name string) ([]Question, error) {
	var out []Question
	section := ""
	s := lines(r)
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		if line == "" {
			continue
		}
		if rest, ok := strings.CutPrefix(line, ":"); ok {
			section = strings.TrimSpace(rest)
			continue
		}
		f := strings.Fields(line)
		if len(f) != 4 {
			return nil, fmt.Errorf("%s:%d: %d words; four are wanted", name, n, len(f))
		}
		out = append(out, Question{section, f[0], f[1], f[2], f[3]})
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: it holds no analogy", name)
	}
	return out, nil
}

// Answers is how many analogies of a section were answered.
type Answers struct {
	Section string
	Right   int
	Covered int // questions all four words of which have vectors
	All     int
}

// Share returns the share of right answers among the questions that could be asked; NaN where there is none.
func (a Answers) Share() float64 { return float64(a.Right) / float64(a.Covered) }

// Answer answers analogies by [Vectors.Analogy]: an answer is right where D is the best of all words but A, B and C. It
// returns the sections in their order, and all together.
func (v *Vectors) Answer(questions []Question) (sections []Answers, all Answers) {
	q := &asked{v: v, questions: questions, right: make([]int8, len(questions))}
	par.Default().Run(len(questions), q)
	at := map[string]int{}
	for i, question := range questions {
		k, ok := at[question.Section]
		if !ok {
			k = len(sections)
			at[question.Section] = k
			sections = append(sections, Answers{Section: question.Section})
		}
		for _, a := range []*Answers{&sections[k], &all} {
			a.All++
			if q.right[i] != unasked {
				a.Covered++
			}
			if q.right[i] == right {
				a.Right++
			}
		}
	}
	return sections, all
}

const (
	unasked = int8(iota)
	wrong
	right
)

// asked answers a question in each block.
type asked struct {
	v         *Vectors
	questions []Question
	right     []int8
}

// Run implements par.Task.
func (q *asked) Run(i, _ int) {
	var ids [4]int
	question := q.questions[i]
	for k, w := range []string{question.A, question.B, question.C, question.D} {
		id, ok := q.v.lookup(w)
		if !ok {
			return
		}
		ids[k] = id
	}
	q.right[i] = wrong
	if q.v.best(q.v.offset([3]int(ids[:3])), ids[:3]...) == ids[3] {
		q.right[i] = right
	}
}
