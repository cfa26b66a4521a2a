// Package report writes pages about finished runs: one HTML file that opens without a network, for a screen (light and
// dark), for print (A4) and for screen readers, in English or in Korean. It shows what a run directory holds: the
// metrics with their intervals and baselines, the learning curves, confusion matrices or residuals, single predictions,
// the data, the network with its shapes and formulas, and how the run is repeated. Several runs stand side by side,
// with the settings in which they differ and paired tests on the same samples.
//
//	page, err := report.Read(ctx, []string{"runs/digits-1"}, report.Options{})
//	err = page.Write(w)
package report
