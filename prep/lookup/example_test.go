package lookup_test

import (
	"fmt"

	"gorae/prep/lookup"
)

// The vocabulary of three texts, and the ids of a new one.
func Example() {
	texts := lookup.Of("the deep sea", "the whale", "The whale, the sea!")
	l, err := lookup.TextVectorization{OutputSequenceLength: 5}.Adapted(texts)
	if err != nil {
		fmt.Println(err)
		return
	}
	x, err := l.Apply(lookup.Of("a whale in the sea"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q\n", l.Tokens())
	fmt.Println(x.Shape, x.I32)
	// Output:
	// ["" "[UNK]" "the" "whale" "sea" "deep"]
	// (1, 5) [1 3 1 2 4]
}
