package table

import (
	"gorae/data"
	"gorae/task"
)

// lines returns raw text as a table where the network takes one column of text and nothing else: lines of a .txt file
// or of standard input without a header that names the column, or a folder of .txt files; nil where the source is a
// table by itself.
func (f *Fitted) lines(s *task.Source) (*data.Table, error) {
	needs := f.Pipeline.Needs()
	if len(needs) != 1 || f.Pipeline.Vocabulary() == nil {
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
