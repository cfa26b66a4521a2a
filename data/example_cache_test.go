package data_test

import (
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"gorae/data"
)

// A table that was read once is opened from the cache the next time, without reading its text again.
func ExampleCache() {
	dir, err := os.MkdirTemp("", "tables")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	open := func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("city,price\nBusan,3.50\nSeoul,4\nBusan,NA\n")), nil
	}
	c := data.Cache{Dir: dir}
	for range 2 {
		t, err := c.ReadCSV(open, "prices.csv", data.CSVOptions{})
		if err != nil {
			log.Fatal(err)
		}
		city, price := &t.Columns[0], &t.Columns[1]
		fmt.Println(city.Spelling(2), price.Numbers[0], price.IsMissing(2))
	}
	// Output:
	// Busan 3.5 true
	// Busan 3.5 true
}
