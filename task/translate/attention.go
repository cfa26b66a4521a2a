package translate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gorae/chart"
	"gorae/graph"
	"gorae/internal/picture"
	"gorae/model"
	"gorae/prep/text"
	"gorae/task"
	"gorae/tensor"
	"gorae/weight"
)

// AttentionFile is the name of the picture of attention.
const AttentionFile = "attention.png"

// drawnSentences is the number of sentences in a picture, and drawnTokens that of the tokens of each at most.
const (
	drawnSentences = 4
	drawnTokens    = 40
)

// What stands for the end of a translation and for a blank, of characters that the fonts of package plot have.
const endMark, blankMark = "¶", "·"

// weights returns a program that gives, for a source and a translation, the first attention weights [1, …, steps of the
// translation, steps of the source] that a layer of the network returns; several heads are averaged. Without such a
// layer the program gives nothing.
func (t *translator) weights() *model.Program {
	f := t.fitted
	return model.NewProgram(func(tr *model.Trace, in []*graph.Node) model.Traced {
		var found *graph.Node
		tr.Outputs = func(_ *weight.Store, _ string, y []*graph.Node) {
			if found != nil || len(y) != 2 {
				return
			}
			switch s := y[1].Shape; {
			case s.Equal(tensor.Shape{1, f.TargetLength, f.SourceLength}):
				found = y[1]
			case len(s) == 4 && s[2] == f.TargetLength && s[3] == f.SourceLength:
				found = y[1].Mean(1)
			}
		}
		t.model.Trace(tr, in...)
		if found == nil {
			tr.Graph.Fail("attention", "no layer returns attention weights")
		}
		return model.Traced{Outputs: []*graph.Node{found}}
	}, model.ProgramConfig{Models: []*model.Model{t.model}, ReadOnly: true})
}

// attention returns the attention between some different sentences and their translations; nil where no layer of the
// network returns its weights.
func (t *translator) attention(ctx context.Context, sentences []string) ([]chart.AlignmentMap, error) {
	f := t.fitted
	var some []string
	for _, s := range sentences {
		n := len(f.Source.Encode(s))
		if n > 0 && n <= min(drawnTokens, f.SourceLength) && len(some) < drawnSentences && !slices.Contains(some, s) {
			some = append(some, s)
		}
	}
	if len(some) == 0 {
		return nil, nil
	}
	found, err := t.translate(ctx, some, f.Beam)
	if err != nil {
		return nil, err
	}
	var maps []chart.AlignmentMap
	program := t.weights()
	for i, s := range some {
		source := f.Source.Encode(s)
		ids := found[i][:min(len(found[i]), drawnTokens)]
		x, y := tensor.New(tensor.Int32, 1, f.SourceLength), tensor.New(tensor.Int32, 1, f.TargetLength)
		copy(x.I32, source)
		y.I32[0] = int32(f.Target.Size())
		copy(y.I32[1:], ids)
		out, err := program.Run(model.Convert(x, t.model.InputTypes(1)[0].DType),
			model.Convert(y, t.model.InputTypes(1)[1].DType))
		if err != nil {
			return nil, nil // without attention there is nothing to draw
		}
		m := chart.AlignmentMap{Columns: tokens(f.Source, source)}
		for k, word := range append(tokens(f.Target, ids), endMark) {
			if k == f.TargetLength {
				break
			}
			m.Rows = append(m.Rows, word)
			row := make([]float64, len(source))
			for j := range row {
				row[j] = float64(out[0].F32[k*f.SourceLength+j])
			}
			m.Values = append(m.Values, row)
		}
		maps = append(maps, m)
	}
	return maps, nil
}

// alignment is the picture of the attention.
func alignment(maps []chart.AlignmentMap) chart.Alignment {
	return chart.Alignment{Title: chart.Sprintf("attention"), X: chart.Sprintf("source"),
		Y: chart.Sprintf("translation"), Maps: maps}
}

// tokens returns the texts of ids.
func tokens(v *text.Vocabulary, ids []int32) []string {
	var out []string
	for _, id := range ids {
		out = append(out, shown(v.Token(id)))
	}
	return out
}

// shown returns a token as a picture has it: blanks are marked, and the bytes of a character that subwords have cut are
// numbers, <EB>.
func shown(token string) string {
	var b strings.Builder
	for i, r := range token {
		switch _, n := utf8.DecodeRuneInString(token[i:]); {
		case r == ' ':
			b.WriteString(blankMark)
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, "<%X>", token[i])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// draw writes the picture of the attention for the first sentences of the part.
func (e *evaluation) draw(ctx context.Context, f *task.Finish) error {
	maps, err := e.translator.attention(ctx, e.pairs.from)
	if err != nil || maps == nil {
		return err
	}
	return f.DrawPNG(AttentionFile, func() (picture.Drawing, error) { return alignment(maps), nil })
}

// Draw implements task.Drawer: the attention between the first sentences and their translations.
func (f *Fitted) Draw(ctx context.Context, r *task.Request) ([]task.Drawing, error) {
	all, err := f.Reading.sentences(r.Source)
	if err != nil {
		return nil, err
	}
	t, err := newTranslator(f, r.Training)
	if err != nil {
		return nil, err
	}
	maps, err := t.attention(ctx, all)
	if err != nil {
		return nil, err
	}
	if maps == nil {
		return nil, fmt.Errorf("%s: no layer of the network returns attention weights, or no sentence has 1 to %d "+
			"tokens; "+
			"an attention layer with return_attention_scores: true returns them", r.Source.Name,
			min(drawnTokens, f.SourceLength))
	}
	return []task.Drawing{{Name: AttentionFile, PNG: alignment(maps).PNG}}, nil
}
