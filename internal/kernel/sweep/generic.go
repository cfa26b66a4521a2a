package sweep

import "math"

// generic is portable Go.
var generic = &variant{
	name:     "generic",
	sgd:      sgdGeneric,
	momentum: momentumGeneric,
	nesterov: nesterovGeneric,
	rms:      rmsGeneric,
	rmsMom:   rmsMomGeneric,
	adam:     adamGeneric,
	amsgrad:  amsgradGeneric,
}

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

func sgdGeneric(w, g []float32, lr float32) {
	g = g[:len(w)]
	for i := range w {
		w[i] -= lr * g[i]
	}
}

func momentumGeneric(w, v, g []float32, lr, mom float32) {
	v, g = v[:len(w)], g[:len(w)]
	for i := range w {
		v[i] = mom*v[i] - lr*g[i]
		w[i] += v[i]
	}
}

func nesterovGeneric(w, v, g []float32, lr, mom float32) {
	v, g = v[:len(w)], g[:len(w)]
	for i := range w {
		d := lr * g[i]
		v[i] = mom*v[i] - d
		w[i] += mom*v[i] - d
	}
}

func rmsGeneric(w, v, g []float32, lr, rho, eps float32) {
	v, g = v[:len(w)], g[:len(w)]
	for i := range w {
		v[i] = rho*v[i] + (1-rho)*(g[i]*g[i])
		w[i] -= lr * g[i] / sqrt(v[i]+eps)
	}
}

func rmsMomGeneric(w, v, mom, g []float32, lr, rho, eps, m float32) {
	v, mom, g = v[:len(w)], mom[:len(w)], g[:len(w)]
	for i := range w {
		v[i] = rho*v[i] + (1-rho)*(g[i]*g[i])
		mom[i] = m*mom[i] + lr*g[i]/sqrt(v[i]+eps)
		w[i] -= mom[i]
	}
}

func adamGeneric(w, m, v, g []float32, alpha, b1, b2, eps, decay float32) {
	m, v, g = m[:len(w)], v[:len(w)], g[:len(w)]
	for i := range w {
		m[i] += (g[i] - m[i]) * (1 - b1)
		v[i] += (g[i]*g[i] - v[i]) * (1 - b2)
		w[i] = w[i] - decay*w[i] - alpha*m[i]/(sqrt(v[i])+eps)
	}
}

func amsgradGeneric(w, m, v, vmax, g []float32, alpha, b1, b2, eps, decay float32) {
	m, v, vmax, g = m[:len(w)], v[:len(w)], vmax[:len(w)], g[:len(w)]
	for i := range w {
		m[i] += (g[i] - m[i]) * (1 - b1)
		v[i] += (g[i]*g[i] - v[i]) * (1 - b2)
		vmax[i] = max(vmax[i], v[i])
		w[i] = w[i] - decay*w[i] - alpha*m[i]/(sqrt(vmax[i])+eps)
	}
}
