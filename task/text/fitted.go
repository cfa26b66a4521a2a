package text

import (
	"gorae/data"
	"gorae/task"
	"gorae/task/table"
)

// Fitted is the fitted column of text and the targets.
type Fitted struct{ *table.Fitted }

// Unit is a text.
func (*Fitted) Unit() string { return "text" }

// Open reads raw text where the network takes one column of text and nothing else: lines of a .txt file or
// of standard input without a header that names the column, or a folder of .txt files; else a table.
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	t, err := f.lines(r.Source)
	switch {
	case err != nil:
		return nil, err
	case t != nil:
		return f.Bind(r, t)
	}
	return f.Fitted.Open(r)
}

// lines is a source of texts as a table; nil where it is a table by itself.
func (f *Fitted) lines(s *task.Source) (*data.Table, error) {
	needs := f.Pipeline.Needs()
	if len(needs) != 1 {
		return nil, nil
	}
	if s.Is("texts") {
		src, err := s.Read()
		if err != nil {
			return nil, err
		}
		for i := range src.Table.Columns {
			if src.Table.Columns[i].Name == "text" {
				src.Table.Columns[i].Name = needs[0]
			}
		}
		return src.Table, nil
	}
	plain := s.Is("text") || s.Is("csv") && s.Extension() == "" // a stream of text has no name
	if !plain || s.Labels != "" || data.HeaderHas(s.Head(), needs[0]) {
		return nil, nil
	}
	text, err := s.Text()
	if err != nil {
		return nil, err
	}
	return data.Lines(text, s.Name, needs[0])
}
