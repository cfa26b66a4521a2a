package main

import (
	"context"
	"fmt"

	"gorae/bundle"
	_ "gorae/task/all"
)

func main() {
	b, err := bundle.Open("x")
	fmt.Println(err)
	fmt.Println(b.PredictRecords(context.Background(), nil))
}
