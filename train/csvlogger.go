package train

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strconv"
	"unicode/utf8"

	"gorae/config"
	"gorae/internal/file"
)

// CSVLogger writes a line for each epoch: its number, from 1, the metrics in their
// order, and the seconds it took. Keras's callback of that name, but for
// three things: epochs are counted as they are printed, the columns
// keep the order of the metrics, and the seconds are there.
//
// The file is replaced at each epoch's end: whenever the run is killed, it holds whole lines. A continued run writes
// the lines of its earlier epochs again. With Append the lines that another run left stay before those of this run.
type CSVLogger struct {
	Filename  string `keras:"filename,main,required"`
	Separator string `keras:"separator"` // "," where none is given
	Append    bool   `keras:"append"`

	former []byte // the lines of other runs, with Append
	run    *Run
}

// On writes the line.
func (c *CSVLogger) On(e Event) error {
	var err error
	switch e.Kind {
	case TrainBegin:
		if err = c.begin(e); err == nil && !(c.Append && e.Run.resumed) { // Restore writes then
			err = c.write(e.Run)
		}
	case EpochEnd:
		err = c.write(e.Run)
	}
	if err != nil {
		return fmt.Errorf("csv_logger: %w", err)
	}
	return nil
}

func (c *CSVLogger) begin(e Event) error {
	if c.Filename == "" {
		return config.Errorf("filename", "is missing").Fix("give the file to write").Coded(config.Missing)
	}
	if c.Separator == "" {
		c.Separator = ","
	}
	if utf8.RuneCountInString(c.Separator) != 1 {
		return config.Errorf("separator", "%q is not one character", c.Separator).Coded(config.OutOfRange)
	}
	c.former, c.run = nil, e.Run
	if !c.Append {
		return nil
	}
	text, err := os.ReadFile(c.Filename)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	c.former = text
	return err
}

// State is the number of bytes that the lines of other runs take, with Append.
func (c *CSVLogger) State() []byte {
	var w writer
	w.u64(uint64(len(c.former)))
	return w.b
}

// Restore takes back what State gave: what stands in the file beyond the lines of other runs is this run's own, of
// epochs that the checkpoint has or that were lost with the process, and is written anew.
func (c *CSVLogger) Restore(state []byte) error {
	r := reader{b: state}
	n := r.u64()
	if r.err != nil || !c.Append {
		return r.err
	}
	c.former = c.former[:min(n, uint64(len(c.former)))]
	return c.write(c.run)
}

// write replaces the file.
func (c *CSVLogger) write(r *Run) error {
	return file.Replace(c.Filename, func(w io.Writer) error {
		if len(c.former) == 0 {
			return c.writeAll(w, r)
		}
		if _, err := w.Write(c.former); err != nil {
			return err
		}
		return c.lines(w, func(w *csv.Writer) error { return rows(w, r) })
	})
}

// writeAll writes the header and the lines of all epochs so far.
func (c *CSVLogger) writeAll(w io.Writer, r *Run) error {
	return c.lines(w, func(w *csv.Writer) error {
		head := append([]string{"epoch"}, r.Names...)
		if err := w.Write(append(head, "seconds")); err != nil {
			return err
		}
		return rows(w, r)
	})
}

// rows writes the lines of all epochs so far.
func rows(w *csv.Writer, r *Run) error {
	for _, row := range r.History.Rows {
		if err := w.Write(line(row.Epoch, row.Metrics, row.Seconds)); err != nil {
			return err
		}
	}
	return nil
}

func (c *CSVLogger) lines(to io.Writer, write func(*csv.Writer) error) error {
	w := csv.NewWriter(to)
	w.Comma, _ = utf8.DecodeRuneInString(c.Separator)
	if err := write(w); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

func line(epoch int, f Metrics, seconds float64) []string {
	fields := []string{strconv.Itoa(epoch)}
	for _, x := range f {
		fields = append(fields, strconv.FormatFloat(x.Value, 'g', -1, 64))
	}
	return append(fields, strconv.FormatFloat(math.Round(seconds*1e6)/1e6, 'f', -1, 64))
}

// WriteCSV writes the history: a header, and a line for each epoch with its number,
// from 1, its metrics and its seconds.
func (h *History) WriteCSV(w io.Writer) error {
	names := []string{}
	if len(h.Rows) > 0 {
		names = h.Rows[0].Metrics.Names()
	}
	c := CSVLogger{Separator: ","}
	return c.writeAll(w, &Run{History: h, Names: names})
}
