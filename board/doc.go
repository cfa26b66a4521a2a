// Package board shows the runs below a folder in a browser, while they train and afterwards: a table of all runs with
// their metrics and the settings in which they differ, their curves over each other, their pictures side by side, and
// the page of package report for those that are chosen. One page, embedded in the program, asks a [Server] for the
// rest; changes reach it as server-sent events.
//
// A server reads run directories and writes board.json into the folder (notes, and which runs are hidden); it deletes a
// run's directory when it is told to. It answers requests to the host names that it was given alone, so that no other
// page in the browser can reach it by a name of its own, and changes nothing for requests of other pages.
package board
