// Package csource writes models as C: one file of C99 without dependencies but <math.h>, without allocation, whose
// function computes one sample.
//
//	void iris_predict(const float *restrict x, float *restrict y);
//
// The file is made from the graph of a prediction, not from layers: whatever gorae computes by operations of the graph
// is a loop in C. Functions of elements are computed in the loop that uses them, reshapes and transpositions are other
// ways to index, recurrent layers are loops over their steps. Weights are constant arrays, values between the loops
// share a static array by their lifetimes. docs/format/c.md describes the file.
package csource
