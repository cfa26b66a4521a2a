// Tune compares ways of searching on recorded tables of trainings: TPE with asynchronous successive halving at 40
// trials, 120 trials with random values trained to the end, and random values with halving at 40 trials.
//
//	go run ./bench/tune [-studies 60]                      replay the tables
//	GORAE_SHARED=FOLDER go run ./bench/tune -live          one live study for each data set beside its replay
//	GORAE_SHARED=FOLDER go run ./bench/tune -record DATA   record a table anew; a recording that was stopped goes on
//	GORAE_SHARED=FOLDER go run ./bench/tune -time DATA     measure its times anew, after a recording beside other work
//
// A table has the objective after each epoch of up to 800 configurations, drawn at random from the ranges of the
// experiment, trained with 3 seeds each. In a replay a configuration that a sampler proposes becomes the nearest one of
// the table that the study has not had yet. Time is the time that the recorded trainings took, of the epochs that the
// study trains.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	studies := flag.Int("studies", 60, "pairs of studies, each with a seed of its own")
	record := flag.String("record", "", "data set to record a table of: digits, titanic or ETTh1")
	timed := flag.String("time", "", "data set whose table gets its times measured anew")
	live := flag.Bool("live", false, "one live study for each data set")
	only := flag.String("data", "", "one data set alone")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := work(ctx, *record, *timed, *only, *live, *studies); err != nil {
		fmt.Fprintln(os.Stderr, "tune:", err)
		os.Exit(1)
	}
}

func work(ctx context.Context, recorded, timed, only string, live bool, studies int) error {
	only = cmp.Or(recorded, timed, only)
	found := false
	for _, e := range experiments {
		if only != "" && only != e.name {
			continue
		}
		found = true
		if recorded != "" {
			if err := record(ctx, e); err != nil {
				return fmt.Errorf("%s: %w", e.name, err)
			}
			continue
		}
		if timed != "" {
			if err := e.time(ctx); err != nil {
				return fmt.Errorf("%s: %w", e.name, err)
			}
			continue
		}
		t, err := e.table()
		if err != nil {
			return err
		}
		if err := t.compare(studies); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		if live {
			if err := t.live(ctx); err != nil {
				return fmt.Errorf("%s: %w", e.name, err)
			}
		}
	}
	if !found {
		return fmt.Errorf("no data set %q", only)
	}
	return nil
}
