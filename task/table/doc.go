// Package table is what the tasks tabular and text share: samples are the rows of a table, columns
// become the network's inputs by a fitted prep.Pipeline, and other columns are the targets.
package table
