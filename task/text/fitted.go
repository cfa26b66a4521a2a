package text

import "gorae/task/table"

// Fitted is the fitted column of text and the targets.
type Fitted struct{ *table.Fitted }

// Unit returns a text.
func (*Fitted) Unit() string { return "text" }
