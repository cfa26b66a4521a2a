// Package data is where samples come from: it reads tables (CSV and kin), arrays
// (IDX, npy, npz) and the embedded samples, splits them into learning,
// validation and test rows, and hands out shuffled batches.
//
// On the data's way it stands first: file → data → prep → batches. It scales and
// encodes nothing; that is package prep's, which fits on learning rows only.
//
// Everything random here depends on a seed, and on nothing else: not on time,
// threads or map order.
package data
