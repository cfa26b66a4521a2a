package xlsx_test

import (
	"fmt"
	"os"

	"gorae/data"
	"gorae/data/xlsx"
)

// A sheet as an office writes it: two lines of titles, a header of two lines with merged cells, a note below.
func ExampleRead() {
	book, err := os.ReadFile("../source/all/testdata/office.xlsx")
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := xlsx.Read(book, "office.xlsx", data.CSVOptions{Sheet: "판매"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Rows, t.Names()[:4])
	for _, g := range t.Guesses[:2] {
		fmt.Println(g.What)
	}
	// Output:
	// 4 [지점 기준일 판매 2023 판매 2024]
	// lines 1 to 2 passed over as titles (2024년 지점별 판매)
	// lines 4 to 5 are one header with merged cells
}
