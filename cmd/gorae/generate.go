package main

import (
	"bufio"
	"cmp"
	"fmt"
	"math"
	"strings"

	"gorae/bundle"
	"gorae/data/image"
)

type generateWords struct {
	Model       string  `arg:"" help:"Model file (.keras) of a language model, or of a network that makes pictures (data.generate)."`
	Prompt      string  `placeholder:"TEXT" help:"Text to continue; without one, generation begins as after a line break."`
	Length      int     `default:"500" placeholder:"N" help:"Number of tokens to generate: characters, words or byte pairs, whichever the model was trained on."`
	Temperature float64 `default:"1" placeholder:"T" help:"Sampling temperature: 1 is the model's distribution, less is sharper, 0 always takes the likeliest token."`
	TopK        int     `placeholder:"K" help:"Draw among the K likeliest tokens only."`
	TopP        float64 `placeholder:"P" help:"Draw among the fewest likeliest tokens whose probabilities add up to P or more (the nucleus)."`
	Seed        uint64  `default:"1" placeholder:"N" help:"Seed of the sampling; the same seed generates the same text or pictures."`
	Output      string  `placeholder:"PATH" help:"Where new pictures go: FILE.png, all in one; FILE.npy, an array of bytes; or a folder, a file for each."`
	Count       int     `placeholder:"N" help:"Number of new pictures; 64 if left out."`
	Threads     int     `placeholder:"N" help:"Threads to use; all cores if left out."`
}

// Run prints the prompt and what the model writes after it, as it comes.
func (w *generateWords) Run(o *environment) error {
	switch {
	case w.Length < 0:
		return usageError{fmt.Errorf("--length %d: give 0 or more", w.Length)}
	case w.Count < 0:
		return usageError{fmt.Errorf("--count %d: give 1 or more", w.Count)}
	case !(w.Temperature >= 0) || math.IsInf(w.Temperature, 0):
		return usageError{fmt.Errorf("--temperature %v: give a number from 0; 1 draws as the model has it",
			w.Temperature)}
	case w.TopK < 0:
		return usageError{fmt.Errorf("--top-k %d: give 1 or more", w.TopK)}
	case !(w.TopP >= 0 && w.TopP <= 1):
		return usageError{fmt.Errorf("--top-p %v: give a probability above 0, at most 1", w.TopP)}
	}
	if err := threads(w.Threads); err != nil {
		return err
	}
	p, err := o.open(w.Model)
	if err != nil {
		return err
	}
	if p.Paints() {
		return w.pictures(o, p)
	}
	writer, err := p.Writer(w.Seed)
	if err != nil {
		return err
	}
	if w.Output != "" || w.Count != 0 {
		return usageError{fmt.Errorf("--output and --count are for networks that make pictures; %s writes text",
			w.Model)}
	}
	writer.Temperature, writer.TopK, writer.TopP = w.Temperature, w.TopK, w.TopP
	unknown, err := writer.Prompt(w.Prompt)
	if err != nil {
		return err
	}
	if len(unknown) > 0 {
		const most = 12
		more := ""
		if len(unknown) > most {
			more = fmt.Sprintf(" … (%d in all)", len(unknown))
			unknown = unknown[:most]
		}
		if _, err := fmt.Fprintf(o.stderr, "note: the model does not know %q%s; what it reads is the prompt without "+
			"them\n", unknown, more); err != nil {
			return err
		}
	}
	out := bufio.NewWriter(o.stdout)
	write := func(s string) {
		_, _ = out.WriteString(s) // Flush gives the error
		if strings.Contains(s, "\n") {
			_ = out.Flush()
		}
	}
	write(w.Prompt)
	var stopped error
	for i := range w.Length {
		if o.ctx.Err() != nil { // by Ctrl-C
			stopped = fmt.Errorf("stopped after %d of %d tokens; what was written stays", i, w.Length)
			break
		}
		s, err := writer.Next()
		if err != nil {
			return err
		}
		write(s)
	}
	write(writer.Rest() + "\n")
	if err := out.Flush(); err != nil {
		return err
	}
	return stopped
}

// pictures writes new pictures.
func (w *generateWords) pictures(o *environment, b *bundle.Bundle) error {
	switch {
	case w.Output == "":
		return usageError{fmt.Errorf("%s makes pictures; say where they go: --output FILE.png, FILE.npy or a folder",
			w.Model)}
	case w.Prompt != "":
		return usageError{fmt.Errorf("--prompt is for language models; %s makes pictures", w.Model)}
	}
	x, err := b.Pictures(o.ctx, cmp.Or(w.Count, 64), w.Seed)
	if err != nil {
		return err
	}
	return image.Write(w.Output, x)
}
