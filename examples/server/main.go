// Command server answers predictions over HTTP. The model file is part of the program (go:embed): nothing is read from
// the disk. A request is one JSON object, or a list of them, with a typed value for each column that the model takes:
//
//	go run ./examples/server &
//	curl -s localhost:8080/predict -d '{"sepal_length": 6, "sepal_width": 3, "petal_length": 6, "petal_width": 2.5}'
//
// iris.keras was made by: gorae train examples/iris.yaml
package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"time"

	"gorae/bundle"
	_ "gorae/task/tabular" // the kind of data that the model was trained on
)

//go:embed iris.keras
var files embed.FS

// Limits of a request.
const (
	mostBytes   = 1 << 20
	mostRecords = 10_000
)

func main() {
	address := flag.String("address", "127.0.0.1:8080", "where to listen")
	flag.Parse()
	b, err := bundle.OpenFS(files, "iris.keras")
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /predict", predict(b))
	server := &http.Server{Addr: *address, Handler: mux, ReadHeaderTimeout: 5 * time.Second}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	go func() {
		<-ctx.Done()
		if err := server.Shutdown(context.Background()); err != nil {
			log.Print(err)
		}
	}()
	log.Printf("http://%s/predict", *address)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

// predict answers each record with the values that the model predicts of it. A model may be used by any number of
// requests at once.
func predict(b *bundle.Bundle) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		records, single, err := read(http.MaxBytesReader(w, r.Body, mostBytes))
		if err == nil {
			var rows []map[string]any
			if rows, err = bundle.Predictions[map[string]any](r.Context(), b, records); err == nil {
				reply(w, rows, single)
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()}) // the client may have gone
	})
}

// read is the records of a request; single says that it was one object and no list.
func read(body io.Reader) (records []map[string]any, single bool, err error) {
	d := json.NewDecoder(body)
	d.UseNumber() // numbers stay as they were written
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, false, fmt.Errorf("the body is no JSON: %w", err)
	}
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	if len(list) == 0 {
		return nil, false, errors.New("no records; give one at least")
	}
	if len(list) > mostRecords {
		return nil, false, fmt.Errorf("%d records; give %d at most", len(list), mostRecords)
	}
	for i, x := range list {
		record, ok := x.(map[string]any)
		if !ok {
			return nil, false, fmt.Errorf("record %d is no object of columns and values", i+1)
		}
		records = append(records, record)
	}
	return records, !isList, nil
}

// reply writes rows in the form of the request.
func reply(w http.ResponseWriter, rows []map[string]any, single bool) {
	w.Header().Set("Content-Type", "application/json")
	var v any = rows
	if single {
		v = rows[0]
	}
	_ = json.NewEncoder(w).Encode(v) // the client may have gone
}
