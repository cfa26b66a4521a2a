// Package emit makes the text of a C file from the graph of a prediction.
package emit
