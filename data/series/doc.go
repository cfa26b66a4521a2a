// Package series makes samples of time series: windows over one array, parted by
// time, scaled on the training span, and forecasts brought back into the target's
// own units beside the baselines that any network must beat.
//
//	table → Frame (columns over time) → Fit → Problem (a dataset of windows) → forecasts
//
// A window of length L that begins at step s holds the steps s … s + L − 1. With
// horizon h its target is step s + L − 1 + h. Windows are never laid out in
// memory: a Problem reads each one out of the series when a batch wants it.
//
// What a network learns is scaled, and of a differenced target it is the gain on the last value that is
// known; Units brings outputs back, and Levelled lets metrics do so. Ahead has the windows whose future nobody
// knows yet, Recursive goes on from there. FitBaselines and Scores say what a network is worth.
package series
