"""Nearly minimax polynomials by Lawson's reweighted least squares, in float64. Needs numpy."""
import numpy as np


def points(lo, hi, n=4000):
    """n Chebyshev points of [lo, hi]."""
    return (lo + hi) / 2 + (hi - lo) / 2 * np.cos(np.pi * (np.arange(n) + 0.5) / n)


def fit(x, y, weight, powers, turns=400):
    """The error and the coefficients c of min max |weight·(Σ c[k]·x^powers[k] − y)| over x."""
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


def show(name, found, rest=""):
    """Prints coefficients as the generators write them, from the highest power down."""
    e, c = found
    print("%s: relative error %.3g" % (name, e))
    print(", ".join("F(%.10e)" % v for v in c) + rest)
