"""Writes frechet.json: squared Fréchet distances by scipy.linalg.sqrtm of covariances by numpy.cov.

The samples follow from a linear congruential generator that frechet_test.go has too. Run with SciPy 1.17.
"""
import json
import os

import numpy as np
import scipy.linalg


def samples(seed, n, d, shift, mix):
    x, state = np.empty((n, d)), seed
    for i in range(n):
        for k in range(d):
            state = (1664525 * state + 1013904223) % 2**32
            x[i, k] = state / 2**32 - 0.5
    for k in range(1, d):
        x[:, k] += mix * x[:, k - 1]
    return x + shift


cases = []
for seed, n, d, shift, mix in [(1, 40, 3, 0.0, 0.5), (2, 60, 8, 0.3, 0.9), (3, 20, 30, 0.1, 0.2), (4, 50, 1, 1.0, 0.0)]:
    a, b = samples(seed, n, d, 0.0, 0.0), samples(seed + 100, n + 10, d, shift, mix)
    ca, cb = np.atleast_2d(np.cov(a, rowvar=False)), np.atleast_2d(np.cov(b, rowvar=False))
    root = scipy.linalg.sqrtm(ca @ cb)
    d2 = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca + cb - 2 * root.real)
    cases.append({"seed": seed, "n": n, "d": d, "shift": shift, "mix": mix, "distance": float(d2)})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "frechet.json"), "w") as f:
    json.dump(cases, f, indent=1)
    f.write("\n")
