#!/usr/bin/python3
"""Derives the coefficients of erf in math.go. Needs numpy."""
import math
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from lawson import fit, points, show


def at(f, x):
    return np.array([f(v) for v in x])


# erf x = x + x·P(x²) on [0, 0.95], relative error.
x = points(1e-6, 0.95)
show("P", fit(x, at(lambda x: math.erf(x) / x - 1, x), at(lambda x: x / math.erf(x), x), [12, 10, 8, 6, 4, 2, 0]))

# erf t = 1 − exp(−t·Q(t)) on [0.95, 4], relative error of the right side.
t = points(0.95, 4)
show("Q", fit(t, at(lambda t: -math.log(math.erfc(t)) / t, t), at(lambda t: t * math.erfc(t) / math.erf(t), t), [6, 5, 4, 3, 2, 1, 0]))
