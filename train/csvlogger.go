package train

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
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
// A continued run writes the lines of its earlier epochs again, so that the file is whole
// whenever the run was killed. With Append an existing file is kept and lines are added.
type CSVLogger struct {
	Filename  string `keras:"filename,main,required"`
	Separator string `keras:"separator"` // "," where none is given
	Append    bool   `keras:"append"`

	file *os.File
}

// On writes the line.
func (c *CSVLogger) On(e Event) error {
	err := c.on(e)
	if err != nil {
		return fmt.Errorf("csv_logger: %w", err)
	}
	return nil
}

func (c *CSVLogger) on(e Event) error {
	switch e.Kind {
	case TrainBegin:
		return c.begin(e)
	case EpochEnd:
		return c.lines(c.file, func(w *csv.Writer) error { return w.Write(line(e.Epoch, e.Metrics, e.Seconds)) })
	case TrainEnd:
		if c.file == nil {
			return nil
		}
		err := c.file.Sync()
		if e := c.file.Close(); err == nil {
			err = e
		}
		c.file = nil
		return err
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
	if c.file != nil { // of a run that ended by an error
		c.file.Close()
	}
	old, err := os.Stat(c.Filename)
	if add := c.Append && err == nil && old.Size() > 0 && len(e.Run.History.Rows) == 0; !add {
		if err := file.Replace(c.Filename, func(w io.Writer) error { return c.writeAll(w, e.Run) }); err != nil {
			return err
		}
	}
	c.file, err = os.OpenFile(c.Filename, os.O_WRONLY|os.O_APPEND, 0)
	return err
}

// writeAll writes the header and the lines of all epochs so far.
func (c *CSVLogger) writeAll(w io.Writer, r *Run) error {
	return c.lines(w, func(w *csv.Writer) error {
		head := append([]string{"epoch"}, r.Names...)
		if err := w.Write(append(head, "seconds")); err != nil {
			return err
		}
		for _, row := range r.History.Rows {
			if err := w.Write(line(row.Epoch, row.Metrics, row.Seconds)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *CSVLogger) lines(to io.Writer, write func(*csv.Writer) error) error {
	b := bufio.NewWriter(to) // a line reaches the file in one piece
	w := csv.NewWriter(b)
	w.Comma, _ = utf8.DecodeRuneInString(c.Separator)
	if err := write(w); err != nil {
		return err
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return b.Flush()
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
