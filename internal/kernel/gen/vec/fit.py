#!/usr/bin/python3
"""Derives the coefficients of erf in math.go: nearly minimax polynomials by
Lawson's reweighted least squares (float64, Chebyshev points). Printed from the
highest power down. Needs numpy."""
import math
import numpy as np


def fit(f, weight, lo, hi, powers, n=4000, turns=400):
    """min over c of max |weight·(Σ c[k]·x^powers[k] − f)| on [lo, hi]."""
    x = (lo + hi) / 2 + (hi - lo) / 2 * np.cos(np.pi * (np.arange(n) + 0.5) / n)
    y = np.array([f(v) for v in x])
    w = np.array([weight(v) for v in x])
    a = np.stack([x ** p for p in powers], 1)
    scale = np.abs(a).max(0)
    l = np.ones(n) / n
    best = None
    for _ in range(turns):
        s = np.sqrt(l) * w
        c = np.linalg.lstsq(a / scale * s[:, None], y * s, rcond=None)[0] / scale
        e = np.abs((a @ c - y) * w)
        if best is None or e.max() < best[0]:
            best = e.max(), c
        l *= e
        l /= l.sum()
    return best


# erf x = x + x·P(x²) on [0, 0.95], relative error.
e, c = fit(lambda x: math.erf(x) / x - 1, lambda x: x / math.erf(x), 1e-6, 0.95, [12, 10, 8, 6, 4, 2, 0])
print("P: relative error %.3g" % e)
print(", ".join("F(%.10e)" % v for v in c))

# erf t = 1 − exp(−t·Q(t)) on [0.95, 4], relative error of the right side.
e, c = fit(lambda t: -math.log(math.erfc(t)) / t, lambda t: t * math.erfc(t) / math.erf(t), 0.95, 4, [6, 5, 4, 3, 2, 1, 0])
print("Q: relative error %.3g" % e)
print(", ".join("F(%.10e)" % v for v in c))
