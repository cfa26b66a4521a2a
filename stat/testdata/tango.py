"""Writes tango.json: score intervals of the difference of two shares of the same samples, from the definition: the
likelihood of the counts (a: first alone, b: second alone, n − a − b: alike) given the difference t is made greatest by
SciPy, and the ends are where (a − b − n·t)² = z²·n·(p + q − t²) for its probabilities p and q, by Brent's method.
"""
import json
import numpy as np
import scipy
from scipy.optimize import brentq, minimize_scalar
from scipy.special import xlogy
from scipy.stats import norm


def score(a, b, n, t):
    low, high = max(0, -t), (1 - t) / 2  # of q, the probability of the second alone
    f = lambda q: -(xlogy(a, q + t) + xlogy(b, q) + xlogy(n - a - b, max(0, 1 - t - 2 * q)))
    q = min([minimize_scalar(f, bounds=(low, high), method="bounded", options=dict(xatol=1e-13)).x, low, high], key=f)
    d, v = a - b - n * t, n * (2 * q + t - t * t)
    return d / np.sqrt(v) if v > 0 else 0 if abs(d) < 1e-9 else np.sign(d) * np.inf


def interval(a, b, n, level):
    z, d = norm.isf((1 - level) / 2), (a - b) / n
    low = -1.0 if d == -1 else brentq(lambda t: score(a, b, n, t) - z, -1 + 1e-12, d, xtol=1e-13)
    high = 1.0 if d == 1 else brentq(lambda t: score(a, b, n, t) + z, d, 1 - 1e-12, xtol=1e-13)
    return [low, high]


cases = [(1, 7, 21), (6, 16, 161), (40, 20, 160), (28, 25, 618), (0, 0, 30), (5, 0, 50), (0, 12, 12), (20, 20, 40),
         (9, 3, 1000), (300, 250, 10000), (1, 0, 10)]
json.dump(dict(versions=dict(scipy=scipy.__version__, numpy=np.__version__),
               cases=[dict(a=a, b=b, n=n, level=l, interval=interval(a, b, n, l))
                      for a, b, n in cases for l in (0.9, 0.95, 0.975)]), open("tango.json", "w"), indent=0)
