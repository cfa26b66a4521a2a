package main

import (
	"fmt"
	"io"
	"path/filepath"

	"gorae/internal/file"
	"gorae/internal/lang"
	"gorae/report"
	"gorae/run"
)

type reportWords struct {
	Runs    []string `arg:"" name:"run" help:"Directories of finished runs or studies."`
	Out     string   `short:"o" placeholder:"FILE" help:"The page; report.html in the first run directory if left out, - for stdout."`
	NoData  bool     `name:"no-data" help:"Do not read the data again for the page's table of columns."`
	Threads int      `placeholder:"N" help:"Threads to use; all cores if left out."`
	Network bool     `name:"allow-network" help:"Let the experiments open URLs and databases."`
}

// Help is shown by gorae report --help.
func (reportWords) Help() string {
	return `The page is one HTML file that opens without a network: metrics with intervals and baselines, learning curves,
confusion matrix or residuals, calibration, single predictions, the data, the network with its formulas, and how the run
is repeated; of a study (gorae tune) the search, and the run of its best trial. Several runs stand side by side, with
the settings in which they differ and paired tests. The page holds some samples of the data. A browser prints it on A4.`
}

// Run writes the page.
func (w *reportWords) Run(o *environment) error {
	if err := threads(w.Threads); err != nil {
		return err
	}
	language := lang.English
	if o.by != nil {
		language = o.by.Language()
	}
	options := report.Options{Words: o.by, Language: string(language), Version: version, NoData: w.NoData,
		CompareOptions: run.CompareOptions{AllowNetwork: w.Network}}
	o.at("reading the runs")
	page, err := report.Read(o.ctx, w.Runs, options)
	if err != nil {
		return err
	}
	if w.Out == "-" {
		return page.Write(o.stdout)
	}
	out := w.Out
	if out == "" {
		out = filepath.Join(w.Runs[0], "report.html")
	}
	if err := file.Replace(out, func(to io.Writer) error { return page.Write(to) }); err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.report, "report      %s\n", quote(out))
	return err
}
