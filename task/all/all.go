// Package all links every task that gorae has.
package all

import (
	_ "gorae/task/arrays"
	_ "gorae/task/control"
	_ "gorae/task/generative"
	_ "gorae/task/grouped"
	_ "gorae/task/image"
	_ "gorae/task/language"
	_ "gorae/task/restore"
	_ "gorae/task/sequence"
	_ "gorae/task/series"
	_ "gorae/task/tabular"
	_ "gorae/task/text"
	_ "gorae/task/translate"
	_ "gorae/task/word2vec"
)
