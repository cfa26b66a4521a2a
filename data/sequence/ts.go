package sequence

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"gorae/internal/words"
)

// ReadTS reads a file of the UEA and UCR archive: lines of # are comments, lines of @
// say what the file is, and after @data each line is a sequence: its channels
// separated by colons, a channel's steps by commas, and last, where @classLabel or
// @targetLabel is true, the label. Sequences may differ in length, the channels of
// one may not. Time stamps within the values, (t,v), are refused.
//
// Source: timeseriesclassification.com, "ts file format"; the diagram is in
// docs/format/ts.md.
func ReadTS(r io.Reader, name string) (_ *Set, err error) {
	defer words.Printable(&err)
	br := bufio.NewReader(r)
	b := builder{set: Set{Name: name}}
	var classes []string
	labelled, body := false, false
	for line := 1; ; line++ {
		text, err := br.ReadString('\n')
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		end := err == io.EOF
		text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
		case body:
			err = b.ts(text, labelled, classes)
		case strings.HasPrefix(text, "@"):
			words := strings.Fields(text)
			switch key := strings.ToLower(words[0]); key {
			case "@data":
				body = true
			case "@classlabel", "@targetlabel":
				labelled = len(words) > 1 && strings.EqualFold(words[1], "true")
				if labelled && key == "@classlabel" {
					classes = words[2:]
				}
			case "@timestamps":
				if len(words) > 1 && strings.EqualFold(words[1], "true") {
					err = fmt.Errorf("time stamps within the values; give a file with @timeStamps false")
				}
			}
		default:
			err = fmt.Errorf("%q stands before @data", words.Clip(text, 40))
		}
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("%s:%d: %w", name, line, err)
		}
		if end {
			break
		}
	}
	if !body {
		return nil, fmt.Errorf("%s: no @data line: it is no .ts file", name)
	}
	return b.finish()
}

// ts appends one line of data.
func (b *builder) ts(text string, labelled bool, classes []string) error {
	channels := strings.Split(text, ":")
	if labelled {
		last := len(channels) - 1
		label := strings.TrimSpace(channels[last])
		if channels = channels[:last]; last == 0 {
			return fmt.Errorf("a label and no values")
		}
		if len(classes) > 0 && !slices.Contains(classes, label) {
			return fmt.Errorf("the label %q is none of %s of @classLabel", words.Clip(label, 40),
				words.Clip(strings.Join(classes, ", "), 40))
		}
		if label == "" || label == "?" {
			return fmt.Errorf("the label is missing")
		}
		b.labels = append(b.labels, label)
	}
	width := len(channels)
	if b.set.Features == nil {
		for k := range width {
			b.set.Features = append(b.set.Features, "c"+strconv.Itoa(k+1))
		}
	}
	if width != len(b.set.Features) {
		return fmt.Errorf("%d channels; the sequences before it have %d", width, len(b.set.Features))
	}
	steps := 1 + strings.Count(channels[0], ",")
	begin := len(b.values)
	b.values = append(b.values, make([]float64, steps*width)...)
	for k, c := range channels {
		t := 0
		for v := range strings.SplitSeq(c, ",") {
			v = strings.TrimSpace(v)
			if t == steps {
				t++
				break
			}
			f, err := strconv.ParseFloat(v, 64)
			if v == "?" || v == "" {
				return fmt.Errorf("channel %d, step %d: a missing value; fill it or remove the sequence", k+1, t+1)
			}
			if strings.HasPrefix(v, "(") {
				return fmt.Errorf("channel %d: time stamps within the values; give a file with @timeStamps false", k+1)
			}
			if err == nil {
				b.values[begin+t*width+k], err = finite(f)
			} else {
				err = fmt.Errorf("%q is no number", words.Clip(v, 40))
			}
			if err != nil {
				return fmt.Errorf("channel %d, step %d: %w", k+1, t+1, err)
			}
			t++
		}
		if t != steps {
			return fmt.Errorf("channel %d has %d steps, channel 1 has %d; channels of one sequence are equally long",
				k+1, 1+strings.Count(c, ","), steps)
		}
	}
	b.add(strconv.Itoa(len(b.set.IDs) + 1))
	return nil
}
