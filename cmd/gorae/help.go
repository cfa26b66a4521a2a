package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"gorae/internal/reference"
)

type helpWords struct {
	Topic []string `arg:"" optional:"" help:"A topic, with or without a NAME of it: layers, activations, losses, metrics, optimizers, schedules, callbacks, initializers, regularizers, constraints, scales, encodings, augmentations, corruptions, data, split, train; a command; or any word."`
}

// Help returns the text of gorae help --help.
func (helpWords) Help() string {
	return `Without a word: the commands and topics. "gorae help layers" lists the layers, "gorae help layers dense"
explains one: what it computes, its keys with defaults and bounds, and a line of an experiment file and of Go.
A word that gorae does not know, such as batch_norm, is answered with what it is called here.`
}

// Run prints the reference of a word.
func (w helpWords) Run(o *environment, c *kong.Context) error {
	p, err := reference.In(o.by.Language())
	if err != nil {
		return err
	}
	if len(w.Topic) == 0 {
		return overview(o, p, c)
	}
	topic, ok := reference.Find(w.Topic[0])
	switch word := strings.Join(w.Topic, " "); {
	case !ok && len(w.Topic) == 1 && slices.Contains(commandNames(c.Model), word):
		_, err := c.Kong.Parse([]string{word, "--help"})
		return err
	case !ok:
		return find(o, p, word, reference.Hit{})
	case len(w.Topic) > 1:
		name := strings.Join(w.Topic[1:], "_")
		if e, ok := topic.Entry(p, name); ok {
			return e.Write(o.report)
		}
		return find(o, p, name, reference.Hit{Topic: topic.Word})
	}
	if err := topic.WriteList(o.report, p); err != nil {
		return err
	}
	more := o.by.Sprintf("%s help %s NAME explains one of them.", program, topic.Word)
	if slices.Contains(commandNames(c.Model), topic.Word) {
		more += "\n" + o.by.Sprintf("%s %s --help explains the command.", program, topic.Word)
	}
	_, err = fmt.Fprintf(o.report, "\n%s\n", more)
	return err
}

// overview prints the commands and the topics.
func overview(o *environment, p reference.Prose, c *kong.Context) error {
	root, err := kong.Trace(c.Kong, nil)
	if err != nil {
		return err
	}
	options := kong.HelpOptions{Compact: true, WrapUpperBound: 100, ValueFormatter: kong.DefaultHelpValueFormatter}
	if err := kong.DefaultHelpPrinter(options, root); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(o.report, "\n%s\n", o.by.Text("Topics of gorae help TOPIC [NAME]:")); err != nil {
		return err
	}
	for _, t := range reference.Topics() {
		if _, err := fmt.Fprintf(o.report, "  %-13s  %s\n", t.Word, t.Heading(p)); err != nil {
			return err
		}
	}
	return nil
}

// find prints what is known of a word anywhere, or of what may be meant by it. In.Topic is where it was looked for.
func find(o *environment, p reference.Prose, word string, in reference.Hit) error {
	hits, near := reference.Search(word)
	if in.Topic != "" {
		slices.SortStableFunc(hits, func(a, b reference.Hit) int { // the topic's own first
			return index(b.Topic == in.Topic) - index(a.Topic == in.Topic)
		})
	}
	switch {
	case len(hits) == 0 && in.Topic != "":
		return usageError{fmt.Errorf("none of the %s is called %q; %s help lists the topics", in.Topic, word, program)}
	case len(hits) == 0:
		return usageError{fmt.Errorf("nothing is called %q; %s help lists the topics", word, program)}
	case len(hits) == 1 && !near:
		return writeEntry(o, p, hits[0])
	case near || in.Topic != "":
		told := o.by.Sprintf("nothing is called %q; did you mean:", word)
		if in.Topic != "" {
			told = o.by.Sprintf("none of the %s is called %q; did you mean:", in.Topic, word)
		}
		if _, err := fmt.Fprintln(o.report, told); err != nil {
			return err
		}
	default:
		if _, err := fmt.Fprintln(o.report, o.by.Sprintf("%q is the name of:", word)); err != nil {
			return err
		}
	}
	for _, h := range hits {
		topic, _ := reference.Find(h.Topic)
		e, _ := topic.Entry(p, h.Word)
		if _, err := fmt.Fprintf(o.report, "\n  %s help %s %s\n      %s\n", program, h.Topic, h.Word,
			e.Summary); err != nil {
			return err
		}
	}
	return nil
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// writeEntry prints the reference of a word.
func writeEntry(o *environment, p reference.Prose, h reference.Hit) error {
	topic, _ := reference.Find(h.Topic)
	e, _ := topic.Entry(p, h.Word)
	return e.Write(o.report)
}

// commandNames lists the words of the command.
func commandNames(app *kong.Application) []string {
	var names []string
	for _, n := range app.Children {
		names = append(names, n.Name)
	}
	return names
}

// otherWords are words of other programs for commands of this one.
var otherWords = map[string]string{
	"fit": "train", "learn": "train", "run": "train", "test": "evaluate", "score": "evaluate", "validate": "evaluate",
	"inference": "predict", "infer": "predict", "forecast": "predict", "layer": "apply", "compute": "apply",
	"batch": "data batch", "vectorize": "data vectorize", "onehot": "data vectorize", "draw": "plot",
	"inspect": "data inspect", "describe": "data inspect", "look": "data inspect", "list": "data list",
	"samples": "data list", "info": "summary", "show": "summary", "layers": "help layers", "losses": "help losses",
	"metrics": "help metrics", "optimizers": "help optimizers", "man": "help", "docs": "help", "diff": "compare",
	"visualize": "explain", "gradcam": "explain", "sample": "generate", "write": "generate",
}

// explaining returns the command that helps after wrong arguments: the reference of a first word that is no command and
// that the reference knows, or the list of commands.
func explaining(args []string) string {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		if other := otherWords[strings.ToLower(args[0])]; other != "" {
			if strings.HasPrefix(other, "help") {
				return other
			}
			return other + " --help"
		}
		if _, ok := reference.Find(args[0]); ok {
			return "help " + args[0]
		}
		if hits, _ := reference.Search(args[0]); len(hits) > 0 {
			return "help " + quote(args[0])
		}
	}
	return "--help"
}
