package all_test

import (
	"fmt"
	"os"

	"gorae/data/source"
	_ "gorae/data/source/all"
)

// With the import source.Open reads the formats of this package, too, wherever a source is named.
func Example() {
	i, err := source.Find("testdata/nested.json", source.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	s, err := i.Read()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(i.Format().Name, s.Table.Rows, s.Table.Names())
	// Output:
	// json 3 [user.id user.address.city user.address.zip amount tags ok note]
}
