// Package judge holds gorae against the programs that say what is right: Keras 3.15 on TensorFlow, scikit-learn and
// Pillow. Its tests have the build tag judge and need GORAE_JUDGE, a Python interpreter that can import them. It has no
// code of its own.
package judge
