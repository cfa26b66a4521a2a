// Package supervised is what tasks share whose every sample has one or several targets, each a
// class or a number: tables, arrays, images, texts, sequences. They differ in how samples are
// read and prepared; this package has the targets, the last layers of a default network, losses
// and metrics, predictions in words, and the report on classes.
package supervised
