//go:build ignore

// Make writes the embedded samples from the originals in the data folder of the
// directory that GORAE_SHARED names: toy/digits.csv.gz, toy/iris.csv,
// titanic/train.csv and series/airline-passengers.csv. Run it in this folder: go run make.go.
//
// It adds column names, writes the species by name, and packs without a date, so
// that the same originals give the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strconv"
)

func main() {
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		log.Fatal("GORAE_SHARED is not set; let it name the folder that holds data/")
	}
	digits := read(filepath.Join(root, "data/toy/digits.csv.gz"))
	var head []string
	for i := range 64 {
		head = append(head, fmt.Sprintf("p%d%d", i/8+1, i%8+1))
	}
	write("digits", append([][]string{append(head, "digit")}, digits...))

	iris := read(filepath.Join(root, "data/toy/iris.csv"))
	species := iris[0][2:]
	out := [][]string{{"sepal_length", "sepal_width", "petal_length", "petal_width", "species"}}
	for _, r := range iris[1:] {
		k, err := strconv.Atoi(r[4])
		if err != nil {
			log.Fatal(err)
		}
		out = append(out, append(r[:4:4], species[k]))
	}
	write("iris", out)
	write("titanic", read(filepath.Join(root, "data/titanic/train.csv")))
	write("airline", read(filepath.Join(root, "data/series/airline-passengers.csv")))
}

func read(path string) [][]string {
	b, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(b)
	if bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		if r, err = gzip.NewReader(r); err != nil {
			log.Fatal(err)
		}
	}
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1
	rows, err := c.ReadAll()
	if err != nil {
		log.Fatal(path, ": ", err)
	}
	return rows
}

func write(name string, rows [][]string) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		log.Fatal(err)
	}
	c := csv.NewWriter(z)
	if err := c.WriteAll(rows); err != nil {
		log.Fatal(err)
	}
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(name+".csv.gz", b.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s.csv.gz: %d rows, %d bytes\n", name, len(rows)-1, b.Len())
}
