// Package stat has statistical tests, intervals and exponential smoothing. Those of series and their forecasts:
//
//	ADF             H₀: a unit root, the series wanders        a small p speaks for stationarity
//	KPSS            H₀: stationary around a level or a trend   a small p speaks against it
//	LjungBox        H₀: no autocorrelation up to a lag         a small p: the values are not independent
//	ForecastErrors  the same of errors h steps ahead, from lag h on
//	Bias            H₀: the errors have the mean 0             a small p: forecasts are too low or too high
//
// Stationarity concludes from ADF and KPSS. Everything is computed in float64. The package knows no files, tensors or
// networks.
package stat
