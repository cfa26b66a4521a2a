// Package stat has statistical tests of the assumptions of a network for series: that the series is stationary, and
// that its errors are independent and identically distributed.
//
//	ADF        H₀: a unit root, the series wanders        a small p speaks for stationarity
//	KPSS       H₀: stationary around a level or a trend   a small p speaks against it
//	LjungBox   H₀: no autocorrelation up to a lag         a small p: the errors are not i.i.d.
//
// Stationarity and Errors run them and say in words what follows. Everything is
// computed in float64. The package knows no files, tensors or networks.
package stat
