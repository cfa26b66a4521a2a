#!/usr/bin/python3
"""Derives the polynomials of math.go: nearly minimax, by Lawson's reweighted least squares
(float64, Chebyshev points). Printed from the highest power down. Needs numpy."""
import numpy as np


def fit(y, weight, x, powers, turns=400):
    """min over c of max |weight·(Σ c[k]·x^powers[k] − y)|."""
    a = np.stack([x ** p for p in powers], 1)
    scale = np.abs(a).max(0)
    l = np.ones(len(x)) / len(x)
    best = None
    for _ in range(turns):
        s = np.sqrt(l) * weight
        c = np.linalg.lstsq(a / scale * s[:, None], y * s, rcond=None)[0] / scale
        e = np.abs((a @ c - y) * weight)
        if best is None or e.max() < best[0]:
            best = e.max(), c
        l *= e
        l /= l.sum()
    return best


n = 4000
r = np.log(2) / 2 * np.cos(np.pi * (np.arange(n) + 0.5) / n)

# e^−r on [−ln 2/2, ln 2/2], 1 at 0.
y = np.expm1(-r) / r
e, c = fit(y, np.abs(r) * np.exp(r), r, [4, 3, 2, 1, 0])
print("denominator: relative error %.3g" % e)
print(", ".join("F(%.10e)" % v for v in c), "and 1")

# (e^−2r − 1)/r on [−ln 2/4, ln 2/4].
r /= 2
y = np.expm1(-2 * r) / r
e, c = fit(y, 1 / np.abs(y), r, [5, 4, 3, 2, 1, 0])
print("growth: relative error %.3g" % e)
print(", ".join("F(%.10e)" % v for v in c))
