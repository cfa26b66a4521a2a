// Command gorae trains, checks and applies neural networks from data files. The
// words are described by gorae --help; the work is done by the packages run and bundle.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // zones of data files, also where the machine has none

	"github.com/alecthomas/kong"

	"gorae/bundle"
	"gorae/bundle/rawtext"
	"gorae/data/source"
	_ "gorae/data/source/all"
	_ "gorae/format/npz"
	_ "gorae/format/onnx"
	_ "gorae/format/safetensors"
	_ "gorae/format/torch"
	"gorae/internal/cpu"
	"gorae/internal/doing"
	"gorae/internal/file"
	"gorae/internal/lang"
	"gorae/internal/par"
	"gorae/internal/ram"
	"gorae/internal/words"
	"gorae/spec"
	"gorae/task"
	_ "gorae/task/all"
)

func main() {
	if strings.Contains(filepath.ToSlash(os.Args[0]), "/go-build") { // by go run
		program = "go run ./cmd/gorae"
	}
	if err := ram.Room(); err != nil {
		by, _ := translator(os.Args[1:]) // without one the error is English
		os.Exit(complain(lang.NewWriter(os.Stderr, by), err))
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
		select {
		case <-signals: // a second one does not wait for the batch
		case <-time.After(interrupted.patience()): // what does not look at the context, such as reading a file
		}
		file.Abandon()
		interrupted.say(os.Stderr)
		os.Exit(statusFailed)
	}()
	os.Exit(execute(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// The exit statuses.
const (
	statusDone   = 0
	statusFailed = 1 // the work failed
	statusWords  = 2 // the words of the command were wrong
)

// command is every word that gorae knows.
type command struct {
	Train    trainWords        `cmd:"" help:"Train a network by an experiment file; without one, on handwritten digits."`
	Init     initWords         `cmd:"" help:"Write an experiment file for a data file, with reasons."`
	Evaluate evaluateWords     `cmd:"" help:"Evaluate a trained model on data with targets."`
	Tune     tuneWords         `cmd:"" help:"Search for the values of an experiment file that do best on validation samples."`
	Compare  compareWords      `cmd:"" help:"Compare finished runs on the same test samples, with paired intervals."`
	Report   reportWords       `cmd:"" help:"Write a page about finished runs: one HTML file that opens without a network."`
	Diagnose diagnoseWords     `cmd:"" help:"Say what is wrong with a training, with evidence, and what helps."`
	Board    boardWords        `cmd:"" help:"Show the runs below a folder in a browser, while they train."`
	Predict  predictWords      `cmd:"" help:"Apply a trained model to raw data."`
	Apply    applyWords        `cmd:"" help:"Apply layers with their first weights to an array."`
	Plot     plotWords         `cmd:"" help:"Draw pictures that need no data."`
	Explain  explainWords      `cmd:"" help:"Draw what a network sees in a picture: filters, feature maps, the positions that speak for a class."`
	Generate generateWords     `cmd:"" help:"Continue a text with a language model."`
	Summary  summaryWords      `cmd:"" help:"Print a network's layers, shapes and parameters, and the formulas of their counts."`
	Convert  convertModelWords `cmd:"" help:"Write a model or its weights in another format: ONNX, Keras, TensorFlow.js, C, safetensors, npz."`
	Schema   schemaWords       `cmd:"" help:"Print the JSON Schema of experiment files, for editors."`
	Data     dataWords         `cmd:"" help:"List the embedded samples; look into a data file, a batch, a text."`
	Help     helpWords         `cmd:"" help:"Explain layers, losses, metrics, optimizers, keys of an experiment file, or any word."`
	Complete completeWords     `cmd:"" name:"completion" help:"Print a script that completes gorae's words in bash, zsh or fish."`
	Version  versionWords      `cmd:"" help:"Print the version."`

	VersionFlag kong.VersionFlag `name:"version" help:"Print the version."`

	Lang   langFlag   `placeholder:"LANGUAGE" help:"Language of words and errors: en or ko; if left out, that of LC_ALL, LC_MESSAGES or LANG, the first that is set."`
	Memory memoryFlag `placeholder:"SIZE" help:"The most memory to use, such as 8GB; if left out, what the process may use (free memory, control groups, limits)."`
}

const about = `Deep learning in one program: from a data file to a trained network that predicts.

Progress goes to stderr, results to stdout. The exit status is 0, 1 when the work
failed, 2 when the arguments are wrong.`

// environment is the input and output of a command.
type environment struct {
	ctx            context.Context
	stdin          io.Reader
	stdout         io.Writer // data: as they are, but on a screen
	report, stderr io.Writer // words: control characters from files are shown escaped
	said           io.Writer // words that are in the language already, to the same screen as report
	status         *status   // the line of stderr that moves
	by             *lang.Translator
}

// at says what the command is at, in case it takes long.
func (o *environment) at(format string, args ...any) { doing.Say(o.ctx, format, args...) }

// note writes the notes on the data to stderr, one line each.
func (o *environment) note(notes []string) error {
	for _, n := range notes {
		if _, err := fmt.Fprintf(o.stderr, "note: %s\n", line(n)); err != nil {
			return err
		}
	}
	return nil
}

// open reads a model file.
func (o *environment) open(path string) (*bundle.Bundle, error) {
	o.at("reading %s", path)
	b, err := bundle.OpenBy(path, rawtext.Load)
	if err != nil {
		return nil, err
	}
	err = b.Verify(o.ctx)
	switch {
	case o.ctx.Err() != nil:
		return nil, o.ctx.Err()
	case err != nil:
		return b, o.note([]string{err.Error()})
	}
	return b, nil
}

// source returns the source of raw samples that a flag names.
func (o *environment) source(path, labels string) (*task.Source, error) {
	i, err := source.Find(path, source.Options{Stdin: o.stdin, Labels: labels})
	if errors.Is(err, fs.ErrNotExist) {
		err = file.OpenError(path, err)
	}
	return &task.Source{Info: i}, err
}

// usageError marks an error as one of the command's words.
type usageError struct{ error }

func (b usageError) Unwrap() error { return b.error }

// exit is what kong's help ends the parsing with.
type exit int

// execute returns the whole command but for signals.
func execute(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(exit)
			if !ok {
				panic(r)
			}
			code = int(e)
		}
	}()
	by, err := translator(args)
	if err != nil {
		return complain(stderr, err)
	}
	draw(by)
	report, told, screen := lang.NewWriter(stdout, by), lang.NewWriter(stderr, by), stderr
	stderr = told
	defer func() {
		_, _ = report.Flush(), told.Flush() // should they be closed, there is nobody left to tell
	}()
	var all command
	parser, err := kong.New(&all, kong.Name("gorae"), kong.Description(about),
		kong.Vars{"version": versionLine()}, kong.Writers(helpScreen{stdout, by}, stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}))
	if err != nil {
		return complain(stderr, err)
	}
	translateHelp(parser.Model.Node, by)
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return complain(stderr, usageError{fmt.Errorf("%s; see gorae %s", expecting(err), explaining(args))})
	}
	if err := cpu.Check(); err != nil {
		return complain(stderr, usageError{err})
	}
	boundMemory()
	status := newStatus(screen, by)
	interrupted.reset(by, status)
	told = lang.NewWriter(folded(status.guard(screen), screen), by)
	stderr = told
	env := &environment{ctx: doing.With(ctx, status.begin), stdin: stdin, stdout: stdout, stderr: words.Screen(told),
		status: status, by: by}
	if terminal(stdout) {
		env.stdout = words.Screen(status.guard(stdout))
		report = lang.NewWriter(folded(status.guard(stdout), stdout), by)
	}
	env.said = words.Screen(lang.NewWriter(folded(status.guard(stdout), stdout), nil))
	if strings.HasPrefix(parsed.Command(), "help") { // it is written in the language
		report.Plain()
	}
	env.report = words.Screen(report)
	err = parsed.Run(env)
	status.end()
	if err != nil {
		return complain(stderr, err)
	}
	return statusDone
}

// mostText is the number of characters of an error or a note that are shown: names from files may be of any length.
const mostText = 1000

// line returns words as one line of a screen.
func line(text string) string { return words.Short(words.Visible(text), mostText) }

// expecting returns the text of a parser's error. Kong names the missing value of --set <arg>; the text gives an
// example instead.
func expecting(err error) string {
	return strings.ReplaceAll(err.Error(), `--set: missing value, expecting "<arg>"`,
		"--set: missing value, expecting path=value, such as train.epochs=3")
}

// complain prints an error in one line and chooses the exit status.
func complain(stderr io.Writer, err error) int {
	if errors.Is(err, context.Canceled) { // by Ctrl-C; train has more to say of it
		err = errors.New(stoppedEarly)
	}
	text := line(strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "\n", "; ")), " "))
	// Should stderr itself be closed, there is nobody left to tell.
	_, _ = fmt.Fprintf(stderr, "gorae: %s\n", text)
	var place *spec.Located
	var usage usageError
	if errors.As(err, &usage) || errors.As(err, &place) && place.Words != "" {
		return statusWords
	}
	return statusFailed
}

// threads sets the number of threads that kernels use; 0 leaves it at one for each core.
func threads(n int) error {
	switch {
	case n < 0 || n > 4096:
		return usageError{fmt.Errorf("--threads %d: give 1 or more, or leave it out for all %d cores", n,
			runtime.NumCPU())}
	case n > 0 && n != par.Default().Threads():
		par.SetDefault(par.New(n))
	}
	return nil
}

// program is the name by which this program was started, for commands in messages.
var program = "gorae"
